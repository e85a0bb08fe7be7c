"""STMT of the language: who may assume a role."""

import re
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, Field

from reconciler.core.context import SpecContext
from reconciler.core.problems import Path, Problems
from reconciler.language import trust_principals, web_identity
from reconciler.language.fields import Flag, Instant, KeyTests, Reason, check_dates, ends, warn_of_end
from reconciler.language.lint_hook import Back, review
from reconciler.language.policy_body import report
from reconciler.language.section import (
    SOME_OR_ONE,
    Conditions,
    Section,
    SomeTexts,
    duration,
    duration_schema,
    fault,
)
from reconciler.policy import lint_codes
from reconciler.policy.catalogue import condition_keys, limits
from reconciler.policy.document.document import Document, document
from reconciler.policy.document.grammar import VERSIONS, GrammarError, trust_verdicts
from reconciler.policy.grants import conditions
from reconciler.policy.grants.conditions import ConditionTest, has_wildcard, written
from reconciler.policy.grants.trust import (
    Kind,
    Trust,
    oidc_audience,
    service_principal,
    sign_in_url,
    statement,
)

_PLAIN = ("service", "account", "role", "user")
_KINDS = (*_PLAIN, "oidc", "saml")
# What AssumeRole takes as ExternalId (STS API reference).
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)


def _mfa(value: Any) -> int:
    """Seconds since the sign-in with MFA, 0 for any time."""
    if value == "true":
        return 0
    if value == "false":
        raise fault("leave mfa out where none is asked for")
    seconds = duration(value)
    if seconds == 0:
        raise fault("mfa takes true, or how long ago it may be: 15m")
    return seconds


