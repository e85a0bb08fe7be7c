"""Who holds a managed policy, attached or as a permissions boundary.

Principals, also those that no spec describes.
"""

from reconciler.core.call import Answers, Call, read


def reads(arn: str) -> tuple[Call, ...]:
    """One call; both usages come in one answer (ListEntitiesForPolicy, contract §7)."""
    return (read("ListEntitiesForPolicy", PolicyArn=arn),)


def policy_entities(arn: str, answers: Answers) -> frozenset[str]:
    """`role/NAME`, `user/NAME` or `group/NAME` of each."""
    answer = answers.get(reads(arn)[0]) or {}
    return frozenset(
        f"{kind.lower()}/{entity[f'{kind}Name']}"
        for kind in ("Role", "User", "Group")
        for entity in answer.get(f"Policy{kind}s", ())
    )
