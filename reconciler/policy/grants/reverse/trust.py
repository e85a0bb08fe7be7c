"""Statements of a trust policy as items of `trust:`, one kind of principal each. Principals stay whole here.

Each test is put under the key that a person would use. The caller checks that the items expand to the
statements again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from reconciler.policy.catalogue import condition_keys
from reconciler.policy.document import arns
from reconciler.policy.document.document import as_list
from reconciler.policy.grants.conditions import ConditionTest, has_wildcard
from reconciler.policy.grants.reverse.conditions import Parted, parted, read
from reconciler.policy.grants.trust import POD_IDENTITY, TAG_SESSION

Word = Literal["service", "account", "role", "user", "oidc", "saml"]
_ELEMENTS = frozenset(("Sid", "Effect", "Principal", "Action", "Condition"))
_ACCOUNT = re.compile(r"[0-9]{12}")
_PROVIDER = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:(oidc|saml)-provider/(.+)")
_ACTION = {"oidc": "sts:assumerolewithwebidentity", "saml": "sts:assumerolewithsaml"}
_SECONDS = re.compile(r"[1-9][0-9]{0,8}")


class NoItem(ValueError):
    """A statement that no item of `trust:` makes; the message says which and why."""


@dataclass(frozen=True, slots=True)
class TrustItem:
    """One item: `principals` of one kind, whole, and its other keys.

    `mfa` is in seconds, 0 for any time, None for none.
    """

    word: Word
    principals: tuple[str, ...]
    subject: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    external_id: tuple[str, ...] = ()
    mfa: int | None = None
    tags_sessions: bool = False
    parted: Parted = field(default_factory=lambda: Parted({}, {}, ()))
    sid: str = ""


def items(statements: list[dict[str, Any]]) -> tuple[TrustItem, ...]:
    """The items of all statements.

    Raises:
        NoItem: a statement is none that an item makes.
    """
    return tuple(item for index, raw in enumerate(statements) for item in _of_statement(index, raw))


def _of_statement(index: int, raw: dict[str, Any]) -> Iterator[TrustItem]:
    place = f"statement {index + 1}" + (f" ({raw['Sid']})" if raw.get("Sid") else "")
    principal = raw.get("Principal")
    if raw.get("Effect") != "Allow" or set(raw) - _ELEMENTS or not isinstance(principal, dict):
        raise NoItem(f"{place}: an item allows an action to named principals, and says nothing else")
    if raw.get("Condition") == {} or {} in raw.get("Condition", {}).values():
        raise NoItem(f"{place}: an empty condition can't be said in an item")
    kinds: dict[tuple[Word, str], list[str]] = {}
    for element, listed in principal.items():
        for text in as_list(listed):
            word = _word(element, text)
            if word is None:
                raise NoItem(f"{place}: no item names the principal {text[:80]}")
            alone = text if word in ("oidc", "saml") or text == POD_IDENTITY else ""
            kinds.setdefault((word, alone), []).append(text)
    if len(kinds) > 1 and raw.get("Sid"):
        raise NoItem(f"{place}: principals of more than one kind want an item each, and a Sid stands once")
    for (word, _), named in kinds.items():
        item = _item(word, tuple(dict.fromkeys(named)), raw)
        if item is None:
            raise NoItem(f"{place}: an item with {word} makes another action or condition")
        yield item


def _word(element: str, text: str) -> Word | None:
    if element == "Service":
        return "service"
    if element == "Federated":
        match = _PROVIDER.fullmatch(text)
        return None if match is None else "oidc" if match[1] == "oidc" else "saml"
    if element != "AWS":
        return None
    parsed = arns.parse(text)
    if _ACCOUNT.fullmatch(text) or text.endswith(":root"):
        return "account"
    if parsed is not None and parsed.kind == "role":
        return "role"
    return "user" if parsed is not None and parsed.kind == "user" else None


def _item(word: Word, named: tuple[str, ...], raw: dict[str, Any]) -> TrustItem | None:
    actions = {str(action).lower() for action in as_list(raw.get("Action", []))}
    tags_sessions = TAG_SESSION.lower() in actions
    # What pods.eks says by itself is not said twice.
    silent = named == (POD_IDENTITY,)
    if actions - {TAG_SESSION.lower()} != {_ACTION.get(word, "sts:assumerole")} or (
        silent and not tags_sessions
    ):
        return None
    tests = list(read(raw.get("Condition")))
    host = ""
    subject: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    external_id: tuple[str, ...] = ()
    mfa: int | None = None
    if word in ("oidc", "saml"):
        match = _PROVIDER.fullmatch(named[0])
        host = match[2] if match and word == "oidc" else ""
        audience = _taken(tests, f"{host}:aud" if host else "SAML:aud")
        subject = _taken(tests, f"{host}:sub") if host else ()
        if not audience or (host and not subject):
            return None
    elif word != "service":
        external_id = _external_id(tests)
        mfa = _mfa(tests)

    def type_of(key: str) -> str:
        return condition_keys.trust_type_of(key, host)

    conditions = parted(tuple(tests), type_of, may_say=lambda _: True)
    return TrustItem(
        word,
        named,
        subject,
        audience,
        external_id,
        mfa,
        tags_sessions and not silent,
        conditions,
        str(raw.get("Sid", "")),
    )


def _taken(tests: list[ConditionTest], key: str) -> tuple[str, ...]:
    """The values that a claim must have; its test is removed from the others.

    A Like without wildcards counts as an Equals.
    """
    for test in tests:
        is_like = test.operator == "StringLike" and (key.endswith(":sub") or not has_wildcard(test.values))
        is_equal = test.operator == "StringEquals" and not (
            key.endswith(":sub") and has_wildcard(test.values)
        )
        if test.key.lower() == key.lower() and (is_like or is_equal):
            tests.remove(test)
            return test.values
    return ()


def _external_id(tests: list[ConditionTest]) -> tuple[str, ...]:
    for test in tests:
        fixed = not any("${" in value for value in test.values)
        if (test.operator, test.key.lower()) == ("StringEquals", "sts:externalid") and fixed:
            tests.remove(test)
            return test.values
    return ()


def _mfa(tests: list[ConditionTest]) -> int | None:
    """How long ago a sign-in with MFA may be; its tests are removed from the others."""
    present = [
        t
        for t in tests
        if (t.operator, t.key.lower(), t.values) == ("Bool", "aws:multifactorauthpresent", ("true",))
    ]
    if not present:
        return None
    tests.remove(present[0])
    for test in tests:
        is_age = (test.operator, test.key.lower()) == ("NumericLessThan", "aws:multifactorauthage")
        if is_age and len(test.values) == 1 and _SECONDS.fullmatch(test.values[0]):
            tests.remove(test)
            return int(test.values[0])
    return 0
