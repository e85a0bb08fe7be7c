"""Descriptions: which characters IAM takes in them, and which it returns."""

from reconciler.core.problems import Problems
from reconciler.policy.catalogue import limits


def check_of_role(text: str, problems: Problems) -> None:
    """Report what IAM refuses in a role's description: all beyond Latin-1 (contract §12)."""
    complaint = limits.complaint("roleDescriptionType", text, "a role's description")
    if complaint:
        better = limits.latin1_suggestion(text)
        advice = f'; IAM takes Latin-1 only: write "{better}"' if better and better != text else ""
        problems.error(complaint + advice)


def check_of_policy(text: str, problems: Problems) -> None:
    """Report what IAM refuses in a policy's description, and warn of what it garbles (contract §12)."""
    complaint = limits.complaint("policyDescriptionType", text, "the description")
    if complaint:
        problems.error(complaint)
    strange = limits.strange_characters("roleDescriptionType", text)
    if strange:
        at, character = strange[0]
        problems.warning(
            "IAM601",
            f"IAM takes {limits.described(character)}, at character {at}, but may give it back garbled, "
            "and a policy's description can never be changed; a difference here will be a note",
        )
