"""BODY of the language: a policy document, written as grants, as the document itself, or in a file."""

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from reconciler.core.context import SpecContext
from reconciler.core.problems import Path, Problems
from reconciler.language.grant import Grants, GrantSection, statements
from reconciler.language.lint_hook import review
from reconciler.language.section import Section, by_name
from reconciler.policy.catalogue import limits
from reconciler.policy.catalogue.actions import LEVELS
from reconciler.policy.document.document import Document, as_list, document
from reconciler.policy.document.grammar import (
    VERSIONS,
    GrammarError,
    identity_verdicts,
    statements_with_paths,
)
from reconciler.policy.grants.actions import unknown


class BodySection(Section):
    """A policy document: grants under allow and deny, or `document`, or `document_file`."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "Statement": "document: with Statement below it, or grants under allow:",
        "Version": "document: with Version below it",
        "policy": "allow:, deny: or document:",
        "statement": "allow: and deny:",
        "statements": "allow: and deny:",
        "Effect": "allow: or deny:, each a list of grants",
        "PolicyDocument": "document:",
        "policy_document": "document:",
    }
    allow: Grants | None = Field(None, description="What the policy allows.")
    deny: Grants | None = Field(None, description="What the policy denies, whatever else allows it.")
    document: dict[str, Any] | None = Field(None, description="The document in IAM's own grammar.")
    document_file: str | None = Field(None, description="A file with the document, inside the spec's folder.")


BodiesByName = Annotated[dict[str, BodySection], BeforeValidator(by_name)]
MOST_LOOKED_AT = 131_072
_WAYS = ("allow", "deny", "document", "document_file")


def build(
    section: BodySection, context: SpecContext, problems: Problems, *, managed: bool
) -> Document | None:
    """The document, or None after reporting why there is none. `managed` makes a Version required."""
    if section.document_file is not None:
        return None  # it could not be read, and the reader has said so
    keys = [name for name in _WAYS if getattr(section, name) is not None]
    if not keys:
        problems.lacking(
            "a policy says what it is: allow and deny, or document, or document_file; found nothing"
        )
        return None
    if "document" in keys and len(keys) > 1:
        problems.clash(
            f"a policy says what it is once: {keys[0]} and document exclude each other",
            ("document",),
            (keys[0],),
        )
        return None
    most = limits.MANAGED_POLICY_SIZE if managed else 0
    if section.document is not None:
        policy_document = _from_document(section, problems, managed=managed)
        if policy_document is not None and policy_document.size <= MOST_LOOKED_AT:
            review(policy_document, context, problems.under("document"), lambda path: path, most=most)
        return policy_document
    return _from_grants(section, context, problems, most)


def _from_document(section: BodySection, problems: Problems, *, managed: bool) -> Document | None:
    data = {"Version": VERSIONS[0], **(section.document or {})}
    here = problems.under("document")
    old = data["Version"] == VERSIONS[1]
    if old:
        here.warning(
            "IAM605",
            "Version 2008-10-17: IAM takes no new policy of it, so nothing can be changed",
            "Version",
        )
    report(identity_verdicts(data, needs_version=managed and not old), here)
    if here.has_errors:
        return None
    policy_document = document(data)
    # What is far too large is refused for that; looking at each of its actions would take seconds.
    if policy_document.size <= MOST_LOOKED_AT:
        _warn_of_unknown_actions(data, here)
    return policy_document


def _warn_of_unknown_actions(data: dict[str, Any], problems: Problems) -> None:
    """Warn only: IAM takes them, and there may be newer actions than the action data has."""
    for path, statement in statements_with_paths(data):
        for key in ("Action", "NotAction"):
            for index, action in enumerate(as_list(statement.get(key, []))):
                code, why = unknown(action)
                if why:
                    problems.warning(code, why, *path, key, index)


def _from_grants(
    section: BodySection, context: SpecContext, problems: Problems, most: int
) -> Document | None:
    expanded: list[dict[str, Any]] = []
    origins: list[Path] = []
    for effect, key, grants in (("Allow", "allow", section.allow), ("Deny", "deny", section.deny)):
        for index, grant in enumerate(grants or ()):
            new = statements(grant, effect, context, problems.under(key, index))
            expanded += new
            origins += [(key, index)] * len(new)
    if problems.has_errors:
        return None
    data = {"Version": VERSIONS[0], "Statement": expanded}
    report(tuple(_moved(v, origins) for v in identity_verdicts(data)), problems)
    if problems.has_errors:
        return None
    policy_document = document(data)
    if policy_document.size <= MOST_LOOKED_AT:
        review(
            policy_document, context, problems, lambda path: _entry(path, data, section, origins), most=most
        )
    return policy_document


def _entry(path: Path, data: dict[str, Any], section: BodySection, origins: list[Path]) -> Path:
    """The grant's own entry that gives a place of its statement.

    Lists are sorted in the statement, so the entry is looked up by its text.
    """
    if len(path) < 2:
        return ()
    origin = origins[int(path[1])]
    moved = (*origin, *(_BACK.get(step, step) for step in path[2:] if isinstance(step, str)))
    element = path[2] if len(path) > 2 else ""
    if element in ("Action", "NotAction", "Resource", "NotResource"):
        listed = as_list(data["Statement"][int(path[1])][element])
        text = listed[int(path[3])] if len(path) > 3 else listed[0]
        grant = getattr(section, str(origin[0]))[origin[1]]
        return (*origin, *_said(grant, str(element), text)) or moved
    return moved


def _said(grant: GrantSection, element: str, text: str) -> Path:
    """Where a grant has this action or resource; only the key where it has it in another form."""
    keys = _SAID_UNDER[element]
    for key in keys:
        for index, text_of_entry in enumerate(getattr(grant, key) or ()):
            if text in (text_of_entry, f"{grant.service}:{text_of_entry}"):
                return (key, index)
    return (next((key for key in keys if getattr(grant, key)), keys[-1]),)


_SAID_UNDER = {
    "Action": (*LEVELS, "actions"),
    "NotAction": ("not_actions",),
    "Resource": ("resources",),
    "NotResource": ("not_resources",),
}
_BACK = {
    "Condition": "condition",
    "Sid": "sid",
    "Action": "actions",
    "NotAction": "not_actions",
    "Resource": "resources",
    "NotResource": "not_resources",
}


def _moved(verdict: GrammarError, origins: list[Path]) -> GrammarError:
    """A verdict about a statement, moved to the grant that made it."""

    def back(path: Path) -> Path:
        # What a grant lists is sorted in its statement, so an index says nothing here.
        _, index, *inner = path
        return (*origins[int(index)], *(_BACK.get(step, step) for step in inner if isinstance(step, str)))

    other = back(verdict.other) if verdict.other is not None else None
    return GrammarError(back(verdict.path), verdict.message, verdict.why, other, verdict.on_key)


def report(verdicts: tuple[GrammarError, ...], problems: Problems) -> None:
    """IAM's refusals as errors, in our words and with IAM's own message."""
    for verdict in verdicts:
        text = f'{verdict.why} (IAM: "{verdict.message}")'
        if verdict.other is not None:
            problems.clash(text, verdict.path, verdict.other)
        else:
            problems.error(text, *verdict.path, on_key=verdict.on_key)
