"""What each role, user and group of a run holds, as is and as desired.

Taken from what was read in any case.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.core.principal_view import HeldPolicy, Membership, PrincipalView, Standing
from reconciler.facets.identity_documents import arns_of, is_identity
from reconciler.plan.access.membership_view import MembershipView
from reconciler.plan.access.memberships import LiveMemberships, Sides
from reconciler.plan.comparison import Comparison
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document

Documents = Mapping[str, Document]


@dataclass(frozen=True, slots=True)
class _Texts:
    """Documents of managed policies by ARN, as JSON text, live and as desired."""

    live: Mapping[str, str]
    desired: Mapping[str, str]

    @classmethod
    def of(cls, drafts: tuple[Comparison, ...], others: Documents) -> "_Texts":
        """A live document that means the same as the desired one counts as that."""
        known = {arn: document.text for arn, document in others.items()}
        policies = [d for d in drafts if hasattr(d.want, "document")]
        desired = {d.want.arn: d.want.document.text for d in policies}
        live = {
            d.have.arn: (d.have if _differs(d, "document") else d.want).document.text
            for d in policies
            if d.have
        }
        return cls({**known, **live}, {**known, **desired})


def held(drafts: tuple[Comparison, ...], live: LiveMemberships) -> frozenset[str]:
    """The ARNs of all managed policies that are in some picture."""
    states = [state for d in drafts if is_identity(d.want) for state in (d.want, d.have) if state]
    return frozenset(arn for state in (*states, *live.groups.values()) for arn in arns_of(state))


def principal_views(
    drafts: tuple[Comparison, ...], others: Documents, live: LiveMemberships
) -> tuple[PrincipalView, ...]:
    """In the order of the specs.

    `others` are documents of policies that no spec describes, as far as they were read.

    So are `live` users and groups.
    """
    texts, belonging = _Texts.of(drafts, others), MembershipView.of(drafts, live)
    known = {name: tuple(_as_it_is(state, texts)) for name, state in live.groups.items()}
    known |= {d.want.name: _policies(d, texts) for d in drafts if d.change.address.kind == "group"}
    return tuple(
        replace(_picture(draft, texts), **_belonging(draft, belonging, known))
        for draft in drafts
        if is_identity(draft.want)
    )


def _belonging(
    draft: Comparison, belonging: MembershipView, known: Mapping[str, tuple[HeldPolicy, ...]]
) -> dict[str, Any]:
    """A user's groups with what they hold, a group's members."""
    if draft.change.address.kind == "group":
        return {"members": tuple(_memberships(belonging.members(draft), {}))}
    if draft.change.address.kind == "user":
        groups = tuple(_memberships(belonging.groups(draft), known))
        return {"groups": groups, "has_all_groups": belonging.has_all_groups(draft)}
    return {}


def _memberships(both: Sides, known: Mapping[str, tuple[HeldPolicy, ...]]) -> Iterator[Membership]:
    live, desired = both
    for name in sorted(live | desired):
        standing = _standing(name in live, name in desired, is_other=False)
        yield Membership(name, standing, known.get(name))


def _as_it_is(state: Any, texts: _Texts) -> Iterator[HeldPolicy]:
    """What a group holds that no spec describes."""
    for arn in sorted(state.attached):
        text = texts.live.get(arn, "")
        new = texts.desired.get(arn, "")
        yield HeldPolicy(
            arns.short(arn, state.arn.split(":")[4]), "changed" if text != new else "same", text, new
        )
    for name, document in state.inline:
        yield HeldPolicy(name, "same", document.text, document.text, is_inline=True)


def _picture(draft: Comparison, texts: _Texts) -> PrincipalView:
    want, have = draft.want, draft.have
    trust = want.trust.text if hasattr(want, "trust") else ""
    old = have.trust.text if trust and have and _differs(draft, "trust") else trust if have else ""
    limits = [frozenset({state.boundary} - {""}) if state else frozenset() for state in (have, want)]
    return PrincipalView(
        address=draft.change.address,
        exists=have is not None,
        trust_live=old,
        trust_desired=trust,
        policies=_policies(draft, texts),
        boundary=tuple(_managed(limits[0], limits[1], draft, texts)),
        source=draft.change.source,
    )


def _policies(draft: Comparison, texts: _Texts) -> tuple[HeldPolicy, ...]:
    live = draft.have.attached if draft.have else frozenset()
    return (*_managed(live, draft.want.attached, draft, texts), *_inline(draft))


def _differs(draft: Comparison, field: str, item: str = "") -> bool:
    return any(f.field == field and (not item or f.item == item) for f in draft.change.fields)


def _managed(
    live: frozenset[str], desired: frozenset[str], draft: Comparison, texts: _Texts
) -> Iterator[HeldPolicy]:
    for arn in sorted(live | desired):
        old = texts.live.get(arn, "") if arn in live else ""
        new = texts.desired.get(arn, "") if arn in desired else ""
        standing = _standing(arn in live, arn in desired, is_other=old != new)
        yield HeldPolicy(arns.short(arn, draft.change.address.account), standing, old, new)


def _inline(draft: Comparison) -> Iterator[HeldPolicy]:
    live = {name: document.text for name, document in draft.have.inline} if draft.have else {}
    desired = {name: document.text for name, document in draft.want.inline}
    for name in sorted(live | desired):
        is_other = _differs(draft, "inline", name)
        standing = _standing(name in live, name in desired, is_other=is_other)
        new = desired.get(name, "")
        yield HeldPolicy(
            name, standing, live[name] if is_other and name in live else new, new, is_inline=True
        )


def _standing(is_live: bool, is_desired: bool, *, is_other: bool) -> Standing:
    if is_live and is_desired:
        return "changed" if is_other else "same"
    return "added" if is_desired else "removed"
