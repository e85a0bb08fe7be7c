"""A policy document as frozen statements, in the terms in which its meaning is decided.

Actions and condition keys in lower case, one value as a set of one, JSON booleans and numbers as text, an
account's number as its root ARN. What the documentation leaves open (project policy semantics, A4) is marked,
not guessed.
"""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from reconciler.policy.document.document import Document, as_list
from reconciler.policy.meaning.values import open_question

_ACCOUNT = re.compile(r"[0-9]{12}")
_VARIABLE = re.compile(r"\$\{[^{}]*\}")
NEW_VERSION = "2012-10-17"


@dataclass(frozen=True, slots=True)
class Element:
    """Action or Resource: patterns, or everything but them."""

    patterns: frozenset[str]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator taken apart.

    `ForAnyValue:StringNotLikeIfExists` is any, String, Like, negated, lenient.
    """

    family: str
    comparison: str
    negated: bool = False
    if_exists: bool = False
    over: str = ""

    @property
    def folds_case(self) -> bool:
        """Whether values are compared without case."""
        return self.comparison == "EqualsIgnoreCase"


@dataclass(frozen=True, slots=True)
class KeyTest:
    """One operator on one key. `open_question` says what is not documented about it, "" for nothing.

    `spelled` are the operator and the key as the document has them.
    """

    operator: Operator
    key: str
    values: frozenset[str]
    open_question: str = ""
    spelled: tuple[str, str] = field(default=("", ""), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `resources` is None in a trust policy, `principals` None in an identity policy.

    `limits` marks an allow of a permissions boundary: it grants nothing, but nothing is granted that none
    allows.
    """

    allows: bool
    actions: Element
    resources: Element | None
    principals: frozenset[tuple[str, str]] | None
    tests: frozenset[KeyTest]
    not_principals: bool = False
    limits: bool = False
    index: int = field(default=0, compare=False)
    sid: str = field(default="", compare=False)


@lru_cache(maxsize=4096)
def statements(document: Document, partition: str = "aws") -> tuple[Statement, ...]:
    """The statements in their order. The document must have the shape that IAM's grammar asks for.

    `partition` completes principals that are a bare account number.
    """
    variables = document.data.get("Version") == NEW_VERSION
    return tuple(
        _statement(index, raw, partition, variables=variables)
        for index, raw in enumerate(document.statements)
    )


def _statement(index: int, raw: dict[str, Any], partition: str, *, variables: bool) -> Statement:
    return Statement(
        allows=raw.get("Effect") == "Allow",
        actions=_element(raw, "Action", fold=True),
        resources=_resources(raw, variables=variables),
        principals=_principals(raw, partition),
        tests=_tests(raw.get("Condition"), variables=variables),
        not_principals="NotPrincipal" in raw,
        index=index,
        sid=str(raw.get("Sid", "")),
    )


def _element(raw: dict[str, Any], name: str, *, fold: bool = False) -> Element:
    negated = f"Not{name}" in raw
    texts = [scalar(value) for value in as_list(raw.get(f"Not{name}" if negated else name, []))]
    return Element(frozenset(text.lower() if fold else text for text in texts), negated)


def _resources(raw: dict[str, Any], *, variables: bool) -> Element | None:
    if "Resource" not in raw and "NotResource" not in raw:
        return None
    element = _element(raw, "Resource")
    return Element(
        frozenset(padded(_literal(text, variables=variables)) for text in element.patterns), element.negated
    )


def _literal(text: str, *, variables: bool) -> str:
    """A text of the old language, where `${` is two characters like any other.

    It is written so that it is not read as a variable.
    """
    return text if variables else text.replace("${", "$\ue000{")


def unescaped(text: str) -> str:
    """A text as the document has it."""
    return text.replace("$\ue000{", "${")


def padded(pattern: str) -> str:
    """A short ARN stands for everything below it."""
    missing = 5 - pattern.count(":")
    return pattern if missing <= 0 or not pattern.startswith("arn:") else pattern + ":*" * missing


# A third spelling of anyone that is seen in the wild: {"*": "*"}.
_PRINCIPAL_KINDS = {"*": "AWS"}


