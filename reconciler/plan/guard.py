"""What must not happen without consent. A pure step of its own, after the plan and before the first write."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reconciler.core.change import Change, FieldChange
from reconciler.core.plan import Plan, Refusal
from reconciler.plan.desired import Desired
from reconciler.policy.arns import RESERVED_PATHS
from reconciler.policy.document import Document, as_list

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


def refusals(plan: Plan, desired: tuple[Desired, ...], consent: Consent) -> tuple[Refusal, ...]:
    """Every objection that the consent does not lift, in the order of the changes."""
    by_address = {d.address: d for d in desired}
    limits_only = _boundaries_only(desired)
    found: list[Refusal] = []
    for change in plan.changes:
        found += [Refusal(change.address, obstacle) for obstacle in change.obstacles]
        if change.obstacles or not change.calls:
            continue
        resource = by_address[change.address]
        found += _aws_owned(change, resource)
        found += _ownership(change, resource, consent)
        is_limit = resource.state.arn in limits_only
        found += [r for r in _grants(change, is_limit=is_limit) if r.consent.split()[-1] not in consent.allow]
    return (*found, *_threshold(plan, consent))


def _boundaries_only(desired: tuple[Desired, ...]) -> frozenset[str]:
    """Policies that serve as boundaries and nothing else grant nothing."""
    limits = {getattr(d.state, "boundary", "") for d in desired}
    attached = {arn for d in desired for arn in getattr(d.state, "attached", ())}
    return frozenset(limits - attached - {""})


def _aws_owned(change: Change, resource: Desired) -> Iterator[Refusal]:
    if resource.state.path.startswith(RESERVED_PATHS) or "iam::aws:" in resource.state.arn:
        yield Refusal(change.address, "belongs to AWS and is never changed")


def _ownership(change: Change, resource: Desired, consent: Consent) -> Iterator[Refusal]:
    if change.action != "adopt" or consent.take_over:
        return
    if change.owner:
        yield Refusal(change.address, f"is owned by the spec {change.owner}", "--take-over")
    elif change.foreign:
        yield Refusal(change.address, f"carries the ownership tags of {change.foreign}", "--take-over")
    elif not (consent.adopt or resource.adopt):
        yield Refusal(change.address, "exists and is owned by no spec", "--adopt")


def _grants(change: Change, *, is_limit: bool) -> Iterator[Refusal]:
    for field in change.fields:
        where = f"{field.field} {field.item}".strip()
        if field.field in ("document", "inline") and not is_limit and _becomes(field, _is_admin):
            yield Refusal(change.address, f"{where} allows every action on everything", "--allow admin")
        if field.field == "trust" and _becomes(field, _is_public):
            yield Refusal(
                change.address, "trust lets anyone in any account assume the role", "--allow public"
            )
        if field.field == "attached" and any(arn.endswith(":iam::aws:policy/AdministratorAccess") for arn in field.added):  # fmt: skip
            yield Refusal(change.address, "attaches AdministratorAccess", "--allow admin")


def _becomes(field: FieldChange, judged: Callable[[Document], bool]) -> bool:
    """Whether the new document is so judged and the old one was not."""
    after, before = field.after, field.before
    return isinstance(after, str) and judged(Document(after)) and not (isinstance(before, str) and judged(Document(before)))  # fmt: skip


def _is_admin(document: Document) -> bool:
    return any(
        statement.get("Effect") == "Allow"
        and any(_is_everything(action) for action in as_list(statement.get("Action", [])))
        and any(_is_everything(resource) for resource in as_list(statement.get("Resource", [])))
        for statement in document.statements
    )


def _is_everything(pattern: object) -> bool:
    """`*`, and its other spellings: `**`, `*:*`."""
    return isinstance(pattern, str) and "*" in pattern and set(pattern) <= {"*", ":"}


def _is_public(document: Document) -> bool:
    return any(
        statement.get("Effect") == "Allow"
        and _anyone(statement.get("Principal"))
        and not statement.get("Condition")
        for statement in document.statements
    )


def _anyone(principal: object) -> bool:
    return principal == "*" or (isinstance(principal, dict) and "*" in as_list(principal.get("AWS", [])))


def _threshold(plan: Plan, consent: Consent) -> Iterator[Refusal]:
    emptied = [change for change in plan.changes if _is_emptied(change)]
    owned = [change for change in plan.changes if change.action != "create"]
    if not consent.force and len(emptied) > NUMBER and len(emptied) > SHARE * len(owned):
        yield Refusal(None, f"{len(emptied)} of {len(owned)} resources would be emptied at once", "--force")


def _is_emptied(change: Change) -> bool:
    """A role left without any policy, or a profile without a role, that had some."""
    sets = [f for f in change.fields if f.shape == "set" and f.field in ("attached", "roles")]
    return any(f.before and not f.after for f in sets)
