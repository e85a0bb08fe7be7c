"""Operators that do not fit the type of their key, or how many values it has (IAM108, 110, 309)."""

from collections.abc import Iterator

from reconciler.policy.lint.conditions.keys import is_of_a_provider
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, ListedAction, StatementPart, Subject, Tested

RULES = (
    LintRule(
        "IAM108",
        "Operator that does not fit the key's type",
        why="A number compared as text, or text as a number, is equal to nothing that was meant.",
        source="SAR, types of condition keys; UG reference_policies_elements_condition_operators",
        analyzer=("DATA_TYPE_MISMATCH", "TYPE_MISMATCH", "TYPE_MISMATCH_STRING", "TYPE_MISMATCH_DATE"),
        parliament=("MISMATCHED_TYPE", "MISMATCHED_TYPE_BUT_USABLE"),
    ),
    LintRule(
        "IAM110",
        "Key with several values, tested as if it had one",
        why="What a plain operator does with several values is not documented; ForAnyValue and"
        " ForAllValues say what is meant.",
        source="UG reference_policies_condition-single-vs-multi-valued-context-keys",
        analyzer=("MISSING_QUALIFIER",),
    ),
    LintRule(
        "IAM309",
        "ForAllValues in an Allow, without a test that there is a value",
        why="ForAllValues is true where the request has no such key, so leaving the key out is enough to"
        " be allowed.",
        source="UG reference_policies_condition-single-vs-multi-valued-context-keys",
        analyzer=("FORALLVALUES_WITH_SINGLE_VALUED_KEY",),
        parliament=("SINGLE_VALUE_CONDITION_TOO_PERMISSIVE",),
    ),
)
_SEVERAL = "ArrayOf"
# Types that a family of operators compares as what they are. Text and ARNs are compared as the texts that
# they are.
_FITTING = {
    "String": ("String", "ARN"),
    "Arn": ("ARN", "String"),
    "Numeric": ("Numeric",),
    "Date": ("Date",),
    "Bool": ("Bool",),
    "IpAddress": ("IPAddress",),
    "Binary": ("Binary", "String"),
}
_OPERATOR_FOR = {
    "String": "StringEquals or StringLike",
    "ARN": "ArnLike",
    "Numeric": "a Numeric operator",
    "Date": "a Date operator",
    "Bool": "Bool",
    "IPAddress": "IpAddress",
    "Binary": "BinaryEquals",
}


def check(subject: Subject) -> Iterator[LintFinding]:
    """Each test whose key is known; the keys of a trust policy are the trust rules' subject."""
    if subject.surroundings.is_trust:
        return
    for part in subject.parts:
        for test in part.tests:
            kind = "" if is_of_a_provider(test.folded) else subject.type_of(part, test.key)
            if kind:
                yield from _plain(test, kind)
                yield from _for_all_values(part, test, kind)
                yield from _family(test, kind.removeprefix(_SEVERAL))


def _plain(test: Tested, kind: str) -> Iterator[LintFinding]:
    """A plain operator on a key with several values."""
    if kind.startswith(_SEVERAL) and not test.operator.over and test.operator.family != "Null":
        yield LintFinding(
            "IAM110",
            test.path,
            f"{test.key} has several values in one request: write ForAnyValue:{test.name} or"
            f" ForAllValues:{test.name}",
            on_key=True,
        )


def _for_all_values(part: StatementPart, test: Tested, kind: str) -> Iterator[LintFinding]:
    """ForAllValues in an Allow, which is met where the request has no such key."""
    if test.operator.over != "ForAllValues" or not part.allows:
        return
    if not kind.startswith(_SEVERAL):
        yield LintFinding(
            "IAM309",
            test.path,
            f"{test.key} has one value, and ForAllValues is also true where the request has none: write"
            f" {test.name.removeprefix('ForAllValues:')}",
            on_key=True,
        )
    elif test.folded.startswith("aws:") and not _must_be_there(part, test.folded):
        yield LintFinding(
            "IAM309",
            test.path,
            f"ForAllValues is also true where the request has no {test.key}: beside it write Null:"
            f' {{"{test.key}": "false"}}',
            on_key=True,
        )


def _family(test: Tested, kind: str) -> Iterator[LintFinding]:
    """An operator that compares values of another type."""
    family = test.operator.family
    if (
        family in _FITTING
        and kind in _OPERATOR_FOR
        and kind not in _FITTING[family]
        and not _is_epoch(test)
        and not _is_compared_with_variables(test)
    ):
        how = "compares letter by letter" if (kind, family) == ("Bool", "String") else "can't compare"
        yield LintFinding(
            "IAM108",
            test.path,
            f"{test.key} is of type {kind}, which {test.name} {how}: write {_OPERATOR_FOR[kind]}",
            on_key=True,
        )


def _is_compared_with_variables(test: Tested) -> bool:
    """Whether the test is of variables, whatever the type of its key.

    Only the String and Arn operators know variables (user guide, policies_variables).
    """
    return (
        test.operator.family in ("String", "Arn")
        and bool(test.values)
        and all("${" in v for v in test.values)
    )


def _is_epoch(test: Tested) -> bool:
    """Seconds since 1970 are a number as well."""
    return test.folded == "aws:epochtime" and test.operator.family == "Numeric"


def _always_tags(action: ListedAction) -> bool:
    """Whether a request for it brings tags in any case."""
    return bool(action.meant) and all(
        meant.name.startswith(("Tag", "AddTags", "CreateTags")) and "tagging" in meant.levels
        for meant in action.meant
    )


def _must_be_there(part: StatementPart, key: str) -> bool:
    """Whether another test fails where the request has no such key.

    A statement that tests one request tag has considered the other tags too.
    """
    if key == "aws:tagkeys" and all(_always_tags(a) for a in part.actions):
        return True
    if key == "aws:tagkeys" and any(t.folded.startswith("aws:requesttag/") for t in part.tests):
        return True
    return any(
        t.folded == key and (t.needs_key or (t.operator.family == "Null" and "false" in t.values))
        for t in part.tests
    )
