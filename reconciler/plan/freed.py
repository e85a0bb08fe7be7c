"""Managed policies that deny less than before: who holds them elsewhere may come to more by it."""

from dataclasses import replace

from reconciler.core.address import Address
from reconciler.parts.inline_policies import denies
from reconciler.plan.drafts import Draft
from reconciler.plan.effects import Effect
from reconciler.plan.holders import arns_of, is_done
from reconciler.policy.delta import delta
from reconciler.policy.shape import shape_verdicts


def freeing(drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """The policies of the plan that deny less afterwards, or of which that can't be told."""
    return tuple(draft for draft in drafts if _frees(draft))


def _frees(draft: Draft) -> bool:
    if not is_done(draft) or not draft.have or not any(f.field == "document" for f in draft.change.fields):
        return False
    old = draft.have.document
    if not denies(old) or shape_verdicts(old.data, identity=True):
        return False
    return delta(old, draft.want.document).denied_removed.answer != "no"


def at_policies(effects: tuple[Effect, ...], outside: tuple[Draft, ...], policies: tuple[Draft, ...]) -> tuple[Effect, ...]:  # fmt: skip
    """The same, with what holders outside the plan can do said of the policy that lets them."""
    held = {draft.change.address: arns_of(draft.want) for draft in outside}
    return tuple(_at_policy(effect, held[effect.address], policies) if effect.address in held else effect for effect in effects)  # fmt: skip


def _at_policy(effect: Effect, held: frozenset[str], policies: tuple[Draft, ...]) -> Effect:
    # A list of holders may be later than the holder itself.
    at: Address = next((d.change.address for d in policies if d.want.arn in held), policies[0].change.address)
    return replace(effect, address=at, message=f"{effect.address}, outside the specs, {effect.message}")
