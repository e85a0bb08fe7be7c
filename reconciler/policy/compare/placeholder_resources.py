"""Resources that are no ARN and no `*`, as templates have them: what they name is not known.

A statement with such a text is taken apart: what its ARNs say, and the same of anything, where a test
that nobody can answer holds. So two sides that carry the same text stay equal, and nothing is concluded
from two that don't.
"""

import re
from dataclasses import replace

from reconciler.policy import globs
from reconciler.policy.meaning.statements import Element, KeyTest, Operator, Statement, unescaped

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_ANYTHING = Element(frozenset({"*"}))


def split(statement: Statement) -> tuple[Statement, ...]:
    """The statement itself where all its resources can be ARNs: whole ones, patterns, or policy variables.

    Else its parts.
    """
    if statement.resources is None:
        return (statement,)
    unknown = sorted(text for text in statement.resources.patterns if _is_unknown(text))
    if not unknown:
        return (statement,)
    known = Element(statement.resources.patterns - set(unknown), statement.resources.negated)
    tests = statement.tests | {_question(unknown)}
    if known.negated:
        return (replace(statement, resources=known if known.patterns else _ANYTHING, tests=tests),)
    open_ = replace(statement, resources=_ANYTHING, tests=tests)
    return (replace(statement, resources=known), open_) if known.patterns else (open_,)


def _is_unknown(text: str) -> bool:
    variable = _VARIABLE.match(text)
    if variable and ":" not in variable[1].partition(",")[0]:
        return True
    return not globs.overlaps(_VARIABLE.sub("*", text), "arn:*")


def _question(unknown: list[str]) -> KeyTest:
    shown = " and ".join(f'"{unescaped(text)}"' for text in unknown)
    verb = "is" if len(unknown) == 1 else "are"
    why = f"{shown} {verb} no ARN and not *, so it is not known what is named"
    return KeyTest(Operator("open", "Resource"), "", frozenset(unknown), why)
