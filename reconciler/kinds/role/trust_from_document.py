"""From a live trust policy to what a person would have written: `trust:` where its items say all of it.

Nothing is taken on trust: what is handed back was expanded again, and means what the document means.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from reconciler.core.context import SpecContext
from reconciler.core.problems import Problems
from reconciler.facets.trusted_principals import dead
from reconciler.language import durations
from reconciler.language.body_from_document import (
    ShortForm,
    as_it_is,
    checked,
    conditions,
    in_words,
    is_plain,
    one_or_list,
)
from reconciler.language.trust import Trusts, build
from reconciler.policy.compare.equality import same_meaning
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document
from reconciler.policy.grants.reverse.trust import NoItem, TrustItem, items
from reconciler.policy.grants.trust import oidc_audience, service_principal, sign_in_url

_SUFFIX = ".amazonaws.com"


def trust(document: Document, context: SpecContext) -> ShortForm:
    """`{trust: …}` where its items make the document, else `{trust_document: {…}}` with a note that says why.

    `context` has the account that the document is of, and in `names` what is exported along: those roles and
    users are written by their names. Ids of deleted principals, with which IAM takes no trust policy, are in
    the notes.

    Raises:
        Unsayable: no spec could say this document.
    """
    context = replace(context, lints=False)
    checked(document, identity=False)
    try:
        return ShortForm(_in_items(document, context))
    except NoItem as no_item:
        why = str(no_item)
    except ValidationError as error:
        why = in_words(error)

    def rebuilt(data: dict[str, Any], problems: Problems) -> Document | None:
        return build(None, data, context, problems)

    return ShortForm({"trust_document": as_it_is(document, rebuilt)}, dead(document) or (why,))


def _in_items(document: Document, context: SpecContext) -> dict[str, Any]:
    if not is_plain(document):
        raise NoItem("items make documents of Version 2012-10-17 without an Id")
    names = {arn: (kind, name) for (kind, name), arn in context.names.arns.items()}
    sections = [_item(item, context, names) for item in items(document.statements)]
    problems = Problems()
    again = build(_trusts().validate_python(sections), None, context, problems)
    if (
        again is None
        or not same_meaning(again, document, context.partition, trust=True)
        or _sids(again) != _sids(document)
    ):
        first = next(
            (p.message for p in problems if p.severity == "error"), "the items make another document"
        )
        raise NoItem(first)
    return {"trust": sections[0] if len(sections) == 1 else sections}


@cache
def _trusts() -> TypeAdapter[Any]:
    """Built when the first is asked for: it takes milliseconds."""
    return TypeAdapter(Trusts)


def _sids(document: Document) -> list[str]:
    return sorted(str(raw["Sid"]) for raw in document.statements if raw.get("Sid"))


def _item(item: TrustItem, context: SpecContext, names: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The item as a spec has it."""
    shown = tuple(_SHOWN[item.word](text, context, names) for text in item.principals)
    section: dict[str, Any] = {item.word: one_or_list(shown)}
    if item.subject:
        section["subject"] = one_or_list(item.subject)
    usual = oidc_audience(context.partition) if item.word == "oidc" else sign_in_url(context.partition)
    if item.audience and item.audience != (usual,):
        section["audience"] = one_or_list(item.audience)
    if item.external_id:
        section["external_id"] = one_or_list(item.external_id)
    if item.mfa is not None:
        section["mfa"] = durations.written(item.mfa) if item.mfa else "true"
    if item.tags_sessions:
        section["session_tags"] = "true"
    if item.parted.when:
        section["when"] = {key: one_or_list(values) for key, values in item.parted.when.items()}
    return section | conditions(item.parted.rest) | ({"sid": item.sid} if item.sid else {})


def _service(text: str, _context: SpecContext, _names: Mapping[str, tuple[str, str]]) -> str:
    short = text.removesuffix(_SUFFIX)
    return short if service_principal(short) == text else text


def _account(text: str, context: SpecContext, _names: Mapping[str, tuple[str, str]]) -> str:
    own = (context.account, arns.root(context.partition, context.account))
    if text in own:
        return "this"
    return next((part for part in text.split(":") if arns.ACCOUNT.fullmatch(part)), text)


def _named(text: str, _context: SpecContext, names: Mapping[str, tuple[str, str]]) -> str:
    return names[text][1] if text in names else text


def _provider(text: str, context: SpecContext, _names: Mapping[str, tuple[str, str]]) -> str:
    parsed = arns.parse(text)
    is_own = parsed is not None and (parsed.partition, parsed.account) == (context.partition, context.account)
    return parsed.path.lstrip("/") + parsed.name if parsed is not None and is_own else text


_SHOWN: dict[str, Callable[[str, SpecContext, Mapping[str, tuple[str, str]]], str]] = {
    "service": _service,
    "account": _account,
    "role": _named,
    "user": _named,
    "oidc": _provider,
    "saml": _provider,
}
