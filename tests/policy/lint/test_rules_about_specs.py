"""The rules about what only a spec says: each fires where it should, and only there."""

from pathlib import Path

import pytest

from reconciler.policy.lint.rules import RULES
from tests.conftest import Cli
from tests.policy.lint.specs import HEAD, lint_findings, written
from tests.policy.lint.test_rules import cases

POLICY = (
    HEAD + "policies:\n  P:\n    allow: [{service: sqs, write: SendMessage, resources: any-in-account}]\n"
)
ROLE = (
    HEAD
    + "oidc_providers: {gitlab.com: {audiences: [sts.amazonaws.com]}}\nroles:\n  R:\n    trust: {service:"
    " ec2}\n"
)
OIDC = (
    HEAD
    + 'account: "123456789012"\noidc_providers: {gitlab.com: {audiences: [sts.amazonaws.com]}}\nroles:\n '
    ' R:\n    trust: {oidc: gitlab.com, subject: "project_path:a/b:*"}\n'
)
# For each rule about what only a spec says: a spec that is silent, what is put in its place, and so said.
OF_SPEC = {
    "IAM410": (ROLE.replace("service: ec2", "account: this, external_id: x-1"), "x-1", "x"),
    "IAM413": (
        HEAD + 'account: "123456789012"\noidc_providers: {token.actions.githubusercontent.com: {audiences:'
        " sts.amazonaws.com}}\nroles:\n  R:\n    attach: aws:AdministratorAccess\n    trust: {oidc:"
        ' token.actions.githubusercontent.com, subject: ["repo:a/b:environment:prod",'
        ' "repo:a@1/b@2:environment:prod"]}\n',
        "repo:a/b:environment:prod",
        "repo:a/b:*",
    ),
    "IAM501": (POLICY, "any-in-account", "[" + ", ".join(f"queue-number-{n:03}" for n in range(122)) + "]"),
    "IAM502": (
        ROLE + "    attach: [policy/A]\n",
        "[policy/A]",
        "[" + ", ".join(f"policy/A{n}" for n in range(10)) + "]",
    ),
    "IAM601": (POLICY.replace("  P:\n", "  P:\n    description: Doc\n"), "Doc", "Đọc"),
    "IAM602": (POLICY, "write: Send", "read: Send"),
    "IAM603": (POLICY.replace("resources", "region: eu-west-1, resources"), "any-in-account", '"*"'),
    "IAM604": (POLICY.replace("resources", "expires: 2999-01-01, resources"), "2999", "2001"),
    "IAM604 in a document": (
        HEAD + "policies:\n  P:\n    document: {Statement: {Effect: Allow, Action: 's3:ListAllMyBuckets',"
        " Resource: '*', Condition: {DateLessThan: {'aws:CurrentTime': '2999-01-01'}}}}\n",
        "2999",
        "2001",
    ),
    "IAM605": (
        HEAD + "policies:\n  P:\n    document: {Version: '2012-10-17', Statement: {Effect: Allow, Action:"
        " 's3:ListAllMyBuckets', Resource: '*'}}\n",
        "2012-10-17",
        "2008-10-17",
    ),
    "IAM606": (POLICY.replace("policies", "adopt: [policy.P]\npolicies"), "policy.P", "policy.Q"),
    "IAM607": (ROLE + "    attach: aws:ReadOnlyAccess\n", "ReadOnlyAccess", "ReadOnlyAcess"),
    "IAM608": (POLICY, "{service: sqs, write: SendMessage,", "{service: apigateway, write: POST,"),
    "IAM610": (OIDC, "oidc: gitlab.com", "oidc: accounts.google.com"),
    "IAM611": (OIDC, "oidc: gitlab.com", "oidc: arn:aws:iam::210987654321:oidc-provider/gitlab.com"),
    "IAM612": (OIDC, "oidc: gitlab.com", "oidc: other.example"),
    "IAM620": (POLICY, "SendMessage,", "SendMessage,  # reconcile: ignore[IAM306] nothing\n"),
}


@pytest.mark.parametrize("code", OF_SPEC)
def test_a_rule_about_specs_fires_where_it_should_and_only_there(
    code: str, offline: Cli, tmp_path: Path
) -> None:
    silent, old, new = OF_SPEC[code]
    code = code.partition(" ")[0]
    assert code not in {finding["code"] for finding in lint_findings(offline, written(tmp_path, silent))}
    fired = [
        finding
        for finding in lint_findings(offline, written(tmp_path, silent.replace(old, new)))
        if finding["code"] == code
    ]
    assert fired
    assert {finding["severity"] for finding in fired} == {RULES[code].severity}


def test_every_rule_has_a_case() -> None:
    of_documents = {case.values[0]["rule"] for case in cases()}
    assert of_documents | {code.partition(" ")[0] for code in OF_SPEC} == RULES.keys()
