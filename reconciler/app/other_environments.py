"""What the project's other environments describe in the same account, of kinds that carry no tags."""

from collections.abc import Mapping
from dataclasses import replace

from reconciler.app.request import SpecSelection
from reconciler.app.specs import load
from reconciler.core.errors import ReconcileError


def described_by_other_environments(
    request: SpecSelection, account: str, partition: str
) -> Mapping[tuple[str, str], str]:
    """The environment that describes it, by kind and name. One whose specs are wrong describes nothing."""
    named: dict[tuple[str, str], str] = {}
    for environment in request.project.environments.values() if request.project else ():
        if environment.name == request.environment or environment.account not in ("", account):
            continue
        other = replace(request, environment=environment.name, paths=(), only=())
        try:
            specs = load(other, account, partition)
        except ReconcileError:
            continue
        named |= {
            (d.address.kind, d.address.name): environment.name for d in specs.desired if d.kind.UNMARKED
        }
    return named
