"""Policy variables that stand for nothing (IAM113)."""

import re
from collections.abc import Iterator

from reconciler.core.problems import Path
from reconciler.policy.catalogue import condition_keys
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, StatementPart, Subject
from reconciler.policy.meaning.statements import variable_key

RULES = (
    LintRule(
        "IAM113",
        "Policy variable that stands for nothing",
        why="A variable without a value fits no resource and no value; in documents of before 2012 it is"
        " plain text.",
        source="UG reference_policies_variables",
        analyzer=(
            "MISSING_BRACE_IN_VARIABLE",
            "EMPTY_VARIABLE",
            "VARIABLE_UNSUPPORTED_IN_VERSION",
            "INVALID_VARIABLE_FOR_OPERATOR",
        ),
    ),
)
# What other tools and wishes call things that specs have: a variable of specs, or what else to write.
_NOT_IAMS = {
    "aws::accountid": "did you mean ${account}?",
    "aws:accountid": "did you mean ${account}?",
    "aws:account": "did you mean ${account}?",
    "aws::partition": "did you mean ${partition}?",
    "aws:partition": "did you mean ${partition}?",
    "aws::region": "write the region, or * for any",
    "aws:region": "write the region, or * for any; ${aws:RequestedRegion} is the one that is asked",
    "aws::stackname": "it is CloudFormation's: write the name, or ${var.NAME}",
    "aws::urlsuffix": "it is CloudFormation's: write amazonaws.com",
}
_NO_VARIABLES = frozenset({"Numeric", "Date", "Bool", "IpAddress", "Null", "Binary"})
_VARIABLE = re.compile(r"\$\{[^{}]*\}")


def check(subject: Subject) -> Iterator[LintFinding]:
    """Each variable in a resource or a value."""
    for part in subject.parts:
        for path, text in _texts(part):
            if "${" in text:
                yield from _check(subject, part, path, text)
        yield from _compared(part)


def _compared(part: StatementPart) -> Iterator[LintFinding]:
    """Values of operators that know no variables.

    Source: IAM user guide, reference_policies_variables, where you can use them.
    """
    for test in part.tests:
        for index, value in enumerate(test.values if test.operator.family in _NO_VARIABLES else ()):
            if _VARIABLE.search(value):
                yield LintFinding(
                    "IAM113",
                    (*test.path, index),
                    f"{value}: {test.name} knows no variables, so this is never met: write the value, or a"
                    " String operator",
                )


def _texts(part: StatementPart) -> Iterator[tuple[Path, str]]:
    yield from part.resources
    for test in part.tests:
        yield from (((*test.path, index), value) for index, value in enumerate(test.values))


def _check(subject: Subject, part: StatementPart, path: Path, text: str) -> Iterator[LintFinding]:
    if not subject.variables:
        yield LintFinding(
            "IAM113",
            path,
            f"{text}: variables have a meaning in documents of Version 2012-10-17 only: write that version",
        )
        return
    if "${" in _VARIABLE.sub("", text):
        yield LintFinding("IAM113", path, f"{text}: a variable ends with a brace: write }} behind its name")
    for variable in _VARIABLE.findall(text):
        key = variable_key(variable)
        if key is None or "." in key.partition(":")[0] or key.startswith(("saml:", "sts:")):
            continue
        kind = subject.type_of(part, key)
        if not kind:
            guess = condition_keys.similar_key(key, part.near)
            meant = f"did you mean ${{{guess}}}?" if guess else "it stands for nothing, so nothing fits"
            meant = _NOT_IAMS.get(key, meant)
            yield LintFinding("IAM113", path, f"{variable} is no policy variable: {meant}")
        elif kind.startswith("ArrayOf"):
            yield LintFinding(
                "IAM113",
                path,
                f"{variable}: a key with several values can't be a variable: test it with ForAnyValue",
            )
