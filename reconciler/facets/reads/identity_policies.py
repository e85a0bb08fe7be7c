"""The reads about the policies that a role, group or user holds, and what their answers say.

`noun` is the word in the operations.
"""

from functools import lru_cache

from reconciler.core.call import MOST_KEPT, Answers, Call, read
from reconciler.facets.inline_policies import Inline
from reconciler.policy.document import arns
from reconciler.policy.document.document import document


@lru_cache(maxsize=MOST_KEPT)
def list_attached(noun: str, name: str) -> Call:
    """Its managed policies."""
    return read(f"ListAttached{noun}Policies", **{f"{noun}Name": name})


@lru_cache(maxsize=MOST_KEPT)
def list_inline(noun: str, name: str) -> Call:
    """The names of its own policies."""
    return read(f"List{noun}Policies", **{f"{noun}Name": name})


def get_inline(noun: str, name: str, policy: str) -> Call:
    """The document of one of its own policies."""
    return read(f"Get{noun}Policy", **{f"{noun}Name": name, "PolicyName": policy})


def read_permissions(noun: str, arn: str) -> tuple[tuple[str, str], ...]:
    """What it takes to read it whole, also what was attached by hand.

    Each action, and what it must be allowed on.
    """
    own = (f"Get{noun}", f"ListAttached{noun}Policies", f"List{noun}Policies", f"Get{noun}Policy")
    parsed = arns.parse(arn)
    accounts = ("aws",) if parsed is None else (parsed.account, "aws")
    policies = [f"arn:{arn.split(':')[1]}:iam::{account}:policy/*" for account in accounts]
    return (
        *(
            (f"iam:{action}", identity_arn)
            for action in own
            for identity_arn in arns.with_and_without_path(arn)
        ),
        *(
            (f"iam:{action}", identity_arn)
            for action in ("GetPolicy", "GetPolicyVersion")
            for identity_arn in policies
        ),
    )


def attached(noun: str, name: str, answers: Answers) -> frozenset[str]:
    """The ARNs of its managed policies."""
    answer = answers.get(list_attached(noun, name)) or {}
    return frozenset(policy["PolicyArn"] for policy in answer.get("AttachedPolicies", ()))


def inline_names(noun: str, name: str, answers: Answers) -> tuple[str, ...]:
    """The names of its own policies."""
    return tuple((answers.get(list_inline(noun, name)) or {}).get("PolicyNames", ()))


def inline(noun: str, name: str, answers: Answers) -> Inline:
    """Its own policies; one that went away between two answers is left out."""
    documents = [(n, answers.get(get_inline(noun, name, n))) for n in inline_names(noun, name, answers)]
    return tuple(
        sorted(((n, document(d["PolicyDocument"])) for n, d in documents if d), key=lambda pair: pair[0])
    )
