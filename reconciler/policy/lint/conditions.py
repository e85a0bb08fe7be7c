"""Condition keys that are not there, and values that can't be met (IAM105 to 112, 118, 119, 309)."""

from collections.abc import Iterator

from reconciler.policy import globs
from reconciler.policy.catalogue import condition_keys, reference_disagreements
from reconciler.policy.catalogue.actions import data_date
from reconciler.policy.document.arns import ACCOUNT
from reconciler.policy.grants.conditions import is_network
from reconciler.policy.lint import known_values
from reconciler.policy.lint.subject import LintFinding, ListedAction, StatementPart, Subject, Tested
from reconciler.policy.meaning.values import instant, number

_MOST_NAMED = 4
_MFA = "aws:multifactorauthpresent"
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
    """Each test of each statement."""
    for part in subject.parts:
        yield from _empty(part)
        for test in part.tests:
            yield from _key(subject, part, test)
            yield from _values(test)
            yield from _mfa(part, test)
            yield from _past(subject, part, test)


def _empty(part: StatementPart) -> Iterator[LintFinding]:
    """Operators without a key, and keys without a value."""
    for name, keys in part.raw.get("Condition", {}).items():
        if not keys:
            yield LintFinding(
                "IAM119", (*part.path, "Condition", name), f"{name} has no key: take it out", on_key=True
            )
        for key, values in keys.items():
            if values == []:
                yield LintFinding(
                    "IAM119",
                    (*part.path, "Condition", name, key),
                    f"{key} has no value to compare with: write one, or take the test out",
                    on_key=True,
                )


def _key(subject: Subject, part: StatementPart, test: Tested) -> Iterator[LintFinding]:
    if subject.around.is_trust or _is_of_a_provider(test.folded):
        return
    kind = subject.type_of(part, test.key)
    if not kind:
        guess = condition_keys.similar_key(test.key, part.near)
        meant = f"did you mean {guess}?" if guess else "the services of this statement have none of that name"
        yield LintFinding(
            "IAM105",
            test.path,
            f'there is no condition key "{test.key}" in the list of {data_date()}: {meant}',
            on_key=True,
        )
        return
    yield from _carriers(part, test)
    yield from _type(part, test, kind)


def _is_of_a_provider(key: str) -> bool:
    """Whether it is a claim of an identity provider, whose names AWS doesn't list (`www.amazon.com:user_id`)."""
    return "." in key.partition(":")[0] or key.startswith(("saml:", "sts:"))


def _carriers(part: StatementPart, test: Tested) -> Iterator[LintFinding]:
    if part.statement.actions.negated or not test.needs_key:
        return
    listed = [a for a in part.actions if a.meant]
    if len(listed) < len(part.actions):
        return  # what an unknown action has nobody knows
    lacking = [a for a in listed if not _carries(a, test.key)]
    # A deny that some actions escape is often meant so; one that all escape never.
    if not lacking or (not part.allows and len(lacking) < len(listed)):
        return
    disputed = [
        a for a in lacking if any(reference_disagreements.tests_elsewhere(one, test.key) for one in a.meant)
    ]
    if disputed and part.allows:
        texts = ", ".join(a.text for a in disputed[:_MOST_NAMED])
        yield LintFinding(
            "IAM118",
            test.path,
            f"AWS's own policies allow {texts} under a test of {test.key}, and its reference of {data_date()}"
            " does not list that key for it: whether it is ever allowed is not documented",
            on_key=True,
        )
        lacking = [a for a in lacking if a not in disputed]
    if lacking:
        yield _without_key(part, test, lacking)


def _without_key(part: StatementPart, test: Tested, lacking: list[ListedAction]) -> LintFinding:
    names = ", ".join(a.text for a in lacking[:_MOST_NAMED]) + (", …" if len(lacking) > _MOST_NAMED else "")
    verb = "has" if len(lacking) == 1 else "have"
    end = (
        "so is never allowed here: write it" if len(lacking) == 1 else "so are never allowed here: write them"
    )
    if not part.allows:
        end = "so nothing is denied here: test a key that the request carries, such as"
        return LintFinding(
            "IAM106",
            test.path,
            f"{names} {verb} no condition key {test.key} in the list of {data_date()}, {end} aws:PrincipalArn"
            " or aws:SourceIp",
            on_key=True,
        )
    return LintFinding(
        "IAM106",
        test.path,
        f"{names} {verb} no condition key {test.key} in the list of {data_date()}, {end} into another"
        " statement, with a test of what the request carries",
        on_key=True,
    )


