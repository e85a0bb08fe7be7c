"""How bad a difference is: what the live side allows beyond the desired one, or less."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.core.access_change import AccessDelta
from reconciler.core.address import Address
from reconciler.core.results.finding import Severity
from reconciler.facets.identity_documents import holdings
from reconciler.plan.access.changes import gained_and_lost
from reconciler.plan.access.memberships import Groups, LiveMemberships, States
from reconciler.plan.comparison import Comparison
from reconciler.policy.compare.identity import IdentityPolicies
from reconciler.policy.document.document import Document
from reconciler.policy.risk.identity_risks import risks

# How bad, what is gained, what is lost, and remarks.
Effect = tuple[Severity, AccessDelta, AccessDelta, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Outside:
    """Live holders of what differs that no spec of the run describes.

    `holders` hold policies that are live with more than their specs say; `people` are users who are in groups
    that have more, with all their groups. `blind` says of policies why it is not known who holds them.
    """

    holders: tuple[Comparison, ...] = ()
    people: LiveMemberships = field(default_factory=LiveMemberships)
    blind: Mapping[Address, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """All drafts of the run; managed policies by ARN as desired, else as they are.

    And the live ones of the drafts.

    `groups` are those of users with other access, live (`before`) and as desired (`after`).
    """

    drafts: tuple[Comparison, ...]
    documents: Mapping[str, Document]
    live: Mapping[str, Document]
    groups: Groups
    outside: Outside
    _wanted: dict[Address, IdentityPolicies] = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls, drafts: tuple[Comparison, ...], others: Mapping[str, Document], groups: Groups, outside: Outside
    ) -> "Context":
        """`others` are policies that roles hold and no spec describes, as they are."""
        wanted = {d.want.arn: d.want.document for d in drafts if hasattr(d.want, "document")}
        live = {d.have.arn: d.have.document for d in drafts if d.have and hasattr(d.have, "document")}
        return cls(drafts, {**others, **wanted}, {**others, **live}, groups, outside)

    def desired(
        self, draft: Comparison, state: Any, documents: Mapping[str, Document] | None = None
    ) -> IdentityPolicies:
        """What a principal of a draft would hold in this state, everything else being as desired."""
        if documents is None and state is draft.want and draft.change.address in self._wanted:
            return self._wanted[draft.change.address]
        held = holdings(
            state, self.documents if documents is None else documents, self._of(draft, self.groups.after)
        )
        if documents is None and state is draft.want:
            # Each of its policies is judged by it.
            self._wanted[draft.change.address] = held
        return held

    def as_is(
        self, draft: Comparison, state: Any, documents: Mapping[str, Document] | None = None
    ) -> IdentityPolicies:
        """The same, everything else being as it is."""
        return holdings(
            state, self.live if documents is None else documents, self._of(draft, self.groups.before)
        )

    def members(self, group: Comparison) -> tuple[Comparison, ...]:
        """The users of the specs that are to be in a group."""
        if group.change.address.kind != "group":
            return ()
        name, after = group.want.name, self.groups.after
        users = (d for d in self.drafts if d.change.address.kind == "user")
        return tuple(user for user in users if any(g.name == name for g in after.get(user.want.name, ())))

    def in_group(self, user: Comparison, state: Any) -> IdentityPolicies:
        """What a user would hold if one of its groups were in this state, and all else as desired."""
        groups = tuple(
            state if group.name == state.name else group for group in self._of(user, self.groups.after)
        )
        return holdings(user.want, self.documents, groups)

    def outside_members(self, group: Any) -> tuple[Any, ...]:
        """The users outside the specs who are in a group, as they are."""
        described = {d.want.name for d in self.drafts if d.change.address.kind == "user"}
        people = self.outside.people.users.items()
        return tuple(user for name, user in people if name not in described and group.name in user.groups)

    def member(self, user: Any, group: Any, documents: Mapping[str, Document]) -> IdentityPolicies:
        """What a live user holds if one of its groups is in this state, and policies say this."""
        described = {d.have.name: d.have for d in self.drafts if d.change.address.kind == "group" and d.have}
        groups = {**self.outside.people.groups, **described, group.name: group}
        return holdings(
            user, documents, tuple(groups[name] for name in sorted(user.groups) if name in groups)
        )

    def _of(self, draft: Comparison, groups: Mapping[str, States]) -> States:
        return groups.get(draft.want.name, ()) if draft.change.address.kind == "user" else ()


def impact_of(before: IdentityPolicies, after: IdentityPolicies, documents: Mapping[str, Document]) -> Effect:
    """What the second of two holdings comes to, seen from the first.

    `documents` are managed policies as they are.
    """
    gained, lost = gained_and_lost(before, after)
    worst = risks(before, after, documents) if gained.answer != "no" else ()
    return (
        severity_of(gained, lost, critical=bool(worst)),
        gained,
        lost,
        tuple(message for _, message in worst),
    )


def severity_of(gained: AccessDelta, lost: AccessDelta, *, critical: bool) -> Severity:
    """By what is gained first of all; what is not known counts as gained."""
    if critical:
        return "critical"
    if gained.answer != "no":
        return "gained"
    return "lost" if lost.answer != "no" else "metadata"
