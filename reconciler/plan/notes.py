"""What a plan says about itself, beside its changes: whose marks it meets, and what it did not look for."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from reconciler.core.change import Change
from reconciler.core.desired import Desired
from reconciler.core.text import owned_by, plural, shortened
from reconciler.facets.mark import NO_MARKS, SpecMarks
from reconciler.plan.comparison import Comparison
from reconciler.plan.deletion.orphans import Orphan
from reconciler.plan.ownership import of_others

NOT_LOOKED_FOR = "orphans were not looked for (--prune)"


def on_marks(drafts: tuple[Comparison, ...], marks: Mapping[str, SpecMarks]) -> tuple[str, ...]:
    """Resources of the specs that bear the mark of others, once for all of them."""
    by_owner: dict[str, list[str]] = {}
    for draft in drafts:
        spec = draft.seen.desired.spec
        others = of_others(draft.have, marks.get(spec, NO_MARKS)) if draft.have else ""
        if others and draft.have.owner == spec:
            by_owner.setdefault(owned_by(spec, others), []).append(str(draft.change.address))
    return tuple(
        f"{plural(len(addresses), 'resource')} {owner}: {shortened(addresses)}; apply marks"
        f" {'it' if len(addresses) == 1 else 'them'} as this one's"
        for owner, addresses in by_owner.items()
    )


def on_left_out(changes: Iterable[Change], left_out: Iterable[Desired]) -> tuple[str, ...]:
    """What `--only` leaves out and what is chosen can't be without, in one line."""
    needs = {
        str(desired.address): str(change.address)
        for change in changes
        for desired in left_out
        if any(_names(obstacle, desired) for obstacle in change.obstacles)
    }
    if not needs:
        return ()
    options = " ".join(f"--only {address}" for address in sorted(needs))
    return (
        f"{shortened(sorted(set(needs.values())))} can't be without what --only leaves out: add {options}",
    )


def _names(obstacle: str, desired: Desired) -> bool:
    """Whether an obstacle is about this resource, by its ARN or as `group NAME`."""
    words = obstacle.replace(",", " ").split()
    pairs = pairwise(words)
    return desired.state.arn in words or (desired.address.kind, desired.address.name) in pairs


def on_orphans(orphans: Iterable[Orphan], *, is_all: bool) -> tuple[str, ...]:
    """Orphans that the plan leaves where they are, as far as it knows of any.

    `is_all` is whether it would know of all.
    """
    left = [str(orphan.address) for orphan in orphans if not (orphan.whose or orphan.is_released)]
    if not left:
        return () if is_all else (NOT_LOOKED_FOR,)
    are = "resource is" if len(left) == 1 else "resources are"
    return (f"{len(left)} owned {are} no longer described: --prune, or removed: ({shortened(left)})",)
