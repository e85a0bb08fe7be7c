"""Resources that no loaded spec describes, as findings: how bad each is by what it lets somebody do."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reconciler.core.access_change import AccessDelta
from reconciler.core.address import Address
from reconciler.core.kind import AnyKind
from reconciler.core.plan import Unread
from reconciler.core.results.finding import NOTHING, SEVERITIES, Finding, Severity
from reconciler.core.results.history import UNMANAGED
from reconciler.core.results.unmanaged import OwnedElsewhere
from reconciler.core.text import shortened
from reconciler.facets.identity_documents import arns_of, holdings
from reconciler.plan.findings.severity import Effect, impact_of
from reconciler.policy.catalogue.known_names import is_known_managed_policy, leads_to_everything
from reconciler.policy.compare.identity import IdentityPolicies
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document
from reconciler.policy.document.readable import shape_verdicts
from reconciler.policy.risk.broad import open_doors
from reconciler.policy.risk.foreign_accounts import foreign_accounts

_NO_POLICIES = IdentityPolicies(())


@dataclass(frozen=True, slots=True)
class Undescribed:
    """A live resource that no loaded spec describes, as account-wide reads show it.

    `state` is a principal's, `document` a policy's, None where they could not be read; `holders` and `limits`
    count who has a policy attached and as boundary, `roles` are the ARNs of those in an instance profile.
    `unproven` is why its ownership tag is not believed; `is_watched` is whether IAM notes its use.
    """

    address: Address
    kind: AnyKind
    path: str
    arn: str
    created: date | None = None
    last_used: date | None = None
    unproven: str = ""
    state: Any = None
    document: Document | None = None
    holders: int | None = None
    limits: int | None = None
    roles: tuple[str, ...] = ()
    is_watched: bool = False


@dataclass(frozen=True, slots=True)
class LiveAccount:
    """What it takes to judge them: managed policies by ARN and groups by name, as they are.

    `described` has the addresses of what loaded specs describe, by ARN, `trusting` by the ARN of an identity
    provider the roles that trust it.
    """

    number: str
    documents: Mapping[str, Document] = field(default_factory=dict)
    groups: Mapping[str, Any] = field(default_factory=dict)
    described: Mapping[str, Address] = field(default_factory=dict)
    trusting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def holds_ours(self, resource: Undescribed) -> tuple[str, ...]:
        """The addresses of what specs describe and it has: policies, groups that it is in, roles."""
        state = resource.state
        has = set(arns_of(state)) if state else set()
        has |= {self.groups[name].arn for name in getattr(state, "groups", None) or () if name in self.groups}
        has |= {*resource.roles}
        return tuple(sorted(str(self.described[arn]) for arn in has & self.described.keys()))


@dataclass(frozen=True, slots=True)
class UndescribedResources:
    """What no loaded spec describes; `orphans` are owned by loaded specs, `owned` by specs elsewhere.

    `addresses` are of all that no loaded spec describes, as text. `live` is to judge them by, `unread` could
    not be read whole.
    """

    addresses: tuple[str, ...]

    resources: tuple[Undescribed, ...]
    orphans: tuple[Undescribed, ...]
    owned: Mapping[Address, OwnedElsewhere]
    live: LiveAccount
    unread: tuple[Unread, ...]


def documents_needed(states: Iterable[Any]) -> frozenset[str]:
    """The ARNs of AWS's own policies whose documents it takes to judge these principals.

    One that is all that somebody holds is known by its name.
    """
    return frozenset(
        arn
        for state in states
        if not _is_known_by_name(state)
        for arn in arns_of(state)
        if ":iam::aws:" in arn
    )


def _is_known_by_name(state: Any) -> bool:
    alone = len(state.attached) == 1 and not (
        state.inline or state.boundary or getattr(state, "groups", None) or getattr(state, "users", None)
    )
    names = (arn.partition(":policy/")[2] for arn in state.attached)
    return alone and all(map(is_known_managed_policy, names))


def finding_of(resource: Undescribed, live: LiveAccount) -> Finding:
    """The finding of one of them."""
    severity, gained, _, details = effect_of(resource, live)
    since = f", and it has been there since {resource.created}" if resource.created else ""
    return Finding(
        resource.address,
        "",
        UNMANAGED,
        severity,
        "unknown",
        text=f"no spec describes it{since}",
        gained=gained,
        details=(*details, *_facts(resource, live)),
    )


def effect_of(resource: Undescribed, live: LiveAccount) -> Effect:
    """How bad it is that it is there, what it gives, nothing lost, and remarks."""
    by = resource.kind.ACCESS_BY
    if by == "policies":
        effect = _of_principal(resource, live) if resource.state else _unknown("it could not be read whole")
    elif by == "document":
        effect = _of_policy(resource, live)
    else:
        effect = ("gained" if resource.arn in live.trusting else "metadata", NOTHING, NOTHING, ())
    ours = live.holds_ours(resource)
    if not ours:
        return effect
    severity, gained, lost, details = effect
    remark = f"has what specs describe: {shortened(ours)}"
    return _worse(severity, "gained"), gained, lost, (*details, remark)


def _of_principal(resource: Undescribed, live: LiveAccount) -> Effect:
    state = resource.state
    groups = tuple(
        live.groups[name] for name in sorted(getattr(state, "groups", None) or ()) if name in live.groups
    )
    held = holdings(state, live.documents, groups)
    severity, gained, lost, details = impact_of(_NO_POLICIES, held, live.documents)
    leading = sorted(arn for arn in state.attached - live.documents.keys() if leads_to_everything(arn))
    if leading and severity != "critical":
        severity = "critical"
        details = (*details, f"{arns.short(leading[0], live.number)} allows everything, or leads there")
    if _is_known_by_name(state) and not state.attached <= live.documents.keys() and held.unseen:
        gained = AccessDelta("unknown", why=f"{held.unseen[0]} is known by its name, and was not read")
    trust = getattr(state, "trust", None)
    if trust is not None:
        by_trust, remarks = _of_trust(trust, live.number)
        severity, details = _worse(severity, by_trust), (*details, *remarks)
    return severity, gained, lost, details


def _of_trust(trust: Document, account: str) -> tuple[Severity, tuple[str, ...]]:
    if shape_verdicts(trust.data, identity=False):
        return "gained", ("its trust is no document that can be judged",)
    if open_doors(trust):
        return "critical", ("anyone can assume the role",)
    foreign = foreign_accounts(trust, account)
    if foreign:
        noun = "accounts" if len(foreign) > 1 else "account"
        return "gained", (f"the {noun} {shortened(foreign)} may assume it",)
    return "metadata", ()


def _of_policy(resource: Undescribed, live: LiveAccount) -> Effect:
    """By itself, as if somebody held nothing else. One that is a boundary and nothing else grants nothing."""
    document = resource.document
    if document is None:
        return _unknown("its document could not be read")
    if shape_verdicts(document.data, identity=True) and document.statements:
        return _unknown("it is no document that can be judged")
    if resource.holders == 0 and resource.limits:
        return "metadata", NOTHING, NOTHING, ("serves as a permissions boundary alone, which grants nothing",)
    by_itself = IdentityPolicies((("", document),), own=(resource.arn,))
    severity, gained, lost, details = impact_of(_NO_POLICIES, by_itself, live.documents)
    if resource.holders == 0 and severity != "critical":
        return "metadata", gained, lost, details
    return severity, gained, lost, details


def _unknown(why: str) -> Effect:
    return "gained", AccessDelta("unknown", why=why), NOTHING, ()


def _worse(first: Severity, second: Severity) -> Severity:
    return min(first, second, key=SEVERITIES.index)


def _facts(resource: Undescribed, live: LiveAccount) -> Iterator[str]:
    """Who may assume it, what it holds, who has it, when it was last used."""
    if resource.state is not None:
        yield from resource.kind.in_words(resource.state)
    if resource.holders is not None:
        yield "is attached to nobody" if not resource.holders else f"is attached {_times(resource.holders)}"
    if resource.roles:
        names = [arn.rpartition("/")[2] for arn in resource.roles]
        yield f"has the role {shortened(names)}"
    if resource.arn in live.trusting:
        yield f"is trusted by the role {shortened(live.trusting[resource.arn])}"
    if resource.unproven:
        yield resource.unproven
    if resource.last_used:
        yield f"last used on {resource.last_used}"
    elif resource.is_watched and resource.created:
        yield f"never used since it was created on {resource.created}, as far as IAM's last 400 days show"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
