"""What AWS has beside the specs' resources that it takes to judge differences."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.app.observe import policy_entities
from reconciler.app.observe.memberships import read_memberships
from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.errors import AwsError
from reconciler.core.plan import Unread
from reconciler.facets.identity_documents import arns_of
from reconciler.plan.access import changes as access_changes
from reconciler.plan.access import gaining_policies, memberships
from reconciler.plan.access.memberships import Groups, LiveMemberships
from reconciler.plan.comparison import Comparison
from reconciler.plan.findings.severity import Outside
from reconciler.policy.document.document import Document


@dataclass(frozen=True, slots=True)
class LiveContext:
    """What it takes to judge differences: policies that no spec describes, users' groups, holders outside.

    `unread` is what of that can't be read.
    """

    documents: Mapping[str, Document]
    live: LiveMemberships
    groups: Groups
    outside: Outside
    unread: tuple[Unread, ...]

    def unread_beside(self, known: tuple[Unread, ...]) -> tuple[Unread, ...]:
        """What could not be read, without what is known to be unread already."""
        addresses = {entry.address for entry in known}
        return tuple(entry for entry in self.unread if entry.address not in addresses)


def read_live_context(drafts: tuple[Comparison, ...], reader: Reader) -> LiveContext:
    """Read what it takes to judge the differences in these drafts.

    Raises:
        NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
    """
    outside, unknown = _outside(drafts, reader, reader.caller().account)
    everyone = (*drafts, *outside.holders)
    live = read_memberships(everyone, reader, outsiders=False)
    groups = Groups.of(everyone, live)
    people = outside.people
    more = {arn for state in (*people.users.values(), *people.groups.values()) for arn in arns_of(state)}
    needed = tuple(sorted({*access_changes.needed(everyone, groups), *more} - {d.want.arn for d in drafts}))
    documents = reader.documents(needed)
    errors = {
        Address(arn.split(":")[4], "policy", arn.rpartition("/")[2]): error
        for arn, error in reader.unread(needed).items()
    }
    notes = memberships.unseen(drafts, live, outsiders=False)
    unread = (
        *(Unread.by(error, address) for address, error in errors.items()),
        *(Unread(address, note) for address, note in notes.items()),
        *unknown,
    )
    return LiveContext(documents, live, groups, outside, unread)


def _outside(
    drafts: tuple[Comparison, ...], reader: Reader, account: str
) -> tuple[Outside, tuple[Unread, ...]]:
    """Who has, but is not described, a policy that is live with more than the specs say.

    The second part is what of that can't be read.
    """
    exceeding = gaining_policies.exceeding(drafts)
    holders, unread = policy_entities.others(drafts, reader, exceeding)
    blind = {e.address: f"{e.message} ({e.permission}): it is judged by itself" for e in unread}
    described = {d.want.name for d in (*drafts, *holders) if d.change.address.kind == "group"}
    users, unknown = _existing(reader, "user", memberships.given_more(drafts, holders, exceeding), account)
    wanted = {name for user in users.values() for name in user.groups} - described
    groups, more = _existing(reader, "group", tuple(sorted(wanted)), account)
    states = groups | {d.have.name: d.have for d in holders if d.change.address.kind == "group"}
    return Outside(holders, LiveMemberships(users, states), blind), (*unread, *unknown, *more)


def _existing(
    reader: Reader, kind: str, names: tuple[str, ...], account: str
) -> tuple[dict[str, Any], tuple[Unread, ...]]:
    """Those of these users or groups that exist, and those that could not be read."""
    live = reader.holding(kind, names)
    errors = {name: error for name, error in live.items() if isinstance(error, AwsError)}
    states = {name: state for name, state in live.items() if state is not None and name not in errors}
    return states, tuple(Unread.by(error, Address(account, kind, name)) for name, error in errors.items())
