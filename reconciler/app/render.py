"""The use case of `reconcile render`: resources as IAM will have them, offline."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from reconciler.app.project import each_environment
from reconciler.app.request import SpecSelection, chosen
from reconciler.app.specs import load
from reconciler.app.validate import messages_of
from reconciler.core.errors import PlanError, SpecError
from reconciler.core.problems import Located


@dataclass(frozen=True, slots=True)
class Rendered:
    """Settings by address, for one environment ("" where the project has none).

    `notes` say what was not read.
    """

    environment: str
    resources: dict[str, Any]
    notes: tuple[Located, ...]


def render(
    request: SpecSelection, account: str | None, partition: str, today: date | None = None
) -> dict[str, Any]:
    """Address to settings, as IAM will have them on that day."""
    return _render(request, account, partition, today).resources


def _render(request: SpecSelection, account: str | None, partition: str, today: date | None) -> Rendered:
    specs = load(request, account, partition, today)
    resources = {str(r.address): r.kind.render(r.state) for r in chosen(request, specs.desired)}
    return Rendered(request.environment, resources, specs.about_files)


def render_each(
    request: SpecSelection, account: str | None, partition: str, today: date | None = None
) -> tuple[Rendered, ...]:
    """The same for the environment that was named, else for each of the project's.

    Raises:
        SpecError: with every problem of every environment.
        PlanError: `--only` names what no environment has.
    """
    requests = each_environment(request)
    results: list[Rendered] = []
    problems: dict[str, tuple[Located, ...]] = {}
    lacking: list[PlanError] = []
    for each in requests:
        try:
            results.append(_render(each, account, partition, today))
        except SpecError as error:
            problems[each.environment] = error.problems
        except PlanError as error:
            # What --only names may be in some environments alone.
            lacking.append(error)
    if problems:
        raise SpecError(messages_of(problems, len(requests)))
    if not results:
        raise lacking[0]
    return tuple(results)
