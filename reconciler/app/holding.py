"""Roles and users that a plan does not have and that hold a policy which is about to change: guards must judge them too."""

from typing import Any

from reconciler.aws.reader import Reader
from reconciler.core.address import Address, Source
from reconciler.core.call import Answers
from reconciler.core.change import Change
from reconciler.core.errors import AccessDenied, AwsError
from reconciler.core.kind import Kind
from reconciler.core.plan import Unread
from reconciler.kinds import KINDS, role
from reconciler.plan.desired import Desired
from reconciler.plan.drafts import Draft, Seen


def others(drafts: tuple[Draft, ...], reader: Reader, policies: tuple[Draft, ...] | None = None) -> tuple[tuple[Draft, ...], tuple[Unread, ...]]:  # fmt: skip
    """Each as a draft in which nothing changes but what its policies say; and what could not be read of that.

    `policies` are those that matter, all that change where not said.

    Raises:
        NoCredentials, Unreachable: nothing can be read at all.
    """
    if policies is None:
        policies = tuple(d for d in drafts if any(field.field == "document" for field in d.change.fields))
    holders = reader.holders(tuple(d.want.arn for d in policies))
    unread = [
        Unread(
            d.change.address, "who holds it could not be read", "iam:ListEntitiesForPolicy", d.change.source
        )
        for d in policies
        if d.want.arn not in holders
    ]
    known = {f"{d.change.address.kind}/{d.want.name}" for d in drafts}
    named = {name for who in holders.values() for name in who} - known
    user = next(kind for kind in KINDS if kind.KIND == "user")
    found: list[Draft] = [_unchanged(user, live) for live in reader.users(_names(named, "user")).values()]
    for name, live in reader.roles(_names(named, "role")).items():
        if isinstance(live, AwsError):
            address = Address(policies[0].change.address.account, role.KIND, name)
            unread.append(
                Unread(address, live.message, live.permission if isinstance(live, AccessDenied) else "")
            )
        elif live is not None:
            found.append(_unchanged(role, live))
    return tuple(found), tuple(unread)


def _names(holders: set[str], kind: str) -> tuple[str, ...]:
    return tuple(sorted(name.partition("/")[2] for name in holders if name.startswith(f"{kind}/")))


def _unchanged(kind: Kind, live: Any) -> Draft:
    address = Address(live.account, kind.KIND, live.name)
    desired = Desired(address, kind, live, live.owner, Source("", 0), untagged=not live.owner)
    change = Change(address, "none", notes=("holds a policy that is restored",))
    return Draft(Seen(desired, Answers({})), live, live, change)
