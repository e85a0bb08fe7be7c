"""Who holds a managed policy, attached or as a permissions boundary: roles and users, also those that no spec describes."""

from reconciler.core.call import Answers, Call, read


def reads(arn: str) -> tuple[Call, ...]:
    """One call; both usages come in one answer (ListEntitiesForPolicy, contract §7)."""
    return (read("ListEntitiesForPolicy", PolicyArn=arn),)


def holders(arn: str, answers: Answers) -> frozenset[str]:
    """`role/NAME` and `user/NAME` of each."""
    found = answers.get(reads(arn)[0]) or {}
    roles = {f"role/{entity['RoleName']}" for entity in found.get("PolicyRoles", ())}
    return frozenset(roles | {f"user/{entity['UserName']}" for entity in found.get("PolicyUsers", ())})
