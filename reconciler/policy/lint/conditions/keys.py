"""Condition keys that do not exist, that no request carries, or that have no value (IAM105, 106, 119)."""

from collections.abc import Iterator

from reconciler.policy.catalogue import condition_keys, reference_disagreements
from reconciler.policy.catalogue.actions import data_date
from reconciler.policy.document.document import as_list
from reconciler.policy.lint import disputed_grants
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, ListedAction, StatementPart, Subject, Tested

RULES = (
    LintRule(
        "IAM105",
        "Unknown condition key",
        why="No request carries a key that does not exist: an Allow that tests it never allows, a Deny"
        " never denies.",
        source="UG reference_policies_condition-keys; SAR",
        analyzer=(
            "INVALID_GLOBAL_CONDITION_KEY",
            "INVALID_SERVICE_CONDITION_KEY",
            "INVALID_CONDITION_KEY_FORMAT",
        ),
        parliament=("UNKNOWN_CONDITION_FOR_ACTION",),
    ),
    LintRule(
        "IAM106",
        "Condition key that the action does not have",
        why="A request carries the keys of its action, its resource's type and the global ones. A test of"
        " another key fails, so the statement does not apply.",
        source="SAR, condition keys of each action; UG reference_policies_elements_condition_operators",
        analyzer=("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", "MISSING_ACTION_FOR_CONDITION_KEY"),
        parliament=("UNKNOWN_CONDITION_FOR_ACTION",),
    ),
    LintRule(
        "IAM119",
        "Condition without values",
        why="What an operator does with an empty list, or without a key, is documented in two ways.",
        source="UG access-analyzer-reference-policy-checks",
        analyzer=(
            "EMPTY_ARRAY_CONDITION",
            "EMPTY_OBJECT_CONDITION",
            "EMPTY_ARRAY_CONDITION_FORALLVALUES",
            "EMPTY_ARRAY_CONDITION_FORANYVALUE",
            "EMPTY_ARRAY_CONDITION_IFEXISTS",
        ),
    ),
)
_MOST_NAMED = 4


def check(subject: Subject) -> Iterator[LintFinding]:
    """Each test of each statement."""
    for part in subject.parts:
        yield from _empty(part)
        if subject.surroundings.is_trust:
            yield from _claims_of_other_providers(part)
            continue
        for test in part.tests:
            yield from _key(subject, part, test)


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


def _claims_of_other_providers(part: StatementPart) -> Iterator[LintFinding]:
    """A session carries the claims of the provider that it comes from, and of no other."""
    principal = part.raw.get("Principal")
    if not part.allows or not isinstance(principal, dict):
        return
    texts = [text for kind in principal for text in as_list(principal[kind])]
    hosts = {
        text.rpartition(":oidc-provider/")[2].lower() for text in as_list(principal.get("Federated", []))
    }
    if not hosts or any(":saml-provider/" in text for text in texts):
        return
    for test in part.tests:
        host, _, claim = test.folded.rpartition(":")
        if "." in host and claim and host not in hosts and test.needs_key:
            yield LintFinding(
                "IAM106",
                test.path,
                f"{test.key} is a claim of another provider, so nobody comes in: write {min(hosts)}:{claim}",
                on_key=True,
            )


def _key(subject: Subject, part: StatementPart, test: Tested) -> Iterator[LintFinding]:
    if is_of_a_provider(test.folded):
        return
    if not subject.type_of(part, test.key):
        guess = condition_keys.similar_key(test.key, part.near)
        meant = f"did you mean {guess}?" if guess else "the services of this statement have none of that name"
        yield LintFinding(
            "IAM105",
            test.path,
            f'there is no condition key "{test.key}" in the list of {data_date()}: {meant}',
            on_key=True,
        )
    else:
        yield from _carriers(part, test)


def is_of_a_provider(key: str) -> bool:
    """Whether it is a claim of an identity provider, such as `www.amazon.com:user_id`: AWS lists none."""
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
        a
        for a in lacking
        if any(reference_disagreements.tests_elsewhere(meant, test.key) for meant in a.meant)
    ]
    if disputed and part.allows:
        texts = ", ".join(a.text for a in disputed[:_MOST_NAMED])
        yield disputed_grants.under_key(test.path, texts, test.key)
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
    return any(condition_keys.has(meant, key) for meant in action.meant)
