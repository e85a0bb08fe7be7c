"""The last stage: a judged plan with what reviews, reports, apply and reading back need of it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from reconciler.app import lint_plan
from reconciler.app.observe.memberships import read_memberships
from reconciler.app.pipeline.begin import Begun
from reconciler.aws.client import Client
from reconciler.aws.reader import Reader
from reconciler.core.desired import Desired
from reconciler.core.plan import Plan
from reconciler.core.problems import Located
from reconciler.facets import tags
from reconciler.facets.reads.account import Tagging
from reconciler.plan.access import memberships
from reconciler.plan.comparison import Comparison
from reconciler.plan.deletion.context import Deletion
from reconciler.spec.resolve import Specs


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what it was made from, so that it can be applied and read back.

    `paths` are the specs as they were named, `folders` where they are, and `tagging` the names of those that
    tag what is theirs. `deletions` are resources that may have to be deleted. `drafts` are the plan's changes
    with their states. `live` are users and groups that no spec describes, as far as they were read. `reader`
    has all answers that the plan was made from, and `read_at` is when, by the clock of the process.
    `described` is all that the specs describe, `today` the day that deletions are judged by.
    """

    plan: Plan
    desired: tuple[Desired, ...]
    client: Client
    reader: Reader
    warnings: tuple[Located, ...]
    folders: tuple[str, ...] = ()
    tagging: Tagging = ()
    deletions: tuple[Deletion, ...] = ()
    drafts: tuple[Comparison, ...] = ()
    live: memberships.LiveMemberships = field(default_factory=memberships.LiveMemberships)
    paths: tuple[str, ...] = ()
    described: tuple[Desired, ...] = ()
    today: date = date.max
    read_at: float = field(default_factory=time.monotonic)


def review(
    begun: Begun,
    plan: Plan,
    desired: tuple[Desired, ...] = (),
    drafts: tuple[Comparison, ...] = (),
    deletions: tuple[Deletion, ...] = (),
    paths: tuple[str, ...] = (),
    *,
    lints: bool = False,
) -> Planned:
    """The plan with the number of its reads, and the warnings beside it; `lints` adds those of lint.

    Raises:
        NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
    """
    specs, reader = begun.specs, begun.reader
    plan = replace(plan, header=replace(plan.header, reads=begun.counted.reads))
    # Judging has asked it already, so AWS is asked for nothing.
    live = read_memberships(drafts, reader) if lints else memberships.LiveMemberships()
    return Planned(
        plan,
        desired,
        begun.client,
        reader,
        (
            *(lint_plan.lint_messages(specs, plan) if lints else lint_plan.without_advice(specs.warnings)),
            *_unmarked(begun, plan),
        ),
        folders(specs),
        begun.tagging,
        deletions,
        drafts,
        live,
        paths,
        specs.desired,
        begun.opened.today,
    )


def _unmarked(begun: Begun, plan: Plan) -> Iterator[Located]:
    """That a plan which writes ownership tags, or deletes, knows of no mark to make or to compare."""
    writes = any(tags.APPLIED in str(call.params.get("Tags", "")) for call in plan.calls)
    if begun.origins.why_unknown and (writes or any(change.action == "delete" for change in plan.changes)):
        file = next(iter(begun.specs.files.values()), "")
        message = f"nothing is marked with where it comes from: {begun.origins.why_unknown}"
        yield Located(file, 0, 0, "", message, "note")


def folders(specs: Specs) -> tuple[str, ...]:
    """The folders of the spec files."""
    return tuple(sorted({str(Path(file).absolute().parent) for file in specs.parts}))
