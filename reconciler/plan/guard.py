"""What must not happen without consent. A pure step of its own, after the plan and before the first write."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.core.address import Address
from reconciler.core.change import Change, FieldChange
from reconciler.core.desired import Desired
from reconciler.core.plan import Plan, Refusal
from reconciler.core.text import owned_by
from reconciler.plan import protected_roles
from reconciler.plan.access.risks import Risk
from reconciler.policy.document import arns
from reconciler.policy.document.arns import RESERVED_PATHS
from reconciler.policy.document.document import Document
from reconciler.policy.risk.broad import ADMINISTRATOR, admin_level, open_doors

ALLOWABLE = ("admin", "public", "escalation", "lockout")
# More than this share and more than this number of what the spec owns, emptied or removed at once.
SHARE = 0.3
NUMBER = 3


@dataclass(frozen=True, slots=True)
class Consent:
    """What the user agreed to for this run; `allow` holds words of ALLOWABLE."""

    adopt: bool = False
    take_over: bool = False
    force: bool = False
    allow: frozenset[str] = frozenset()


def refusals(
    plan: Plan,
    desired: tuple[Desired, ...],
    consent: Consent,
    effects: tuple[Risk, ...] = (),
    limits_only: frozenset[str] = frozenset(),
) -> tuple[Refusal, ...]:
    """Every objection that the consent does not lift, in the order of the changes.

    `desired` is all that the specs describe, also what the plan leaves out. `limits_only` are policies that
    serve as boundaries and are attached to nobody: they grant nothing.
    """
    by_address = {d.address: d for d in desired}
    broad = {d.state.arn for d in desired if hasattr(d.state, "document") and admin_level(d.state.document)}
    collected: list[Refusal] = []
    for change in plan.changes:
        collected += [Refusal(change.address, obstacle) for obstacle in change.obstacles]
        resource = by_address.get(change.address)
        if change.obstacles or resource is None:
            continue
        is_limit = resource.state.arn in limits_only
        grants: list[Refusal] = []
        if change.calls:
            collected += _aws_owned(change, resource) or _protected(change)
            collected += _ownership(change, resource, consent)
            grants += [*_grants(change, is_limit=is_limit), *_attachments(change, broad)]
        # A boundary grants nothing, but can lock out, and let go those whom it bounds.
        judged = tuple(e for e in effects if not is_limit or e.holder or e.what == "lockout")
        grants += _by_effect(change, _not_consented_to(judged, by_address), grants)
        allowed = consent.allow | resource.acknowledged | _acknowledged_of_groups(resource, desired)
        collected += [r for r in grants if r.consent.split()[-1] not in allowed]
    return (*collected, *_threshold(plan, by_address, consent))


def _not_consented_to(effects: tuple[Risk, ...], by_address: Mapping[Address, Desired]) -> tuple[Risk, ...]:
    """Without what the specs consent to of those who can do it, where the plan leaves these out."""
    holders = {e: by_address.get(e.holder) for e in effects if e.holder}
    return tuple(e for e in effects if not (holder := holders.get(e)) or e.what not in holder.acknowledged)


def _acknowledged_of_groups(user: Desired, desired: tuple[Desired, ...]) -> frozenset[str]:
    """What was consented to of the groups that a user is to be in: it comes to all of their members."""
    if user.address.kind != "user":
        return frozenset()
    own = user.state.groups or frozenset()
    groups = [d for d in desired if d.address.kind == "group" and d.acknowledged]
    return frozenset(
        what
        for d in groups
        if d.state.name in own or user.state.name in (d.state.members or ())
        for what in d.acknowledged
    )


def _aws_owned(change: Change, resource: Desired) -> list[Refusal]:
    collected = []
    if resource.state.path.startswith(RESERVED_PATHS) or "iam::aws:" in resource.state.arn:
        collected.append(Refusal(change.address, "belongs to AWS and is never changed"))
    if arns.is_identity_center(resource.state.arn):
        collected.append(
            Refusal(
                change.address,
                "is IAM Identity Center's own, by which its users sign in to this account, and is never"
                " changed: take it out of the spec",
            )
        )
    return collected


def _protected(change: Change) -> list[Refusal]:
    return [Refusal(change.address, why) for why in protected_roles.objections(change.calls)]


def _ownership(change: Change, resource: Desired, consent: Consent) -> Iterator[Refusal]:
    if change.action != "adopt" or consent.take_over:
        return
    if change.owner:
        yield Refusal(change.address, f"is {owned_by(change.owner)}", "--take-over")
    elif change.foreign:
        yield Refusal(change.address, f"carries the ownership tags of {change.foreign}", "--take-over")
    elif not (consent.adopt or resource.adopt):
        yield Refusal(change.address, "exists and is owned by no spec", "--adopt")


def _grants(change: Change, *, is_limit: bool) -> Iterator[Refusal]:
    for field in change.fields:
        where = f"{field.field} {field.item}".strip()
        if field.field in ("document", "inline") and not is_limit and _rises(field):
            yield Refusal(change.address, f"{where} allows every action on everything", "--allow admin")
        if field.field == "trust" and _doors(field.after) - _doors(field.before):
            yield Refusal(change.address, "trust lets anyone assume the role", "--allow public")


def _by_effect(change: Change, effects: tuple[Risk, ...], refused: list[Refusal]) -> Iterator[Refusal]:
    """What was not already said by the form of what changes."""
    asked = {refusal.consent for refusal in refused}
    for effect in effects:
        if effect.address == change.address and f"--allow {effect.what}" not in asked:
            yield Refusal(change.address, effect.message, f"--allow {effect.what}")


def _attachments(change: Change, broad: set[str]) -> Iterator[Refusal]:
    """A policy that allows everything needs consent where it is attached, not only where it is written."""
    for field in change.fields:
        for arn in field.added if field.field == "attached" else ():
            if arn.endswith(ADMINISTRATOR) or arn in broad:
                name = arns.short(arn, change.address.account).rpartition(":")[2].rpartition("/")[2]
                yield Refusal(change.address, f"attaches {name}", "--allow admin")


def _rises(field: FieldChange) -> bool:
    """Whether the new document is nearer to allowing everything than the old one was."""
    before, after = (
        admin_level(Document(t)) if isinstance(t, str) else 0 for t in (field.before, field.after)
    )
    return after > before


def _doors(text: object) -> frozenset[Hashable]:
    """The ways by which anyone comes in; another one is a new one."""
    return open_doors(Document(text)) if isinstance(text, str) else frozenset()


def _threshold(plan: Plan, by_address: dict[Address, Desired], consent: Consent) -> Iterator[Refusal]:
    described = [change for change in plan.changes if change.address in by_address]
    emptied = [change for change in described if _is_emptied(change, by_address[change.address])]
    owned = [change for change in described if change.action != "create"]
    if not consent.force and len(emptied) > NUMBER and len(emptied) > SHARE * len(owned):
        yield Refusal(None, f"{len(emptied)} of {len(owned)} resources would be emptied at once", "--force")


def _is_emptied(change: Change, resource: Desired) -> bool:
    """What is left empty: an identity without permissions, a profile without role, a group without users."""
    if any(f.field == "members" and f.before and not f.after for f in change.fields):
        return True
    held = ("attached", "inline", "groups", "roles")
    holds = [getattr(resource.state, name, ()) for name in held]
    loses = any(f.before and not f.after for f in change.fields if f.field in held)
    return loses and not any(holds) and change.action != "create"
