"""IAM's recorded verdicts about documents, all of them, over HTTP with boto3."""

import json
from typing import Any

import pytest

from tests.conftest import Server
from tests.policy.document.test_grammar import ACCEPTED, REFUSED, TRUST, TRUST_VERDICTS
from tests.sandbox.steps import P, R, Step, answered, document, run

FINE = (200, "", "")


def refused(message: str) -> tuple[int, str, str]:
    return 400, "MalformedPolicyDocument", message


def create(text: str) -> list[Step]:
    return [("create_policy", {"PolicyName": "P", "PolicyDocument": text})]


def test_what_iam_takes(sandbox: Server) -> None:
    for accepted in ACCEPTED:
        assert answered(sandbox, create(json.dumps(accepted))) == FINE, accepted
        stored = sandbox.iam().get_policy_version(PolicyArn=P, VersionId="v1")["PolicyVersion"]["Document"]
        assert stored == accepted
        run(sandbox, [("delete_policy", {"PolicyArn": P})])


@pytest.mark.parametrize("operation", ["create_policy", "create_policy_version"])
def test_what_iam_refuses_in_a_managed_policy(operation: str, sandbox: Server) -> None:
    run(sandbox, create(document()))
    target = {"PolicyName": "Q"} if operation == "create_policy" else {"PolicyArn": P}
    for policy, message in [*REFUSED, ("not JSON", "Syntax errors in policy.")]:
        text = policy if policy == "not JSON" else json.dumps(policy)
        assert answered(sandbox, [(operation, {**target, "PolicyDocument": text})]) == refused(message), (
            policy
        )
    assert len(sandbox.iam().list_policies(Scope="Local")["Policies"]) == 1


def test_what_iam_refuses_in_an_inline_policy_but_for_its_version(sandbox: Server) -> None:
    run(sandbox, [("create_role", R)])
    for policy, message in REFUSED:
        wanted = FINE if message.startswith("Policy document must be version") else refused(message)
        put: Step = (
            "put_role_policy",
            {"RoleName": "R", "PolicyName": "I", "PolicyDocument": json.dumps(policy)},
        )
        assert answered(sandbox, [put]) == wanted, policy


@pytest.mark.parametrize("operation", ["create_role", "update_assume_role_policy"])
def test_trust(operation: str, sandbox: Server) -> None:
    run(sandbox, [("create_role", R)])
    texts: list[tuple[Any, str | None]] = [
        ("nope", "This policy contains invalid Json"),
        ("{", "This policy contains invalid Json"),
    ]
    texts += [
        (json.dumps({"Version": "2012-10-17", "Statement": [{**TRUST, **changed}]}), message)
        for changed, message in TRUST_VERDICTS
    ]
    for number, (text, message) in enumerate(texts):
        if operation == "create_role":
            step: Step = (operation, {"RoleName": f"T{number}", "AssumeRolePolicyDocument": text})
        else:
            step = (operation, {"RoleName": "R", "PolicyDocument": text})
        assert answered(sandbox, [step]) == (refused(message) if message else FINE), text
