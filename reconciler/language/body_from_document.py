"""From a live document to a policy of the language: grants where these say all of it, else the document.

Nothing is assumed: what is given back was expanded again, and means what the document means.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from reconciler.core.context import SpecContext
from reconciler.core.problems import Problems
from reconciler.language.policy_body import BodySection, build
from reconciler.policy.document.document import Document
from reconciler.policy.document.grammar import VERSIONS, syntax
from reconciler.policy.grants.grant import Grant
from reconciler.policy.grants.reverse import texts
from reconciler.policy.grants.reverse.grant import NamedAccount, NoGrant, grants
from reconciler.policy.grants.reverse.texts import Unsayable
from reconciler.policy.meaning.canonical import normal_statement, same_form

_ACCOUNT_FIELD = 4
# What stands in a document can be long, and is said in the reason.
_MOST_SAID = 400
_MIDNIGHT = "T00:00:00Z"


@dataclass(frozen=True, slots=True)
class ShortForm:
    """Plain maps, lists and text, ready to be dumped as YAML; `notes` are for the reader."""

    data: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def body(document: Document, context: SpecContext) -> ShortForm:
    """`{allow: […], deny: […]}` where grants make the document, else `{document: {…}}` with a note why.

    `context` has the account of the document, and in `names` what is exported with it: a resource that is
    exactly the ARN of one of those is written as its address.

    Raises:
        Unsayable: no spec could say this document.
    """
    context = replace(context, lints=False)
    checked(document, identity=True)
    try:
        return ShortForm(_in_grants(document, context))
    except NoGrant as no_grant:
        why = str(no_grant)
    except ValidationError as error:
        why = in_words(error)
    return ShortForm({"document": as_it_is(document, _builds(context))}, (why[:_MOST_SAID],))


def checked(document: Document, *, identity: bool) -> None:
    """Whether the document has the shape of one, and texts that a spec can hold.

    Raises:
        Unsayable: it has not.
    """
    texts.check(document.data)
    wrong = next(syntax(document.data, identity=identity), None)
    if wrong is not None:
        raise Unsayable(f"IAM itself would refuse it: {wrong.why}")


def as_it_is(document: Document, rebuilt: Any) -> dict[str, Any]:
    """The document itself as a spec has it; `rebuilt` makes a document of that again, or reports why not.

    Raises:
        Unsayable: it would not be the same.
    """
    # Where there is no Version IAM takes the old language, and a spec the new one.
    old = {} if "${" not in document.text else {"Version": VERSIONS[1]}
    data: dict[str, Any] = texts.as_written({**old, **document.data})
    problems = Problems()
    try:
        rebuilt_document = rebuilt(data, problems)
    except ValidationError as error:
        raise Unsayable(in_words(error)) from None
    if rebuilt_document is None or not same_form(rebuilt_document, document):
        first = next(
            (p.message for p in problems if p.severity == "error"), "it would not come back the same"
        )
        raise Unsayable(f"a spec can't have it as a document either: {first[:_MOST_SAID]}")
    return data


def _builds(context: SpecContext) -> Any:
    def rebuilt(data: dict[str, Any], problems: Problems) -> Document | None:
        section = BodySection.model_validate({"document": data})
        return build(section, context, problems, managed=False)

    return rebuilt


def is_plain(document: Document) -> bool:
    """Whether the shorthands' own Version and no Id lose nothing of it."""
    data = document.data
    version = data.get("Version")
    return set(data) <= {"Version", "Statement"} and (
        version == VERSIONS[0] or (version is None and "${" not in document.text)
    )


def _in_grants(document: Document, context: SpecContext) -> dict[str, Any]:
    if not is_plain(document):
        raise NoGrant("grants make documents of Version 2012-10-17 without an Id")
    scope = NamedAccount(context.account, context.partition, frozenset(context.names.arns.values()))
    expressed = grants(document.statements, scope)
    plain: dict[str, Any] = {}
    for key, effect in (("allow", "Allow"), ("deny", "Deny")):
        sections = [_grant(grant) for grant in expressed if grant.effect == effect]
        if sections:
            plain[key] = sections
    problems = Problems()
    rebuilt = build(BodySection.model_validate(plain), context, problems, managed=True)
    if rebuilt is None or _said(rebuilt, context) != _said(document, context):
        first = next(
            (p.message for p in problems if p.severity == "error"), "the grants make another document"
        )
        raise NoGrant(first)
    return _with_variables(plain, context)


def in_words(error: ValidationError) -> str:
    """Why the language refuses it, such as an empty list."""
    return f"the language can't say it: {error.errors()[0]['msg']}"


def _said(document: Document, context: SpecContext) -> frozenset[Any]:
    return frozenset(
        (str(raw.get("Sid", "")), normal_statement(raw, context.partition)) for raw in document.statements
    )


def _grant(grant: Grant) -> dict[str, Any]:
    """The grant as a spec has it."""
    section: dict[str, Any] = {"service": grant.service} if grant.service else {}
    section |= {level: one_or_list(names) for level, names in grant.levels}
    if grant.not_actions:
        section["not_actions"] = one_or_list(grant.not_actions)
    # In deny everything is meant where nothing is said.
    if grant.resources and (grant.effect, grant.resources) != ("Deny", ("*",)):
        section["resources"] = one_or_list(grant.resources)
    if grant.not_resources:
        section["not_resources"] = one_or_list(grant.not_resources)
    if grant.region:
        section["region"] = grant.region
    for word, keys in (("when", grant.when), ("unless", grant.unless)):
        if keys:
            section[word] = {key: one_or_list(values) for key, values in keys.items()}
    return section | conditions(grant.tests) | ({"sid": grant.sid} if grant.sid else {})


def conditions(tests: Iterable[Any]) -> dict[str, Any]:
    """`condition:` and `expires:` of the tests that no other key has."""
    section: dict[str, Any] = {}
    for test in tests:
        if test.by == "expires":
            section["expires"] = test.values[0].removesuffix(_MIDNIGHT)
        else:
            section.setdefault("condition", {}).setdefault(test.operator, {})[test.key] = one_or_list(
                test.values
            )
    return section


def one_or_list(values: tuple[str, ...]) -> str | list[str]:
    """One value as text."""
    return values[0] if len(values) == 1 else list(values)


def _with_variables(plain: dict[str, Any], context: SpecContext) -> dict[str, Any]:
    """Resources with the addresses of what is exported with them, and the account's number as a variable."""
    addresses = {arn: f"${{{kind}.{name}}}" for (kind, name), arn in context.names.arns.items()}

    def written(text: str) -> str:
        if text in addresses:
            return addresses[text]
        fields = text.split(":", _ACCOUNT_FIELD + 1)
        if (
            text.startswith("arn:")
            and len(fields) > _ACCOUNT_FIELD + 1
            and fields[_ACCOUNT_FIELD] == context.account
        ):
            fields[_ACCOUNT_FIELD] = "${account}"
        return ":".join(fields)

    def of(grant: dict[str, Any]) -> dict[str, Any]:
        return {
            key: (
                one_or_list(tuple(map(written, [value] if isinstance(value, str) else value)))
                if key in ("resources", "not_resources")
                else value
            )
            for key, value in grant.items()
        }

    return {key: [of(grant) for grant in sections] for key, sections in plain.items()}
