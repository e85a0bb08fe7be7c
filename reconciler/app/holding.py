"""Roles that no journal names and that hold a policy which is about to change: guards must judge them too."""

from reconciler.aws.reader import Reader
from reconciler.core.address import Address, Source
from reconciler.core.call import Answers
from reconciler.core.change import Change
from reconciler.core.errors import AccessDenied, AwsError
from reconciler.core.plan import Unread
from reconciler.kinds import role
from reconciler.plan.desired import Desired
from reconciler.plan.planner import Draft, Seen


def others(drafts: tuple[Draft, ...], reader: Reader) -> tuple[tuple[Draft, ...], tuple[Unread, ...]]:
    """Each as a draft in which nothing changes but what its policies say; and what could not be read of that.

    Raises:
        NoCredentials, Unreachable: nothing can be read at all.
    """
    policies = [d for d in drafts if any(field.field == "document" for field in d.change.fields)]
    holders = reader.holders(tuple(d.want.arn for d in policies))
    unread = [
        Unread(
            d.change.address, "who holds it could not be read", "iam:ListEntitiesForPolicy", d.change.source
        )
        for d in policies
        if d.want.arn not in holders
    ]
    known = {d.want.name for d in drafts if d.change.address.kind == role.KIND}
    named = {
        name.removeprefix("role/") for who in holders.values() for name in who if name.startswith("role/")
    }
    found: list[Draft] = []
    for name, live in reader.roles(tuple(sorted(named - known))).items():
        if isinstance(live, AwsError):
            address = Address(policies[0].change.address.account, role.KIND, name)
            unread.append(
                Unread(address, live.message, live.permission if isinstance(live, AccessDenied) else "")
            )
        elif live is not None:
            found.append(_unchanged(live))
    return tuple(found), tuple(unread)


def _unchanged(live: role.State) -> Draft:
    address = Address(live.account, role.KIND, live.name)
    desired = Desired(address, role, live, live.owner, Source("", 0), untagged=not live.owner)
    change = Change(address, "none", notes=("holds a policy that is restored",))
    return Draft(Seen(desired, Answers({})), live, live, change)
