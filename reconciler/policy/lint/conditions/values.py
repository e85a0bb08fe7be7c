"""Values that no request has, or that every request has (IAM107, 109, 111, 112, 604)."""

from collections.abc import Iterator

from reconciler.policy import globs, lint_codes
from reconciler.policy.catalogue import condition_keys
from reconciler.policy.document.arns import ACCOUNT
from reconciler.policy.grants.conditions import is_network
from reconciler.policy.lint.conditions import known_values
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, StatementPart, Subject, Tested
from reconciler.policy.meaning.values import instant, number

RULES = (
    LintRule(
        "IAM107",
        "Value that can't be met",
        why="Bool and Null know true and false, IpAddress addresses and networks, the Numeric operators"
        " numbers, the Arn operators ARNs of six parts. Nothing else is ever equal.",
        source="UG reference_policies_elements_condition_operators",
        analyzer=(
            "INVALID_CONDITION_DATA_TYPE",
            "TYPE_MISMATCH_BOOLEAN",
            "TYPE_MISMATCH_IP_RANGE",
            "TYPE_MISMATCH_NUMBER",
        ),
        parliament=("MISMATCHED_TYPE", "MISMATCHED_TYPE_OPERATION_TO_NULL"),
    ),
    LintRule(
        "IAM109",
        "Wildcard where none is read",
        why="StringEquals and its kin compare letter by letter; * is a star. Only the Like and Arn"
        " operators know wildcards.",
        source="UG reference_policies_elements_condition_operators",
        analyzer=("WILDCARD_WITHOUT_LIKE_OPERATOR",),
    ),
    LintRule(
        lint_codes.MFA_SPARES_ACCESS_KEYS,
        "Test of MFA that spares access keys",
        why="Requests signed with long-term access keys carry no aws:MultiFactorAuthPresent at all: a Deny"
        " needs BoolIfExists, an Allow must not have it.",
        source="UG reference_policies_condition-keys, aws:MultiFactorAuthPresent",
        parliament=("BAD_PATTERN_FOR_MFA",),
    ),
    LintRule(
        "IAM112",
        "Address that says nothing in aws:SourceIp",
        why="aws:SourceIp is the public address of a request. Through a VPC endpoint the key is absent and"
        " aws:VpcSourceIp there.",
        source="UG reference_policies_condition-keys, aws:SourceIp",
        analyzer=("PRIVATE_IP_ADDRESS", "PRIVATE_NOT_IP_ADDRESS", "PRIVATE_IP_ADDRESS_SUBSET"),
    ),
    LintRule(
        lint_codes.ENDED_GRANT,
        "Grant or trust that has ended, or soon will",
        why="What has ended does nothing.",
        source="docs/spec.md",
    ),
)
_MFA = "aws:multifactorauthpresent"


def check(subject: Subject) -> Iterator[LintFinding]:
    """Each test of each statement."""
    for part in subject.parts:
        for test in part.tests:
            yield from _values(test)
            yield from _mfa(part, test)
            yield from _past(subject, part, test)


def _values(test: Tested) -> Iterator[LintFinding]:
    for index, value in enumerate(test.values):
        complaint = _complaint(test, value)
        if complaint:
            yield LintFinding("IAM107", (*test.path, index), f'{test.key}: "{value}" {complaint}')
        elif test.operator.family == "IpAddress" and test.folded == "aws:sourceip" and _is_private(value):
            yield LintFinding(
                "IAM112",
                (*test.path, index),
                f"{value} is a private address, which aws:SourceIp never is: write aws:VpcSourceIp beside"
                " aws:SourceVpc, or your public addresses",
            )
        elif test.folded == "aws:sourceip" and value.endswith("/0") and not test.operator.negated:
            yield LintFinding(
                "IAM112",
                (*test.path, index),
                f"{value} is every address, so the test holds nothing back: write your own",
            )
        elif _is_wild_to_the_letter(test, value):
            like = test.name.replace("EqualsIgnoreCase", "Equals").replace("Equals", "Like")
            if condition_keys.global_type(test.key) == "ARN":
                like = like.replace("String", "Arn")
            yield LintFinding(
                "IAM109",
                (*test.path, index),
                f'{test.name} takes the * in "{value}" to the letter: write {like}',
            )