def _principals(raw: dict[str, Any], partition: str) -> frozenset[tuple[str, str]] | None:
    value = raw.get("Principal", raw.get("NotPrincipal"))
    if value is None:
        return None
    if isinstance(value, str):
        value = {"AWS": value}
    if not isinstance(value, dict):
        return frozenset()
    return frozenset(
        (kind, _account_root(kind, scalar(text), partition))
        for kind, texts in ((_PRINCIPAL_KINDS.get(kind, kind), texts) for kind, texts in value.items())
        for text in as_list(texts)
    )


def _account_root(kind: str, text: str, partition: str) -> str:
    return f"arn:{partition}:iam::{text}:root" if kind == "AWS" and _ACCOUNT.fullmatch(text) else text


def _tests(block: Any, *, variables: bool) -> frozenset[KeyTest]:
    # "This condition block is empty and it does not affect the policy" (Access Analyzer,
    # EMPTY_OBJECT_CONDITION).
    if not block:
        return frozenset()
    tests: set[KeyTest] = set()
    for name, keys in block.items():
        if not keys:
            tests.add(_open(name, "", "an operator without keys is documented in two ways"))
        for key, values in keys.items():
            texts = frozenset(_literal(scalar(v), variables=variables) for v in as_list(values))
            tests.add(replace(_test(name, key.lower(), texts), spelled=(name, key)))
    return frozenset(tests)


def _open(name: str, key: str, why: str) -> KeyTest:
    return KeyTest(Operator("open", name), key, frozenset(), why)


def _test(name: str, key: str, values: frozenset[str]) -> KeyTest:
    operator = parsed_operator(name)
    if operator is None:
        return KeyTest(Operator("open", name), key, values, f"there is no operator {name} that is documented")
    if not values and not operator.over and not operator.if_exists:
        return KeyTest(operator, key, values, "a key without values is documented in two ways")
    if operator.family == "Null" and (operator.over or operator.if_exists):
        return KeyTest(operator, key, values, f"{name} is not documented")
    return KeyTest(operator, key, values, open_question(operator.family, values))


_OPERATOR = re.compile(
    r"(?:(?P<over>ForAllValues|ForAnyValue):)?"
    r"(?:(?P<family>String|Numeric|Date|Arn)(?P<not>Not)?"
    r"(?P<how>EqualsIgnoreCase|Equals|Like|LessThanEquals|LessThan|GreaterThanEquals|GreaterThan)"
    r"|(?P<alone>Bool|BinaryEquals|IpAddress|NotIpAddress|Null))(?P<if>IfExists)?"
)


def parsed_operator(name: str) -> Operator | None:
    """The operator, or None for a name that is not documented (a difference in case included)."""
    match = _OPERATOR.fullmatch(name)
    if not match:
        return None
    lenient, over = bool(match["if"]), match["over"] or ""
    alone = match["alone"]
    if alone == "NotIpAddress":
        return Operator("IpAddress", "In", negated=True, if_exists=lenient, over=over)
    if alone:
        return Operator(alone.removesuffix("Equals"), "In", if_exists=lenient, over=over)
    # ArnEquals behaves as ArnLike does (user guide, elements_condition_operators).
    how = "Like" if match["family"] == "Arn" else match["how"]
    return Operator(match["family"], how, bool(match["not"]), lenient, over)


def scalar(value: Any) -> str:
    """JSON `true` is `"true"` and 5 is `"5"` (user guide, reference_policies_grammar)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def variables_of(statements: tuple[Statement, ...]) -> frozenset[str]:
    """The policy variables in resources and values, by the key that they stand for, in lower case."""
    texts = [
        text
        for statement in statements
        for text in (
            *(statement.resources.patterns if statement.resources else ()),
            *(value for test in statement.tests for value in test.values),
        )
    ]
    return frozenset(
        key for text in texts for name in _VARIABLE.findall(text) if (key := variable_key(name)) is not None
    )


def variable_key(variable: str) -> str | None:
    """The condition key that `${key}` or `${key, 'default'}` stands for.

    None for `${*}`, `${?}` and `${$}`.
    """
    name = variable[2:-1].partition(",")[0].strip().lower()
    return None if name in ("*", "?", "$") else name
