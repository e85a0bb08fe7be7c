"""The use case of `reconcile permissions`: the least policy that a command needs, offline."""

from reconciler.app.request import SpecSelection
from reconciler.app.specs import OpenedSpecs, load
from reconciler.plan.required_permissions import Purpose, Where, needs, pruned, released
from reconciler.policy.document.document import Document
from reconciler.policy.risk.least_privilege import least
from reconciler.spec.files import Files
from reconciler.spec.partitions import of_all


def account_of(request: SpecSelection) -> str | None:
    """The one account that the specs say they are for, if they say one."""
    return OpenedSpecs(request).declared


def partition_of(request: SpecSelection) -> str:
    """The one partition that the specs say they are for, or that their ARNs are of."""
    return of_all(OpenedSpecs(request).named, Files())


def permissions(
    request: SpecSelection, account: str | None, partition: str, purpose: Purpose, *, unmanaged: bool = False
) -> Document | None:
    """The least policy that the command needs; None where the account is not known.

    Raises:
        SpecError: with every problem of every file.
    """
    known = account or account_of(request)
    if known is None:
        return None
    partition = partition or partition_of(request)
    specs = load(request, known, partition)
    sweeps = (purpose in ("drift", "prune", "destroy") and bool(specs.tagging)) or bool(specs.removed)
    if purpose == "drift" and request.project is not None:
        unmanaged = unmanaged or request.project.asks_for_unmanaged
    where = Where(known, partition)
    calls = needs(specs.desired, specs.expectations, purpose, where, orphans=sweeps, unmanaged=unmanaged)
    calls |= released(specs.removed, purpose, where)
    # What a spec owns beside what it describes is deleted as well.
    return least(calls | pruned(where) if purpose in ("prune", "destroy") and sweeps else calls)
