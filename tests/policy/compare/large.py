"""Documents at the edge.

A typical pair, the largest that IAM takes, and such as only somebody hostile writes.
"""

import json
from typing import Any

from reconciler.policy.catalogue.limits import MANAGED_POLICY_SIZE
from reconciler.policy.document.document import Document, document

Pair = tuple[Document, Document]


def made(*statements: dict[str, Any]) -> Document:
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
    return made(allow(actions, repositories), *rest), made(
        allow([*actions, "ecr:PutImage"], repositories), *rest
    )


def largest() -> Pair:
    """As many statements as fit, each with its own actions, resources and condition; and one action more."""
    statements: list[dict[str, Any]] = []
    while made(*statements, _full(len(statements))).size <= MANAGED_POLICY_SIZE - len(_MORE):
        statements.append(_full(len(statements)))
    changed = json.loads(json.dumps(statements))
    changed[3]["Action"].append(_MORE)
    return made(*statements), made(*changed)


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

    return made(
        *(
            {
                "Effect": "Deny" if (n + seed) % 3 == 0 else "Allow",
                "Action": [f"*{letter(n, k, seed)}*:*{letter(k, n)}{k}*" for k in range(100)],
                "Resource": [f"arn:aws:s3:::*{letter(n, k)}{(n * 7 + seed) % 100}*{k}*" for k in range(100)],
            }
            for n in range(100)
        )
    )


HOSTILE = {
    "100 × 100 patterns": hundred,
    "*a*a*a*a*": lambda: (made(allow("*a*a*a*a*", "*a*a*a*a*")), made(allow("*a*a*a*", "*a*a*a*a*"))),
    "6 KB of stars": lambda: (made(allow("s3:" + "*" * 3000, "*" * 3000)), made(allow("s3:*", "*"))),
    "6 KB of stars and letters": lambda: (
        made(allow("s3:" + "*a" * 1500, "*b" * 1500)),
        made(allow("s3:*", "*")),
    ),
}
