"""Reads roles, users and groups outside a plan that have a policy attached which the plan changes.

Guards must judge them too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.aws.reader import Reader
from reconciler.core.address import Address, Source
from reconciler.core.call import Answers
from reconciler.core.change import Change
from reconciler.core.desired import Desired
from reconciler.core.errors import AccessDenied, AwsError
from reconciler.core.kind import AnyKind
from reconciler.core.observed import Observed
from reconciler.core.plan import Unread
from reconciler.kinds import KINDS
from reconciler.plan.comparison import Comparison

_KINDS: Mapping[str, AnyKind] = {kind.KIND: kind for kind in KINDS}


def others(
    drafts: tuple[Comparison, ...], reader: Reader, policies: tuple[Comparison, ...] | None = None
) -> tuple[tuple[Comparison, ...], tuple[Unread, ...]]:
    """Each as a draft in which only the documents of its policies change; and what could not be read.

    `policies` are those that matter, without it all that change.

    Raises:
        NoCredentials, Unreachable: nothing can be read at all.
    """
    if policies is None:
        policies = tuple(d for d in drafts if any(field.field == "document" for field in d.change.fields))
    if not policies:
        return (), ()
    holders = reader.policy_entities(tuple(d.want.arn for d in policies))
    named = {name for who in holders.values() for name in who}
    known = {f"{d.change.address.kind}/{d.want.name}" for d in drafts}
    live = dict(_read(named - known, reader))
    outside = tuple(
        _unchanged(_KINDS[name.partition("/")[0]], state)
        for name, state in sorted(live.items())
        if state is not None and not isinstance(state, AwsError)
    )
    return outside, tuple(_unread(policies, holders, live))


def _read(holders: set[str], reader: Reader) -> Iterator[tuple[str, Any]]:
    """Each of these as it is: None where it is not there, an error where it could not be read."""
    for kind in ("user", "group", "role"):
        names = tuple(sorted(name.partition("/")[2] for name in holders if name.startswith(f"{kind}/")))
        yield from ((f"{kind}/{name}", state) for name, state in reader.holding(kind, names).items())


def _unread(
    policies: tuple[Comparison, ...], holders: Mapping[str, frozenset[str]], live: Mapping[str, Any]
) -> Iterator[Unread]:
    for draft in policies:
        address, source = draft.change.address, draft.change.source
        if draft.want.arn not in holders:
            yield Unread(address, "who holds it could not be read", "iam:ListEntitiesForPolicy", source)
            continue
        for name in sorted(holders[draft.want.arn]):
            error = live.get(name)
            if isinstance(error, AwsError):
                denied = isinstance(error, AccessDenied) and error.permission
                needed = denied or f"iam:Get{name.partition('/')[0].capitalize()}"
                yield Unread(address, f"{name}, which holds it, could not be read", needed, source)


def _unchanged(kind: AnyKind, live: Any) -> Comparison:
    address = Address(live.account, kind.KIND, live.name)
    desired = Desired(address, kind, live, live.owner, Source("", 0), untagged=not live.owner)
    change = Change(address, "none", notes=("holds a policy that changes, and is not in this plan",))
    return Comparison(Observed(desired, Answers({})), live, live, change)
