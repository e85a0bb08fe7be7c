"""GRANT of the language: one item of `allow:` or `deny:`."""

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from reconciler.core.context import SpecContext
from reconciler.core.problems import Problems
from reconciler.language.fields import Instant, KeyTests, Reason, check_dates, ends, warn_of_end
from reconciler.language.section import SOME, Conditions, Section, SomeTexts, Texts, fault, listed, what
from reconciler.policy.catalogue.actions import LEVELS
from reconciler.policy.grants.conditions import written
from reconciler.policy.grants.grant import Grant, Statement, expand


class GrantSection(Section):
    """One grant: actions of a service by access level or by name, or whole actions, and the resources."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "Effect": "the grant under allow: or deny:",
        "effect": "the grant under allow: or deny:",
        "Action": "actions: with service:",
        "action": "actions:",
        "NotAction": "not_actions:",
        "Resource": "resources:",
        "resource": "resources:",
        "NotResource": "not_resources:",
        "Condition": "condition:",
        "conditions": "condition:, or when:",
        "Principal": "nothing: who a policy applies to is who it is attached to",
        "Sid": "sid:",
        "permissions-management": "permissions_management:",
        "permissions": "permissions_management:",
    }
    service: str = Field("", description="The prefix of the service: ecr, s3, iam.")
    list: Texts = Field((), description="Actions of access level List, bare names.")
    read: Texts = Field((), description="Actions of access level Read, bare names.")
    write: Texts = Field((), description="Actions of access level Write, bare names.")
    tagging: Texts = Field((), description="Actions of access level Tagging, bare names.")
    permissions_management: Texts = Field((), description="Actions of access level Permissions management.")
    actions: Texts = Field(
        (), description='Actions of any level: bare names with service, else svc:Action or "*".'
    )
    not_actions: Texts = Field((), description="All actions but these, as svc:Action; without service.")
    resources: SomeTexts | None = Field(
        None, description='any-in-account, "*", ARNs, or short forms such as table/orders.'
    )
    not_resources: SomeTexts | None = Field(None, description="All resources but these: ARNs or short forms.")
    region: str | None = Field(
        None, description="The region of any-in-account and short resources; all where left out."
    )
    when: KeyTests | None = Field(
        None, description="Condition keys and values; the operator follows from the key's type."
    )
    unless: KeyTests | None = Field(
        None, description="In deny: one condition key and the values for which it does not deny."
    )
    condition: Conditions = Field(default_factory=dict, description="Condition as IAM has it.")
    sid: str = Field("", description="The statement's Sid.")
    expires: Instant | None = Field(None, description="From then on the statement does nothing: a date, UTC.")
    reason: Reason | None = Field(None, description="Why, for readers; leaves no trace.")


def _grants(value: Any) -> Any:
    if not isinstance(value, list):
        raise fault(f'grants are a list, found {what(value)}: begin each with "- "')
    if not value:
        raise fault("an empty list of grants")
    return listed(value)


Grants = Annotated[tuple[GrantSection, ...], BeforeValidator(_grants), SOME]


def statements(grant: GrantSection, effect: str, context: SpecContext, problems: Problems) -> list[Statement]:
    """The statements that a grant makes; none after reporting why."""
    _check_choices(grant, effect, problems)
    check_dates(grant.condition, problems)
    if grant.region == "":
        problems.error('"" is no region: write one, such as eu-west-1, or leave the key out', "region")
    warn_of_end(grant.expires, context.today, problems)
    if problems.has_errors:
        return []
    nowhere = grant.resources is None and grant.not_resources is None
    plain = Grant(
        effect=effect,
        service=grant.service,
        levels=_levels(grant),
        not_actions=grant.not_actions,
        resources=("*",) if nowhere else grant.resources or (),
        not_resources=grant.not_resources or (),
        region=grant.region or "",
        when=grant.when or {},
        unless=grant.unless or {},
        tests=(*written(grant.condition), *ends(grant.expires)),
        sid=grant.sid,
    )
    return expand(plain, context.account, context.partition, problems)


def _levels(grant: GrantSection) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((level, getattr(grant, level)) for level in (*LEVELS, "actions") if getattr(grant, level))


def _check_choices(grant: GrantSection, effect: str, problems: Problems) -> None:
    """Which keys go together."""
    levels = _levels(grant)
    if grant.not_actions:
        for key in [name for name in ("service", *(level for level, _ in levels)) if getattr(grant, name)]:
            problems.clash(
                f"not_actions stands without {key}: it names whole actions, such as s3:GetObject",
                ("not_actions",),
                (key,),
            )
    elif not levels:
        known = ", ".join(LEVELS)
        problems.lacking(f"a grant names actions: at least one of {known}, actions, or not_actions")
    elif not grant.service:
        for level, _ in levels:
            if level != "actions":
                problems.lacking(
                    f'"{level}" needs "service": write it, or actions: with svc:Action', level, on_key=True
                )
    if grant.resources is not None and grant.not_resources is not None:
        problems.clash("resources and not_resources exclude each other", ("not_resources",), ("resources",))
    elif effect == "Allow" and grant.resources is None and grant.not_resources is None:
        problems.lacking('the key "resources" is missing: any-in-account, "*", ARNs or short forms')
