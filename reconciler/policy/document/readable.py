"""Whether a document can be read at all, whatever IAM would say of its age.

Asked before it is compared or evaluated.
"""

from collections.abc import Iterator
from typing import Any

from reconciler.core.problems import Path
from reconciler.policy.document.document import Json
from reconciler.policy.document.grammar import LEGACY, SYNTAX, GrammarError, statements_with_paths, syntax


def shape_verdicts(doc: Json, *, identity: bool) -> tuple[GrammarError, ...]:
    """Why a document can't be read at all, whatever IAM would say of its age: for comparing and evaluating.

    A condition operator that is not known is no fault of the shape: what it means is an open question.
    """
    errors = [v for v in syntax(doc, identity=identity) if not _is_readable(doc, v)]
    if errors:
        return tuple(errors)
    for path, statement in statements_with_paths(doc):
        if statement["Effect"] not in ("Allow", "Deny"):
            errors.append(
                GrammarError(
                    (*path, "Effect"), LEGACY, 'Effect is written "Allow" or "Deny", with a capital letter'
                )
            )
        if not {"Action", "NotAction"} & statement.keys():
            errors.append(GrammarError(path, SYNTAX, "a statement needs Action or NotAction"))
        errors += _who_and_what(path, statement, identity=identity)
    return tuple(errors)


def _is_readable(doc: Json, verdict: GrammarError) -> bool:
    """Whether it is read all the same: unknown operators, and principals as text or under a star."""
    if "no condition operator" in verdict.why:
        return True
    if verdict.path[-2:] == ("Principal", "*"):
        return True
    value: Any = doc
    for step in verdict.path:
        value = value[step] if not isinstance(value, dict) or step in value else value
    return verdict.path[-1:] == ("Principal",) and isinstance(value, str)


def _who_and_what(path: Path, statement: dict[str, Any], *, identity: bool) -> Iterator[GrammarError]:
    if identity and not {"Resource", "NotResource"} & statement.keys():
        yield GrammarError(path, SYNTAX, "a statement of an identity policy needs Resource or NotResource")
    for key in ("Principal", "NotPrincipal") if identity else ("Resource", "NotResource"):
        if key in statement:
            kind = "an identity policy" if identity else "a trust policy"
            yield GrammarError((*path, key), SYNTAX, f"{key} has no place in {kind}")
    if not identity and not {"Principal", "NotPrincipal"} & statement.keys():
        yield GrammarError(path, SYNTAX, "a statement of a trust policy needs Principal")
