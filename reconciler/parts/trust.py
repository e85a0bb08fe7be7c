"""STMT of the language: who may assume a role."""

import re
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from reconciler.core import facts
from reconciler.core.call import Answers, Call, read
from reconciler.core.context import SpecContext
from reconciler.core.problems import Problems
from reconciler.parts.body import check_trust, report
from reconciler.parts.section import ONE_OR_LIST, Conditions, Section, SomeTexts, fault
from reconciler.policy import arns
from reconciler.policy.document import Document, document
from reconciler.policy.grammar import VERSIONS, Verdict, trust_verdicts
from reconciler.policy.trusts import Trust, service_principal, statement

_KINDS = ("service", "account", "role", "user")


class TrustSection(Section):
    """One statement of a trust policy: one kind of principal, and under which conditions."""

    LATER: ClassVar[frozenset[str]] = frozenset(
        {
            "oidc",
            "subject",
            "audience",
            "saml",
            "external_id",
            "mfa",
            "session_tags",
            "when",
            "expires",
            "reason",
        }
    )
    ELSEWHERE: ClassVar[dict[str, str]] = {
        "Principal": "service:, account:, role: or user:",
        "Service": "service:",
        "AWS": "account:, role: or user:",
        "Federated": "oidc: or saml:",
        "Condition": "condition:",
        "Action": "nothing, the action follows from the principal",
        "Statement": "trust_document: instead of trust:",
        "federated": "oidc: or saml:",
    }
    service: SomeTexts | None = Field(None, description="AWS services that may assume the role: ec2, lambda.")
    account: SomeTexts | None = Field(None, description="Whole accounts: this, or twelve digits.")
    role: SomeTexts | None = Field(None, description="Roles: a name of a loaded spec, or an ARN.")
    user: SomeTexts | None = Field(None, description="Users: an ARN.")
    condition: Conditions = Field(default_factory=dict, description="Condition as IAM has it.")
    sid: str = Field("", description="The statement's Sid.")


def _statements(value: Any) -> Any:
    if value in ([], {}):
        raise fault("an empty trust: say who may assume the role")
    return tuple(value) if isinstance(value, list) else (value,)


Trusts = Annotated[
    tuple[TrustSection, ...],
    BeforeValidator(_statements),
    ONE_OR_LIST,
]


def build(
    items: tuple[TrustSection, ...] | None,
    own: dict[str, Any] | None,
    context: SpecContext,
    problems: Problems,
) -> Document | None:
    """The trust policy from `trust:` or `trust_document:`, or None after reporting why there is none."""
    if (items is None) == (own is None):
        found = "both" if items is not None else "neither"
        problems.error(f"a role has either trust or trust_document; found {found}")
        return None
    if own is not None:
        own = {"Version": VERSIONS[0], **own}
        check_trust(own, problems.under("trust_document"))
        return None if problems.under("trust_document").has_errors else document(own)
    here = problems.under("trust")
    statements = []
    for index, item in enumerate(items or ()):
        made = _trust(item, context, here.under(index))
        if made:
            statements.append(statement(made))
    if here.has_errors:
        return None
    data = {"Version": VERSIONS[0], "Statement": statements}
    report(tuple(_moved(verdict) for verdict in trust_verdicts(data)), here)
    return None if here.has_errors else document(data)


_BACK = {"Sid": "sid", "Condition": "condition"}


def _moved(verdict: Verdict) -> Verdict:
    """A verdict about a statement, moved to the item that made it."""
    back = tuple(_BACK.get(step, step) if isinstance(step, str) else step for step in verdict.path[1:])
    return Verdict(back, verdict.message, verdict.why)


def _trust(item: TrustSection, context: SpecContext, problems: Problems) -> Trust | None:
    kinds = [kind for kind in _KINDS if getattr(item, kind) is not None]
    if len(kinds) != 1:
        said = " and ".join(kinds) or "none"
        advice = ": write two list items (IAM reads them as OR, never as AND)" if kinds else f": one of {', '.join(_KINDS)}"  # fmt: skip
        problems.error(f"one kind of principal an item, found {said}{advice}")
        return None
    kind = kinds[0]
    values = getattr(item, kind)
    principals = tuple(
        made
        for i, value in enumerate(values)
        if (made := _principal(kind, value, context, problems.under(kind, i)))
    )
    if kind == "service" and "pods.eks.amazonaws.com" in principals and len(principals) > 1:
        problems.error("pods.eks needs an item of its own: it alone sends session tags", kind)
    return Trust("Service" if kind == "service" else "AWS", principals, item.condition, item.sid)


def _principal(kind: str, value: str, context: SpecContext, problems: Problems) -> str:
    """The complete principal, or "" after reporting why there is none."""
    if kind == "service":
        if not re.fullmatch(r"[a-z0-9.-]+", value):
            problems.error(f'"{value[:60]}" is no service: write ec2, lambda, … in small letters')
            return ""
        return service_principal(value)
    if kind == "account":
        account = context.account if value == "this" else value
        if not arns.ACCOUNT.fullmatch(account):
            problems.error(f'"{value[:60]}" is no account: write this, or twelve digits')
            return ""
        return arns.root(context.partition, account)
    return _role_or_user(kind, value, context, problems)


def _role_or_user(kind: str, value: str, context: SpecContext, problems: Problems) -> str:
    if value.startswith("arn:"):
        parsed = arns.parse(value)
        if parsed is None or parsed.kind != kind or "*" in value:
            problems.error(f"that is no {kind}'s ARN: arn:{context.partition}:iam::ACCOUNT:{kind}/PATH/NAME, no wildcards")  # fmt: skip
            return ""
        return value
    if kind == "role" and value in context.role_arns:
        return context.role_arns[value]
    problems.error(f'no loaded spec has a {kind} "{value[:128]}": write its ARN')
    return ""


def probes(trust: Document, account: str) -> tuple[Call, ...]:
    """The reads that tell whether the roles of this account that a trust policy names exist.

    IAM refuses a trust policy that names a role that does not (contract §10).
    """
    found = (arns.parse(arn) for arn in principals_in_account(trust, account))
    return tuple(read("GetRole", RoleName=role.name) for role in found if role and role.kind == "role")


def missing_roles(
    trust: Document, account: str, answers: Answers, promised: frozenset[str]
) -> tuple[str, ...]:
    """The roles that a trust policy names, that do not exist under this ARN, and that no call will make."""
    missing = []
    for arn in principals_in_account(trust, account):
        parsed = arns.parse(arn)
        probe = read("GetRole", RoleName=parsed.name) if parsed and parsed.kind == "role" else None
        if probe is None or probe not in answers or facts.exists(arn) in promised:
            continue
        found = answers.get(probe)
        if found is None or found["Role"]["Arn"] != arn:
            missing.append(arn)
    return tuple(missing)


def principals_in_account(trust: Document, account: str) -> tuple[str, ...]:
    """The ARNs of this account's roles and users that a trust policy names."""
    found: set[str] = set()
    for part in trust.statements:
        principal = part.get("Principal")
        named = principal.get("AWS", []) if isinstance(principal, dict) else []
        for text in named if isinstance(named, list) else [named]:
            parsed = arns.parse(text) if isinstance(text, str) else None
            if parsed and parsed.account == account and parsed.kind in ("role", "user"):
                found.add(text)
    return tuple(sorted(found))
