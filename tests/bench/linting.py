"""Lint over all of AWS's own policies: how often each rule fires, and how long the largest policy takes."""

import json
import time
from collections import Counter
from statistics import median

from moto.iam.aws_managed_policies import aws_managed_policies_data

from reconciler.language.policy_body import MOST_LOOKED_AT
from reconciler.policy.catalogue.limits import MANAGED_POLICY_SIZE
from reconciler.policy.document.document import Document, document
from reconciler.policy.lint import lint
from reconciler.policy.lint.subject import Surroundings
from tests.conftest import ACCOUNT
from tests.policy.compare import large

AROUND = Surroundings(ACCOUNT, "aws", most=MANAGED_POLICY_SIZE)


def linting() -> None:
    """How often each rule fires on real documents, and the time for the slowest and the largest ones."""
    aws_policies = [document(policy["Document"]) for policy in json.loads(aws_managed_policies_data).values()]
    fired = Counter(finding.code for policy in aws_policies for finding in lint(policy, AROUND))
    print(
        f"lint over {len(aws_policies)} AWS managed policies: "
        + ", ".join(f"{c} {n}" for c, n in sorted(fired.items()))
    )
    allowed = [policy for policy in aws_policies if policy.size <= MANAGED_POLICY_SIZE]
    slowest = max(allowed, key=_took)
    print(
        f"  the slowest of the {len(allowed)} with at most {MANAGED_POLICY_SIZE} characters"
        f" {_took(slowest) * 1000:8.1f} ms"
    )
    hostile = {"the largest policy that IAM takes": large.largest, **large.HOSTILE}
    for name, make_pair in hostile.items():
        if make_pair()[1].size > MOST_LOOKED_AT:
            continue  # refused for its size, and not looked at
        print(f"lint {name:<34} {median(_took(make_pair()[1]) for _ in range(3)) * 1000:8.1f} ms")


def _took(policy: Document) -> float:
    began = time.perf_counter()
    lint(policy, AROUND)
    return time.perf_counter() - began
