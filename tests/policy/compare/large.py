"""Documents at the edge: a typical pair, the largest that IAM takes, and what only an attacker writes."""

import json
from collections.abc import Callable
from typing import Any

from reconciler.policy.catalogue.limits import MANAGED_POLICY_SIZE
from reconciler.policy.document.document import Document, document

Pair = tuple[Document, Document]


def policy_of(*statements: dict[str, Any]) -> Document:
    return document({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def typical() -> Pair:
    """A few statements, and one action more."""
    secure = {"Bool": {"aws:SecureTransport": "true"}}
    rest = (
        allow("ecr:GetAuthorizationToken", "*"),
        allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::b/*", Condition=secure),
    )
    actions = ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:ListImages"]
    repositories = "arn:aws:ecr:*:123456789012:repository/*"
    return policy_of(allow(actions, repositories), *rest), policy_of(
        allow([*actions, "ecr:PutImage"], repositories), *rest
    )


def largest() -> Pair:
    """As many statements as fit, each with its own actions, resources and condition; and one action more."""
    statements: list[dict[str, Any]] = []
    while policy_of(*statements, _full(len(statements))).size <= MANAGED_POLICY_SIZE - len(_MORE):
        statements.append(_full(len(statements)))
    changed = json.loads(json.dumps(statements))
    changed[3]["Action"].append(_MORE)
    return policy_of(*statements), policy_of(*changed)


_MORE = "svc3:New"


def _full(n: int) -> dict[str, Any]:
    return allow(
        [f"svc{n}:Action{k}" for k in range(20)],
        [f"arn:aws:s3:::bucket-{n}-{k}/*" for k in range(6)],
        Condition={"StringEquals": {"aws:PrincipalTag/t": [f"v{n}"]}},
    )


def hundred() -> Pair:
    """A hundred statements of a hundred patterns of actions and of resources, no two alike."""
    return _hundred(0), _hundred(7)


def _hundred(seed: int) -> Document:
    letters = "abcdefghijklmnopqrstuvwxyz"

    def letter(*numbers: int) -> str:
        return letters[sum(n * (k * k + 3) for k, n in enumerate(numbers, start=1)) % 26]

    return policy_of(
        *(
            {
                "Effect": "Deny" if (n + seed) % 3 == 0 else "Allow",
                "Action": [f"*{letter(n, k, seed)}*:*{letter(k, n)}{k}*" for k in range(100)],
                "Resource": [f"arn:aws:s3:::*{letter(n, k)}{(n * 7 + seed) % 100}*{k}*" for k in range(100)],
            }
            for n in range(100)
        )
    )


HOSTILE: dict[str, Callable[[], Pair]] = {
    "100 × 100 patterns": hundred,
    "*a*a*a*a*": lambda: (
        policy_of(allow("*a*a*a*a*", "*a*a*a*a*")),
        policy_of(allow("*a*a*a*", "*a*a*a*a*")),
    ),
    "6 KB of stars": lambda: (
        policy_of(allow("s3:" + "*" * 3000, "*" * 3000)),
        policy_of(allow("s3:*", "*")),
    ),
    "6 KB of stars and letters": lambda: (
        policy_of(allow("s3:" + "*a" * 1500, "*b" * 1500)),
        policy_of(allow("s3:*", "*")),
    ),
}