def _past(subject: Subject, part: StatementPart, test: Tested) -> Iterator[LintFinding]:
    """An allow that has ended. A deny that has ended is a grant by now, and may be meant so."""
    is_until = test.operator.family == "Date" and test.operator.comparison.startswith("LessThan")
    if not part.allows or not is_until or test.folded not in ("aws:currenttime", "aws:epochtime"):
        return
    now = instant(subject.surroundings.today.isoformat())
    ends = [instant(value) for value in test.values]
    if now is not None and ends and all(end is not None and end <= now for end in ends):
        yield LintFinding(
            lint_codes.ENDED_GRANT,
            test.path,
            f"this ended {', '.join(test.values)}: take the statement out, or give it a later date",
            on_key=True,
        )


def _is_wild_to_the_letter(test: Tested, value: str) -> bool:
    operator = test.operator
    return (
        operator.family == "String"
        and operator.comparison != "Like"
        and "*" in globs.without_variables(value)
    )


def _complaint(test: Tested, value: str) -> str:
    """Why a value can't be what its operator compares with, and what it would have to be; "" where it can."""
    family = test.operator.family
    if "${" in value:
        return ""
    if family in ("Bool", "Null") and value.lower() not in ("true", "false"):
        return "is never met: write true or false"
    if family == "IpAddress" and not is_network(value):
        return "is no address or network: write 203.0.113.0/24"
    if family == "Numeric" and number(value) is None:
        return "is no number: write digits"
    if family == "String" and not test.operator.over and not test.operator.negated:
        return known_values.complaint(test.folded, value, is_pattern=test.operator.comparison == "Like")
    if test.folded == "aws:principalarn" and ":assumed-role/" in value:
        return "is a session's ARN, and the key has its role's: write arn:aws:iam::ACCOUNT:role/NAME"
    if family == "Arn" and value.strip("*") and value.count(":") < 5:
        return "is no ARN: write all six parts, arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE"
    account = value.split(":", 5)[4:5]
    if family == "Arn" and account and account[0].isdecimal() and not ACCOUNT.fullmatch(account[0]):
        return "has an account that is none: write its twelve digits"
    return ""


def _is_private(text: str) -> bool:
    import ipaddress  # noqa: PLC0415 - start-up: few documents need it

    network = ipaddress.ip_network(text, strict=False)
    own = (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
        "100.64.0.0/10",
    )
    # mypy does not see that both are of one version.
    return any(
        network.version == wide.version and network.subnet_of(wide)  # type: ignore[arg-type]
        for wide in map(ipaddress.ip_network, own)
    )


def _mfa(part: StatementPart, test: Tested) -> Iterator[LintFinding]:
    """Tests of MFA that requests with long-term access keys pass: these have no such key at all.

    Source: IAM user guide, condition operators and condition keys.
    """
    if test.folded != _MFA or test.operator.family not in ("Bool", "String") or test.operator.negated:
        return
    if not part.allows and test.values == ("false",) and not test.operator.if_exists:
        yield LintFinding(
            lint_codes.MFA_SPARES_ACCESS_KEYS,
            test.path,
            "requests with long-term access keys have no such key and are not denied: write BoolIfExists",
            on_key=True,
        )
    if part.allows and test.values == ("true",) and test.operator.if_exists:
        yield LintFinding(
            lint_codes.MFA_SPARES_ACCESS_KEYS,
            test.path,
            "requests with long-term access keys have no such key and are allowed without MFA: write Bool",
            on_key=True,
        )
    if part.allows and test.values == ("false",):
        yield LintFinding(
            lint_codes.MFA_SPARES_ACCESS_KEYS,
            test.path,
            "this asks for a sign-in without MFA: write true",
            on_key=True,
        )