class TrustSection(Section):
    """One statement of a trust policy: one kind of principal, and under which conditions."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})
    ELSEWHERE: ClassVar[dict[str, str]] = {
        "Principal": "service:, account:, role:, user:, oidc: or saml:",
        "principal": "service:, account:, role:, user:, oidc: or saml:",
        "Service": "service:",
        "services": "service:",
        "AWS": "account:, role: or user:",
        "aws": "account:, role: or user:",
        "Federated": "oidc: or saml:",
        "federated": "oidc: or saml:",
        "Condition": "condition:",
        "Action": "nothing, the action follows from the principal",
        "Effect": "nothing, a trust allows; trust_document: says anything else",
        "Statement": "trust_document: instead of trust:",
        "sub": "subject:",
        "aud": "audience:",
        "ExternalId": "external_id:",
    }
    service: SomeTexts | None = Field(None, description="AWS services that may assume the role: ec2, lambda.")
    account: SomeTexts | None = Field(None, description="Whole accounts: this, or twelve digits.")
    role: SomeTexts | None = Field(None, description="Roles: a name of a loaded spec, or an ARN.")
    user: SomeTexts | None = Field(None, description="Users: a name of a loaded spec, or an ARN.")
    oidc: str | None = Field(None, description="An OIDC provider: host with path, without https://, or ARN.")
    saml: str | None = Field(None, description="A SAML provider: name or ARN.")
    subject: SomeTexts | None = Field(
        None, description="With oidc, required: who at the provider; * and ? stand for any text."
    )
    audience: SomeTexts | None = Field(
        None,
        description=(
            "With oidc or saml: sts.amazonaws.com (in aws-cn sts.amazonaws.com.cn), or the console's sign-in,"
            " where left out."
        ),
    )
    external_id: SomeTexts | None = Field(
        None, description="With account, role or user: the external id that must be sent."
    )
    mfa: Annotated[int, BeforeValidator(_mfa), duration_schema(flag=True)] | None = Field(
        None, description="true, or how long ago the sign-in with MFA may be: 15m."
    )
    session_tags: Flag = Field(default=False, description="true: tags may be handed to the session.")
    when: KeyTests | None = Field(
        None, description="Condition keys and values; the operator follows from the key's type."
    )
    condition: Conditions = Field(default_factory=dict, description="Condition as IAM has it.")
    sid: str = Field("", description="The statement's Sid.")
    expires: Instant | None = Field(None, description="From then on nobody comes in by it: a date, UTC.")
    reason: Reason | None = Field(None, description="Why, for readers; leaves no trace.")


def _statements(value: Any) -> Any:
    if value in ([], {}):
        raise fault("an empty trust: say who may assume the role")
    return tuple(value) if isinstance(value, list) else (value,)


Trusts = Annotated[
    tuple[TrustSection, ...],
    BeforeValidator(_statements),
    SOME_OR_ONE,
]


def build(
    items: tuple[TrustSection, ...] | None,
    own: dict[str, Any] | None,
    context: SpecContext,
    problems: Problems,
) -> Document | None:
    """The trust policy from `trust:` or `trust_document:`, or None after reporting why there is none."""
    if items is None and own is None:
        problems.lacking("a role has trust or trust_document; found neither")
        return None
    if items is not None and own is not None:
        problems.clash("trust and trust_document exclude each other", ("trust_document",), ("trust",))
        return None
    if own is not None:
        own = {"Version": VERSIONS[0], **own}
        report(trust_verdicts(own), problems.under("trust_document"))
        if problems.under("trust_document").has_errors:
            return None
        web_identity.check_document(document(own), context.names.audiences, problems.under("trust_document"))
        return _reviewed(document(own), context, problems.under("trust_document"), lambda path: path)
    here = problems.under("trust")
    statements = []
    for index, item in enumerate(items or ()):
        trust = _trust(item, context, here.under(index))
        if trust:
            statements.append(statement(trust, here.under(index)))
    if here.has_errors:
        return None
    data = {"Version": VERSIONS[0], "Statement": statements}
    report(tuple(_moved(verdict) for verdict in trust_verdicts(data)), here)
    return None if here.has_errors else _reviewed(document(data), context, here, _back)


def _reviewed(trust_policy: Document, context: SpecContext, problems: Problems, back: Back) -> Document:
    most = context.quotas.trust_size or limits.TRUST_SIZE
    review(trust_policy, context, problems, back, most=most, is_trust=True)
    return trust_policy


def _back(path: Path) -> Path:
    """The item that made a statement, and its key where the name is the same."""
    return tuple(_BACK.get(step, step) if isinstance(step, str) else step for step in path[1:])


_BACK = {"Sid": "sid", "Condition": "condition"}


def _moved(verdict: GrammarError) -> GrammarError:
    """A verdict about a statement, moved to the item that made it."""
    other = _back(verdict.other) if verdict.other else None
    return GrammarError(_back(verdict.path), verdict.message, verdict.why, other, verdict.on_key)


def _trust(item: TrustSection, context: SpecContext, problems: Problems) -> Trust | None:
    kinds = [kind for kind in _KINDS if getattr(item, kind) is not None]
    if not kinds:
        problems.lacking(f"one kind of principal an item, found none: one of {', '.join(_KINDS)}")
        return None
    if len(kinds) > 1:
        words = (
            f"one kind of principal an item, found {' and '.join(kinds)}: write two list items (IAM reads"
            " them as OR, never as AND)"
        )
        problems.clash(words, (kinds[1],), (kinds[0],))
        return None
    warn_of_end(item.expires, context.today, problems)
    check_dates(item.condition, problems)
    _check_company(item, kinds[0], problems)
    if kinds[0] in _PLAIN:
        return _plain(item, kinds[0], context, problems)
    return _federated(item, context, problems)


def _plain(item: TrustSection, kind: str, context: SpecContext, problems: Problems) -> Trust:
    named = [
        trust_principals.principal(kind, value, context, problems.under(kind, index))
        for index, value in enumerate(getattr(item, kind))
    ]
    if kind == "service" and len(set(named)) > 1 and service_principal("pods.eks") in named:
        problems.error(
            "pods.eks needs an item of its own: it alone sends session tags",
            kind,
            named.index(service_principal("pods.eks")),
        )
    tests = (*_external_id(item, problems), *_shared(item, "", problems))
    element: Kind = "Service" if kind == "service" else "AWS"
    return Trust(element, tuple(name for name in named if name), tests, item.session_tags, item.sid)


def _federated(item: TrustSection, context: SpecContext, problems: Problems) -> Trust | None:
    if item.oidc is None:
        arn = trust_principals.saml_provider(item.saml or "", context, problems.under("saml"))
        audience = item.audience or (sign_in_url(context.partition),)
        own_audience = _audience(item, "SAML:aud", audience, "saml")
        return Trust(
            "SAML", (arn,), (own_audience, *_shared(item, "", problems)), item.session_tags, item.sid
        )
    arn, host = trust_principals.oidc_provider(item.oidc, context, problems.under("oidc"))
    if item.subject is None:
        problems.lacking(
            'the key "subject" is missing: without it everybody at that provider may assume the role'
        )
        return None
    web_identity.check_subjects(host, item.subject, problems)
    audience = item.audience or (oidc_audience(context.partition),)
    by = "audience" if item.audience else "oidc"
    web_identity.check_audience(host, audience, by, context.names.audiences, problems)
    operator = "StringLike" if has_wildcard(item.subject) else "StringEquals"
    own = (
        _audience(item, f"{host}:aud", audience, "oidc"),
        ConditionTest(operator, f"{host}:sub", item.subject, ("subject",), "subject"),
    )
    return Trust("OIDC", (arn,), (*own, *_shared(item, host, problems)), item.session_tags, item.sid)


def _audience(item: TrustSection, key: str, values: tuple[str, ...], by: str) -> ConditionTest:
    word = "audience" if item.audience else by
    return ConditionTest("StringEquals", key, values, (word,), word)


def _check_company(item: TrustSection, kind: str, problems: Problems) -> None:
    """Report keys that only other kinds of principals have."""
    for key, kinds in (
        ("external_id", ("account", "role", "user")),
        ("subject", ("oidc",)),
        ("audience", ("oidc", "saml")),
    ):
        if getattr(item, key) is not None and kind not in kinds:
            problems.error(f"{key} goes with {', '.join(kinds)}, not with {kind}", key, on_key=True)
    if item.mfa is not None and kind not in ("account", "role", "user"):
        problems.warning(
            lint_codes.MFA_OF_WHO_HAS_NONE,
            f"with {kind} nobody signs in with MFA, so nobody would come in",
            "mfa",
            on_key=True,
        )


def _external_id(item: TrustSection, problems: Problems) -> tuple[ConditionTest, ...]:
    if item.external_id is None:
        return ()
    for index, value in enumerate(item.external_id):
        if "${" in value:
            problems.error(
                "an external id is a fixed text: with a policy variable in it any could do",
                "external_id",
                index,
            )
        elif not _EXTERNAL_ID.fullmatch(value):
            problems.warning(
                "IAM410",
                f'nobody can send "{value[:60]}": an external id has 2 to 1224 letters, digits and +=,.@:/-_',
                "external_id",
                index,
            )
    return (
        ConditionTest("StringEquals", "sts:ExternalId", item.external_id, ("external_id",), "external_id"),
    )


def _shared(item: TrustSection, host: str, problems: Problems) -> tuple[ConditionTest, ...]:
    """The tests that every kind of principal may have."""

    def type_of(key: str) -> str:
        return condition_keys.trust_type_of(key, host)

    def hint(key: str) -> str:
        close = condition_keys.similar_key(key, (condition_keys.STS,))
        return close if condition_keys.trust_type_of(close, host) else ""

    mfa: list[ConditionTest] = []
    if item.mfa is not None:
        mfa.append(ConditionTest("Bool", "aws:MultiFactorAuthPresent", ("true",), ("mfa",), "mfa"))
    if item.mfa:
        mfa.append(
            ConditionTest("NumericLessThan", "aws:MultiFactorAuthAge", (str(item.mfa),), ("mfa",), "mfa")
        )
    chosen = conditions.when(item.when or {}, type_of, hint, problems)
    return (*mfa, *chosen, *written(item.condition), *ends(item.expires))