def _carries(action: ListedAction, key: str) -> bool:
    """A wildcard may grow into it, so one of its actions is enough."""
    return any(condition_keys.has(one, key) for one in action.meant)


def _type(part: StatementPart, test: Tested, kind: str) -> Iterator[LintFinding]:
    one = kind.removeprefix("ArrayOf")
    family = test.operator.family
    if kind != one and not test.operator.over and family != "Null":
        yield LintFinding(
            "IAM110",
            test.path,
            f"{test.key} has several values in one request: write ForAnyValue:{test.name} or"
            f" ForAllValues:{test.name}",
            on_key=True,
        )
    is_asked_for = not test.folded.startswith("aws:")
    if kind == one and test.operator.over == "ForAllValues" and part.allows:
        yield LintFinding(
            "IAM309",
            test.path,
            f"{test.key} has one value, and ForAllValues is also true where the request has none: write"
            f" {test.name.removeprefix('ForAllValues:')}",
            on_key=True,
        )
    elif (
        test.operator.over == "ForAllValues"
        and part.allows
        and not is_asked_for
        and not _must_be_there(part, test.folded)
    ):
        yield LintFinding(
            "IAM309",
            test.path,
            f"ForAllValues is also true where the request has no {test.key}: beside it write Null:"
            f' {{"{test.key}": "false"}}',
            on_key=True,
        )
    if (
        family in _FITTING
        and one in _OPERATOR_FOR
        and one not in _FITTING[family]
        and not _is_epoch(test)
        and not _is_compared_with_variables(test)
    ):
        how = "compares letter by letter" if (one, family) == ("Bool", "String") else "can't compare"
        yield LintFinding(
            "IAM108",
            test.path,
            f"{test.key} is of type {one}, which {test.name} {how}: write {_OPERATOR_FOR[one]}",
            on_key=True,
        )


def _is_compared_with_variables(test: Tested) -> bool:
    """Only the String and Arn operators know variables, whatever the type of the key (user guide, policies_variables)."""
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
        one.name.startswith(("Tag", "AddTags", "CreateTags")) and "tagging" in one.levels
        for one in action.meant
    )


def _must_be_there(part: StatementPart, key: str) -> bool:
    """Whether another test fails where the request has no such key.

    Who tests a tag in it has thought of that.
    """
    if key == "aws:tagkeys" and all(_always_tags(a) for a in part.actions):
        return True
    if key == "aws:tagkeys" and any(t.folded.startswith("aws:requesttag/") for t in part.tests):
        return True
    return any(
        t.folded == key and (t.needs_key or (t.operator.family == "Null" and "false" in t.values))
        for t in part.tests
    )


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
    """An allow until a day that is over; a deny that has ended is a grant by now, and may be meant so."""
    is_until = test.operator.family == "Date" and test.operator.comparison.startswith("LessThan")
    if not part.allows or not is_until or test.folded not in ("aws:currenttime", "aws:epochtime"):
        return
    now = instant(subject.around.today.isoformat())
    ends = [instant(value) for value in test.values]
    if now is not None and ends and all(end is not None and end <= now for end in ends):
        yield LintFinding(
            "IAM604",
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
    return any(
        network.version == wide.version and network.subnet_of(wide)  # type: ignore[arg-type]  # of one version
        for wide in map(ipaddress.ip_network, own)
    )


def _mfa(part: StatementPart, test: Tested) -> Iterator[LintFinding]:
    """A request with access keys of its own has no such key at all (user guide, condition operators, condition keys)."""
    if test.folded != _MFA or test.operator.family not in ("Bool", "String") or test.operator.negated:
        return
    if not part.allows and test.values == ("false",) and not test.operator.if_exists:
        yield LintFinding(
            "IAM111",
            test.path,
            "requests with long-term access keys have no such key and are not denied: write BoolIfExists",
            on_key=True,
        )
    if part.allows and test.values == ("true",) and test.operator.if_exists:
        yield LintFinding(
            "IAM111",
            test.path,
            "requests with long-term access keys have no such key and are allowed without MFA: write Bool",
            on_key=True,
        )
    if part.allows and test.values == ("false",):
        yield LintFinding("IAM111", test.path, "this asks for a sign-in without MFA: write true", on_key=True)
