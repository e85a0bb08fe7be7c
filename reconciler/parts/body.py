"""BODY of the language: a policy document, written as grants, as the document itself, or in a file."""

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from reconciler.core.context import SpecContext
from reconciler.core.problems import Path, Problems
from reconciler.parts.section import Conditions, Section, SomeTexts, Texts, fault, listed, what
from reconciler.policy.actions import LEVELS
from reconciler.policy.document import Document, document
from reconciler.policy.grammar import VERSIONS, Verdict, identity_verdicts, trust_verdicts
from reconciler.policy.grants import Grant, expand


class GrantSection(Section):
    """One grant: a service, some of its actions by access level or by name, and the resources."""

    LATER: ClassVar[frozenset[str]] = frozenset(
        {"not_actions", "not_resources", "region", "when", "unless", "expires", "reason"}
    )
    ELSEWHERE: ClassVar[dict[str, str]] = {
        "Effect": "the grant under allow: or deny:",
        "Action": "actions: with service:",
        "Resource": "resources:",
        "resource": "resources:",
        "Condition": "condition:",
        "Sid": "sid:",
        "permissions-management": "permissions_management:",
    }
    service: str = Field(description="The prefix of the service: ecr, s3, iam.")
    list: Texts = Field((), description="Actions of access level List, bare names.")
    read: Texts = Field((), description="Actions of access level Read, bare names.")
    write: Texts = Field((), description="Actions of access level Write, bare names.")
    tagging: Texts = Field((), description="Actions of access level Tagging, bare names.")
    permissions_management: Texts = Field((), description="Actions of access level Permissions management.")
    actions: Texts = Field((), description="Actions of any level, bare names; wildcards as written.")
    resources: SomeTexts | None = Field(None, description='any-in-account, "*", or ARNs.')
    condition: Conditions = Field(default_factory=dict, description="Condition as IAM has it.")
    sid: str = Field("", description="The statement's Sid.")


def _grants(value: Any) -> Any:
    if not isinstance(value, list):
        raise fault(f'grants are a list, found {what(value)}: begin each with "- "')
    if not value:
        raise fault("an empty list of grants")
    return listed(value)


Grants = Annotated[tuple[GrantSection, ...], BeforeValidator(_grants)]


class BodySection(Section):
    """A policy document: grants under allow and deny, or `document`, or `document_file`."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "Statement": "document: with Statement below it, or grants under allow:",
        "Version": "document: with Version below it",
        "policy": "allow:, deny: or document:",
        "statements": "allow: and deny:",
    }
    allow: Grants | None = Field(None, description="What the policy allows.")
    deny: Grants | None = Field(None, description="What the policy denies, whatever else allows it.")
    document: dict[str, Any] | None = Field(None, description="The document in IAM's own grammar.")
    document_file: str | None = Field(None, description="A file with the document, inside the spec's folder.")


def build(
    section: BodySection, context: SpecContext, problems: Problems, *, managed: bool
) -> Document | None:
    """The document, or None after reporting why there is none. `managed` makes a Version required."""
    if section.document_file is not None:
        return None  # it could not be read, and the reader has said so
    grants = section.allow is not None or section.deny is not None
    ways = [
        name
        for name, there in (("allow or deny", grants), ("document", section.document is not None))
        if there
    ]
    if len(ways) != 1:
        said = " and ".join(ways) if ways else "nothing"
        problems.error(
            f"a policy says what it is once: allow and deny, or document, or document_file; found {said}"
        )
        return None
    return _from_document(section, problems, managed=managed) if section.document is not None else _from_grants(section, context, problems)  # fmt: skip


def _from_document(section: BodySection, problems: Problems, *, managed: bool) -> Document | None:
    data = {"Version": VERSIONS[0], **(section.document or {})}
    here = problems.under("document")
    old = data["Version"] == VERSIONS[1]
    if old:
        here.warning(
            "Version 2008-10-17: IAM takes no new policy of it, so nothing can be changed", "Version"
        )
    report(identity_verdicts(data, needs_version=managed and not old), here)
    return None if here.has_errors else document(data)


def _from_grants(section: BodySection, context: SpecContext, problems: Problems) -> Document | None:
    statements: list[dict[str, Any]] = []
    origins: list[Path] = []
    for effect, key, grants in (("Allow", "allow", section.allow), ("Deny", "deny", section.deny)):
        for index, grant in enumerate(grants or ()):
            here = problems.under(key, index)
            made = _expanded(grant, effect, context, here)
            statements += made
            origins += [(key, index)] * len(made)
    if problems.has_errors:
        return None
    data = {"Version": VERSIONS[0], "Statement": statements}
    report(tuple(_moved(v, origins) for v in identity_verdicts(data)), problems)
    return None if problems.has_errors else document(data)


def _expanded(
    grant: GrantSection, effect: str, context: SpecContext, problems: Problems
) -> list[dict[str, Any]]:
    levels = tuple((level, getattr(grant, level)) for level in (*LEVELS, "actions") if getattr(grant, level))
    if not levels:
        problems.error(f"a grant names actions: at least one of {', '.join(LEVELS)}, actions")
        return []
    if grant.resources is None and effect == "Allow":
        problems.error('the key "resources" is missing: any-in-account, "*" or ARNs')
        return []
    resources = grant.resources or ("*",)
    plain = Grant(effect, grant.service, levels, resources, grant.condition, grant.sid)
    return expand(plain, context.account, context.partition, problems)


_BACK = {"Condition": "condition", "Sid": "sid", "Action": "actions", "Resource": "resources"}


def _moved(verdict: Verdict, origins: list[Path]) -> Verdict:
    """A verdict about a statement, moved to the grant that made it."""
    _, index, *inner = verdict.path
    back = [_BACK.get(step, step) if isinstance(step, str) else step for step in inner]
    return Verdict((*origins[int(index)], *back), verdict.message, verdict.why)


def report(verdicts: tuple[Verdict, ...], problems: Problems) -> None:
    """IAM's refusals as errors, in our words and with IAM's own message."""
    for verdict in verdicts:
        problems.error(f'{verdict.why} (IAM: "{verdict.message}")', *verdict.path)


def check_trust(data: dict[str, Any], problems: Problems) -> None:
    """Report what IAM would refuse in a trust policy."""
    report(trust_verdicts(data), problems)
