"""Lint as users meet it.

At the line, silenced with a reason, strict, for machines, and in plans of what changes.
"""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.policy.lint.rules import RULES
from tests.conftest import ROOT, Cli, Server
from tests.end_to_end.drift.test_drift_reports import SARIF
from tests.policy.lint.test_rules import OF_SPECS

HEAD = "version: 1\nname: t/lint\n"
SPEC = (
    HEAD
    + """account: "123456789012"
policies:
  Backup:
    allow:
      - service: s3
        read:
          - GetObject
          - GetBucketLocation
        resources: "*"
      - {actions: ["s3:List*", "s3:ListBucket"], resources: "*"}
  Own:
    document:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Action: s3:ListBucket
          Resource: arn:aws:s3:::b/*
roles:
  App:
    trust:
      - {service: ec2}
      - {account: "210987654321"}
    inline:
      Keys:
        document_file: keys.json
"""
)
KEYS = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow",
     "Action": "kms:Decrypt",
     "Resource": "*"}
  ]
}
"""
SAID = [
    ("spec.yaml", 9, "IAM306"),
    ("spec.yaml", 12, "IAM201"),
    ("spec.yaml", 18, "IAM103"),
    ("spec.yaml", 24, "IAM402"),
    ("keys.json", 5, "IAM306"),
]


def written(folder: Path, text: str = SPEC) -> Path:
    (folder / "keys.json").write_text(KEYS, encoding="utf-8")
    path = folder / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def said(cli: Cli, path: Path, *more: str, code: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(cli("validate", path, "--format", "json", *more, code=code).out)[
        "findings"
    ]
    return found


def places(found: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    return [(Path(one["file"]).name, one["line"], one["code"]) for one in found]


def test_each_finding_stands_at_its_line(offline: Cli, tmp_path: Path) -> None:
    path = written(tmp_path)
    found = said(offline, path)
    assert sorted(places(found)) == sorted(SAID)
    first = next(one for one in found if one["line"] == 9)
    assert (first["severity"], first["path"]) == ("warning", "policies.Backup.allow[0].read[0]")
    assert first["documentation"] == "docs/lint.md#iam306"
    text = offline("validate", path).err
    assert f"{path}:9:13 policies.Backup.allow[0].read[0]: warning: s3:GetObject on" in text
    assert "[IAM306]" in text


def test_warnings_are_errors_when_strict(offline: Cli, tmp_path: Path) -> None:
    path = written(tmp_path)
    assert "IAM306" in offline("validate", path, "--strict", code=1).err
    assert len(said(offline, path, "--strict", code=1)) == len(SAID)


COMMENT = "# reconcile: ignore[{}] {}"


@pytest.mark.parametrize(
    ("line", "text", "silenced"),
    [
        (7, "      - service: s3  # reconcile: ignore[IAM306] the backup reads all", {9}),
        (9, "          - GetObject  # reconcile: ignore[IAM306, IAM201] the backup reads all", {9}),
        (10, "          - GetBucketLocation  # reconcile: ignore[IAM306] another line", set()),
        (5, "  # reconcile: ignore[IAM306] the whole policy\n  # and why\n  Backup:", {9}),
        (22, "    trust:  # reconcile: ignore[IAM402] a partner", {24}),
        (9, "          - GetObject  # reconcile: ignore[IAM302] another rule", set()),
        (9, "          - GetObject  # reconcile: ignore[IAM306]", set()),
        (9, "          - GetObject  # reconcile: ignore[IAM999] no such rule", set()),
    ],
)
def test_a_comment_with_a_reason_silences_what_it_stands_at(
    line: int, text: str, silenced: set[int], offline: Cli, tmp_path: Path
) -> None:
    lines = SPEC.split("\n")
    more = text.count("\n")
    lines[line - 1] = text
    found = [
        (file, at - (more if file == "spec.yaml" and at > line else 0), code)
        for file, at, code in places(said(offline, written(tmp_path, "\n".join(lines))))
    ]
    left = [one for one in SAID if one[0] != "spec.yaml" or one[1] not in silenced]
    assert sorted(one for one in found if one[2] != "IAM620") == sorted(left)
    # A comment that does nothing is noted, at its own line.
    assert [at for _, at, code in found if code == "IAM620"] == ([] if silenced else [line])


def test_what_looks_like_a_comment_inside_a_value_silences_nothing(offline: Cli, tmp_path: Path) -> None:
    hidden = "    description: |\n      # reconcile: ignore[IAM306] said in a text\n"
    path = written(tmp_path, SPEC.replace("  Backup:\n", f"  Backup:\n{hidden}"))
    assert ("spec.yaml", 11, "IAM306") in places(said(offline, path))
    quoted = SPEC.replace(
        "Action: s3:ListBucket", 'Action: s3:ListBucket\n          Sid: " # reconcile: ignore[IAM103] no"'
    )
    assert "IAM103" in str(
        said(
            offline,
            written(
                tmp_path,
                quoted.replace("Sid:", "Condition: {StringEquals: {'aws:userid':").replace('no"', 'no"}}'),
            ),
        )
    )


def test_a_comment_covers_a_list_at_the_depth_of_its_key(offline: Cli, tmp_path: Path) -> None:
    comment = "    # reconcile: ignore[IAM306, IAM201] the backup\n"
    text = (
        SPEC.replace("    allow:\n", f"{comment}    allow:\n")
        .replace(
            "      - service: s3\n        read:\n          - GetObject\n          - GetBucketLocation\n      "
            "  resources",
            "    - service: s3\n      read:\n      - GetObject\n      - GetBucketLocation\n      resources",
        )
        .replace("      - {actions", "    - {actions")
    )
    found = said(offline, written(tmp_path, text))
    assert sorted(code for file, _, code in places(found) if file == "spec.yaml") == ["IAM103", "IAM402"]


def test_comments_without_effect_are_told_beside_what_fails_when_strict(offline: Cli, tmp_path: Path) -> None:
    text = SPEC.replace("- GetObject", "- GetObject  # reconcile: ignore[iam306] in lower case")
    shown = offline("validate", written(tmp_path, text), "--strict", code=1).err
    assert "there is no rule iam306" in shown
    assert shown.rstrip().endswith("5 errors")


def test_an_entry_under_ignore_silences_a_rule_for_a_resource(offline: Cli, tmp_path: Path) -> None:
    top = (
        "ignore:\n  - {at: policy.Backup, rule: IAM306, reason: it reads all}\n  - {rule: IAM103, reason:"
        " kept}\n"
    )
    over = "  - {rule: IAM402, reason: for a while, until: 2020-01-01}\n"
    path = written(tmp_path, SPEC.replace("policies:\n", top + over + "policies:\n"))
    assert {code for _, _, code in places(said(offline, path))} == {"IAM201", "IAM402", "IAM306"}
    assert [name for name, _, code in places(said(offline, path)) if code == "IAM306"] == ["keys.json"]
    own = SPEC.replace("    inline:\n", "    ignore: [{rule: IAM306, reason: it opens all}]\n    inline:\n")
    assert ("keys.json", 5, "IAM306") not in places(said(offline, written(tmp_path, own)))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{rule: IAM999, reason: x}", 'there is no rule "IAM999"'),
        ("{rule: IAM306, facet: tags, reason: x}", "one of the two"),
        ("{reason: x}", "one of the two"),
        ("{rule: IAM306, match: x, reason: x}", "match goes with facet"),
        ("{rule: IAM306}", "reason"),
    ],
)
def test_an_entry_that_can_not_be_is_refused(entry: str, words: str, offline: Cli, tmp_path: Path) -> None:
    path = written(tmp_path, SPEC.replace("policies:\n", f"ignore: [{entry}]\npolicies:\n"))
    assert words in offline("validate", path, code=1).err


def test_sarif_has_the_rules_and_the_lines(offline: Cli, tmp_path: Path) -> None:
    path = written(tmp_path)
    report = json.loads(offline("validate", path, "--format", "sarif").out)
    jsonschema.validate(report, SARIF)
    run = report["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == [*RULES, "spec"]
    found = [
        (one["ruleId"], one["locations"][0]["physicalLocation"]["region"]["startLine"])
        for one in run["results"]
    ]
    assert sorted(found) == sorted((code, line) for _, line, code in SAID)
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    broken = written(
        tmp_path, SPEC.replace("ListBucket", "ListBucket*").replace("Effect: Allow", "Effect: Alow")
    )
    result = json.loads(offline("validate", broken, "--format", "sarif", code=1).out)["runs"][0]["results"]
    assert ("spec", "error") in {(one["ruleId"], one["level"]) for one in result}


def test_what_is_wrong_is_in_the_json_as_well(offline: Cli, tmp_path: Path) -> None:
    path = written(tmp_path, SPEC.replace("service: ec2", "service: ec2, subjct: x"))
    found = said(offline, path, code=1)
    assert [(one["code"], one["severity"], one["line"]) for one in found] == [(None, "error", 23)]


def test_a_plan_says_it_of_what_changes_only(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = written(tmp_path)
    codes = sorted(code for _, _, code in SAID)
    shown = cli("plan", path).err
    assert (
        sorted(line.rpartition("[")[2].rstrip("]") for line in shown.splitlines() if "[IAM" in line) == codes
    )
    cli("apply", path, "--yes", "--allow", "public", code=None)
    assert "[IAM" not in cli("plan", path).err
    path.write_text(SPEC.replace("arn:aws:s3:::b/*", "arn:aws:s3:::b/c"), encoding="utf-8")
    again = [line for line in cli("plan", path).err.splitlines() if "[IAM" in line]
    assert len(again) == 1
    assert "IAM103" in again[0]


def test_a_policy_that_only_limits_is_not_told_that_it_grants_too_much(offline: Cli, tmp_path: Path) -> None:
    wide = HEAD + 'policies:\n  Limit:\n    allow: [{actions: "s3:*", resources: "*"}]\n'
    role = "roles:\n  R:\n    trust: {service: ec2}\n    boundary: Limit\n"
    assert "IAM302" in offline("validate", written(tmp_path, wide)).err
    assert "IAM302" not in offline("validate", written(tmp_path, wide + role)).err
    assert "IAM302" in offline("validate", written(tmp_path, wide + role + "    attach: Limit\n")).err


def test_an_account_that_may_be_ones_own_is_said_to_be_that(offline: Cli, tmp_path: Path) -> None:
    trust = HEAD + 'roles:\n  R:\n    trust: {account: "210987654321"}\n'
    assert (
        "if it is this account, say account: in the spec [IAM402]"
        in offline("validate", written(tmp_path, trust)).err
    )
    for account, fires in (("123456789012", True), ("210987654321", False)):
        shown = offline("validate", written(tmp_path, trust), "--account", account).err
        assert ("IAM402" in shown, "say account:" in shown) == (fires, False)


def test_quotas_that_are_nearly_used_up(offline: Cli, tmp_path: Path) -> None:
    arns = ", ".join(f'"arn:aws:s3:::bucket-number-{n:03}/*"' for n in range(165))
    large = (
        HEAD + "policies:\n  P:\n    document: {Statement: [{Sid: One, Effect: Allow, Action: s3:PutObject,"
        f" Resource: [{arns}]}}]}}\n"
    )
    assert "its Sids would save 12 [IAM501]" in offline("validate", written(tmp_path, large)).err
    names = ", ".join(f"policy/P{n}" for n in range(10))
    full = HEAD + f"roles:\n  R:\n    trust: {{service: ec2}}\n    attach: [{names}]\n"
    assert "10 of 10 policies" in offline("validate", written(tmp_path, full), "--strict").err


def test_the_founding_spec_is_silent(offline: Cli) -> None:
    assert said(offline, ROOT / "specs" / "ecr.yaml", "--strict") == []
    kept = (ROOT / "specs" / "ecr.yaml").read_text(encoding="utf-8")
    assert kept.count("rule: IAM601") == 1


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
    assert code not in {one["code"] for one in said(offline, written(tmp_path, silent))}
    fired = [one for one in said(offline, written(tmp_path, silent.replace(old, new))) if one["code"] == code]
    assert fired
    assert {one["severity"] for one in fired} == {RULES[code].severity}


def test_every_rule_about_specs_has_a_case() -> None:
    assert {code.partition(" ")[0] for code in OF_SPEC} == OF_SPECS
