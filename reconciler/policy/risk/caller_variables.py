"""Policy variables that the caller fills in at will: a resource named by one is any resource.

Source: IAM user guide, reference_policies_condition-keys: aws:UserAgent and aws:referer are what the
caller sends, request tags and the names of sessions what it asks for.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from reconciler.policy.meaning.statements import Element, Statement, variable_key

_CHOSEN = ("aws:useragent", "aws:referer", "aws:sourceidentity", "sts:sourceidentity", "sts:rolesessionname")
_CHOSEN_TAGS = "aws:requesttag/"
_VARIABLE = re.compile(r"\$\{[^{}]*\}")


def open_to_the_caller(statements: Iterable[Statement]) -> Iterator[Statement]:
    """The statements as far as they hold whatever the caller fills in."""
    for statement in statements:
        element = statement.resources
        if element is None or not any(map(_is_chosen, element.patterns)):
            yield _without_tests(statement)
            continue
        is_dodged = statement.allows == element.negated
        kept = frozenset(t for t in element.patterns if not _is_chosen(t))
        if not is_dodged:
            kept = frozenset(_VARIABLE.sub(_star, text) for text in element.patterns)
        elif not statement.allows and not kept:
            # A deny of what the caller names denies nothing.
            continue
        yield _without_tests(
            replace(statement, resources=Element(kept or frozenset({"*"}), element.negated and bool(kept)))
        )


def _without_tests(statement: Statement) -> Statement:
    """An allow without tests that compare with what the caller fills in: it makes them come out."""
    if not statement.allows or not any(_is_chosen(text) for test in statement.tests for text in test.values):
        return statement
    kept = frozenset(test for test in statement.tests if not any(map(_is_chosen, test.values)))
    return replace(statement, tests=kept)


def _is_chosen(text: str) -> bool:
    return any(_is_chosen_key(variable_key(variable)) for variable in _VARIABLE.findall(text))


def _is_chosen_key(key: str | None) -> bool:
    return key is not None and (key in _CHOSEN or key.startswith(_CHOSEN_TAGS))


def _star(variable: re.Match[str]) -> str:
    return "*" if _is_chosen_key(variable_key(variable[0])) else variable[0]
