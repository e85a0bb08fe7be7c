"""Each rule fires where it should and is silent on what is much like it; and each is documented."""

import json
import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from reconciler.policy.compare.delta import delta
from reconciler.policy.document.document import Document, document
from reconciler.policy.lint import lint
from reconciler.policy.lint.escalations import ESCALATING
from reconciler.policy.lint.rules import RULES
from reconciler.policy.lint.subject import LintFinding, Surroundings
from reconciler.policy.risk.escalations import ways
from tests.conftest import ACCOUNT, ROOT
from tests.policy.compare.test_delta import changed

HERE = Path(__file__).parent


def cases() -> list[Any]:
    entries = yaml.load((HERE / "cases.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return [pytest.param(case, id=f"{case['rule']} {case.get('case', '')}") for case in entries]


def findings(statements: Any, rule: str) -> tuple[LintFinding, ...]:
    data = {
        "Version": "2012-10-17",
        "Statement": statements if isinstance(statements, list) else [statements],
    }
    return lint(document(data), Surroundings(ACCOUNT, "aws", is_trust=rule.startswith("IAM4"), most=6144))


@pytest.mark.parametrize("case", cases())
def test_a_rule_fires_where_it_should_and_only_there(case: dict[str, Any]) -> None:
    fired = [f for f in findings(case["fires"], case["rule"]) if f.code == case["rule"]]
    assert fired, "nothing is said"
    assert any(case["says"] in f.message for f in fired), [f.message for f in fired]
    if "at" in case:
        assert case["at"] in [".".join(map(str, f.path)) for f in fired]
    assert [f for f in findings(case["silent"], case["rule"]) if f.code == case["rule"]] == []


def test_every_code_in_the_source_is_a_rule_and_every_rule_is_in_the_source() -> None:
    source = [p for p in (ROOT / "reconciler").rglob("*.py") if p.name != "rules.py"]
    used = {code for path in source for code in re.findall(r'"(IAM\d{3})"', path.read_text(encoding="utf-8"))}
    assert used == RULES.keys()


def test_every_escalation_takes_an_action_that_lint_looks_for() -> None:
    for way in ways():
        assert ESCALATING & {action.partition(":")[0] for action in way.actions}, way


@cache
def corpus() -> dict[str, Any]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return policies


def test_aws_own_job_functions_are_told_only_what_is_true_of_them() -> None:
    surroundings = Surroundings(ACCOUNT, "aws", most=6144)
    job_functions = {
        n: p for n, p in corpus().items() if "job-function" in p.get("Path", "") and "ODB" not in n
    }
    assert len(job_functions) >= 8
    fired = {
        (n, f.code) for n, p in job_functions.items() for f in lint(document(p["Document"]), surroundings)
    }
    recorded = json.loads((HERE / "job_functions.json").read_text(encoding="utf-8"))
    assert sorted(map(list, fired)) == recorded


def test_nothing_that_iam_holds_is_too_much_for_lint() -> None:
    """A sample here; `make bench` reads all of them, and prints how often each rule fires."""
    surroundings = Surroundings(ACCOUNT, "aws", most=6144)
    sample = list(corpus().values())[::40]
    findings = [finding for policy in sample for finding in lint(document(policy["Document"]), surroundings)]
    assert len(findings) > len(sample)
    assert {finding.code for finding in findings} <= RULES.keys()


@settings(
    max_examples=int(os.environ.get("LINT_EXAMPLES", "80")),
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(changed())
def test_what_is_said_to_be_there_twice_can_be_taken_out(pair: tuple[Document, Document]) -> None:
    """By the delta: the document without it means the same, or at least nobody can show that it does not."""
    whole = pair[1]
    for finding in lint(whole, Surroundings(ACCOUNT, "aws", most=6144)):
        if finding.code in ("IAM201", "IAM202", "IAM203", "IAM204", "IAM117"):
            assert delta(whole, without(whole, finding.path)).equivalent is not False, finding


def without(whole: Document, path: Any) -> Document:
    data = whole.data
    at = data
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    # What has no statement left allows and denies nothing; such a document can't be written.
    nothing = {"Effect": "Allow", "Action": "none:None", "NotResource": "*"}
    data["Statement"] = data["Statement"] or [nothing]
    return document(data)


def test_a_claim_of_another_provider_lets_nobody_in() -> None:
    provider = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"
    key = "oidc.eks.eu-west-1.amazonaws.com/id/{}:sub"
    for cluster, codes in (("XYZ", {"IAM106"}), ("ABC", set())):
        tests = {"StringEquals": {key.format(cluster): "system:serviceaccount:a:b"}}
        trust = {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": tests,
        }
        assert {f.code for f in findings(trust, "IAM4")} - {"IAM404", "IAM412"} == codes


HOSTILE = {
    "many wildcards": [
        {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": ["arn:aws:s3:::" + "*?" * 100 + f"{n}*" for n in range(20)],
        }
    ],
    "many tests": [
        {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::b/*",
            "Condition": {
                operator: {f"aws:PrincipalTag/t{k}": [f"*a*b*{n}*" for n in range(10)] for k in range(6)}
                for operator in ("StringLike", "StringNotLike")
            },
        }
    ],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_take_few_steps(name: str) -> None:
    """Counted in calls of our own functions, for time says nothing on a busy machine."""
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    findings({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}, "IAM1")
    sys.setprofile(count)
    try:
        findings(HOSTILE[name], "IAM1")
    finally:
        sys.setprofile(None)
    assert calls < 400_000
