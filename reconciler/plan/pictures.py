"""What each role, user and group of a run holds, as is and as desired; taken from what was read in any case."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.core.picture import Held, Picture, Standing
from reconciler.plan.planner import Draft
from reconciler.policy import arns
from reconciler.policy.document import Document

Documents = Mapping[str, Document]


@dataclass(frozen=True, slots=True)
class _Texts:
    """Documents of managed policies by ARN, as JSON text, live and as desired."""

    live: Mapping[str, str]
    desired: Mapping[str, str]

    @classmethod
    def of(cls, drafts: tuple[Draft, ...], others: Documents) -> "_Texts":
        """A live document that means the same as the desired one counts as that."""
        known = {arn: made.text for arn, made in others.items()}
        policies = [d for d in drafts if hasattr(d.want, "document")]
        desired = {d.want.arn: d.want.document.text for d in policies}
        live = {
            d.have.arn: (d.have if _differs(d, "document") else d.want).document.text
            for d in policies
            if d.have
        }
        return cls({**known, **live}, {**known, **desired})


def is_holder(state: Any) -> bool:
    """Whether a state is of something that holds policies."""
    return hasattr(state, "attached") and hasattr(state, "inline")


def held(drafts: tuple[Draft, ...]) -> frozenset[str]:
    """The ARNs of all managed policies that are in some picture."""
    states = [state for d in drafts if is_holder(d.want) for state in (d.want, d.have) if state]
    return frozenset(arn for state in states for arn in (*state.attached, state.boundary) if arn)


def pictures(drafts: tuple[Draft, ...], others: Documents) -> tuple[Picture, ...]:
    """In the order of the specs; `others` are documents of policies that no spec describes, as far as they were read."""
    texts = _Texts.of(drafts, others)
    return tuple(_picture(draft, texts) for draft in drafts if is_holder(draft.want))


def _picture(draft: Draft, texts: _Texts) -> Picture:
    want, have = draft.want, draft.have
    trust = want.trust.text if hasattr(want, "trust") else ""
    old = have.trust.text if trust and have and _differs(draft, "trust") else trust if have else ""
    limits = [frozenset({state.boundary} - {""}) if state else frozenset() for state in (have, want)]
    return Picture(
        address=draft.change.address,
        exists=have is not None,
        trust_live=old,
        trust_desired=trust,
        policies=(
            *_managed(have.attached if have else frozenset(), want.attached, draft, texts),
            *_inline(draft),
        ),
        boundary=tuple(_managed(limits[0], limits[1], draft, texts)),
        source=draft.change.source,
    )


def _differs(draft: Draft, field: str, item: str = "") -> bool:
    return any(f.field == field and (not item or f.item == item) for f in draft.change.fields)


def _managed(live: frozenset[str], desired: frozenset[str], draft: Draft, texts: _Texts) -> Iterator[Held]:
    for arn in sorted(live | desired):
        old = texts.live.get(arn, "") if arn in live else ""
        new = texts.desired.get(arn, "") if arn in desired else ""
        standing = _standing(arn in live, arn in desired, is_other=old != new)
        yield Held(arns.short(arn, draft.change.address.account), standing, old, new)


def _inline(draft: Draft) -> Iterator[Held]:
    live = {name: made.text for name, made in draft.have.inline} if draft.have else {}
    desired = {name: made.text for name, made in draft.want.inline}
    for name in sorted(live | desired):
        is_other = _differs(draft, "inline", name)
        standing = _standing(name in live, name in desired, is_other=is_other)
        new = desired.get(name, "")
        yield Held(name, standing, live[name] if is_other and name in live else new, new, is_inline=True)


def _standing(is_live: bool, is_desired: bool, *, is_other: bool) -> Standing:
    if is_live and is_desired:
        return "changed" if is_other else "same"
    return "added" if is_desired else "removed"
