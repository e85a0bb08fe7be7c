"""Lint as users meet it.

Findings have a line, are silenced with a reason, fail with `--strict`, and stand in reports and in plans.
"""

import json
from pathlib import Path

import jsonschema
import pytest

from reconciler.policy.lint.rules import RULES
from tests.conftest import ROOT, Cli, Server
from tests.end_to_end.drift.sarif import SARIF
from tests.policy.lint.specs import HEAD, SAID, SPEC, lint_findings, places, written


def test_each_finding_stands_at_its_line(offline: Cli, tmp_path: Path) -> None:
    path = written(tmp_path)
    findings = lint_findings(offline, path)
    assert sorted(places(findings)) == sorted(SAID)
    first = next(finding for finding in findings if finding["line"] == 9)
    assert (first["severity"], first["path"]) == ("warning", "policies.Backup.allow[0].read[0]")
    assert first["documentation"] == "docs/lint.md#iam306"
    text = offline("validate", path).err
    assert f"{path}:9:13 policies.Backup.allow[0].read[0]: warning: s3:GetObject on" in text
    assert "[IAM306]" in text


def test_warnings_are_errors_when_strict(offline: Cli, tmp_path: Path) -> None:
    path = written(tmp_path)
    assert "IAM306" in offline("validate", path, "--strict", code=1).err
    assert len(lint_findings(offline, path, "--strict", code=1)) == len(SAID)


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
    placed = [
        (file, at - (more if file == "spec.yaml" and at > line else 0), code)
        for file, at, code in places(lint_findings(offline, written(tmp_path, "\n".join(lines))))
    ]
    left = [place for place in SAID if place[0] != "spec.yaml" or place[1] not in silenced]
    assert sorted(place for place in placed if place[2] != "IAM620") == sorted(left)
    # A comment that does nothing is noted, at its own line.
    assert [at for _, at, code in placed if code == "IAM620"] == ([] if silenced else [line])


def test_what_looks_like_a_comment_inside_a_value_silences_nothing(offline: Cli, tmp_path: Path) -> None:
    hidden = "    description: |\n      # reconcile: ignore[IAM306] said in a text\n"
    path = written(tmp_path, SPEC.replace("  Backup:\n", f"  Backup:\n{hidden}"))
    assert ("spec.yaml", 11, "IAM306") in places(lint_findings(offline, path))
    quoted = SPEC.replace(
        "Action: s3:ListBucket", 'Action: s3:ListBucket\n          Sid: " # reconcile: ignore[IAM103] no"'
    )
    assert "IAM103" in str(
        lint_findings(
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
    findings = lint_findings(offline, written(tmp_path, text))
    assert sorted(code for file, _, code in places(findings) if file == "spec.yaml") == ["IAM103", "IAM402"]


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
    assert {code for _, _, code in places(lint_findings(offline, path))} == {"IAM201", "IAM402", "IAM306"}
    assert [name for name, _, code in places(lint_findings(offline, path)) if code == "IAM306"] == [
        "keys.json"
    ]
    own = SPEC.replace("    inline:\n", "    ignore: [{rule: IAM306, reason: it opens all}]\n    inline:\n")
    assert ("keys.json", 5, "IAM306") not in places(lint_findings(offline, written(tmp_path, own)))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{rule: IAM999, reason: x}", 'there is no rule "IAM999"'),
        ("{rule: IAM306, facet: tags, reason: x}", "one of the two"),
        ("{reason: x}", "one of the two"),
        ("{rule: IAM306, match: x, reason: x}", "match needs facet"),
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
    placed = [
        (result["ruleId"], result["locations"][0]["physicalLocation"]["region"]["startLine"])
        for result in run["results"]
    ]
    assert sorted(placed) == sorted((code, line) for _, line, code in SAID)
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    broken = written(
        tmp_path, SPEC.replace("ListBucket", "ListBucket*").replace("Effect: Allow", "Effect: Alow")
    )
    results = json.loads(offline("validate", broken, "--format", "sarif", code=1).out)["runs"][0]["results"]
    assert ("spec", "error") in {(result["ruleId"], result["level"]) for result in results}


def test_what_is_wrong_is_in_the_json_as_well(offline: Cli, tmp_path: Path) -> None:
    path = written(tmp_path, SPEC.replace("service: ec2", "service: ec2, subjct: x"))
    findings = lint_findings(offline, path, code=1)
    assert [(finding["code"], finding["severity"], finding["line"]) for finding in findings] == [
        (None, "error", 23)
    ]


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
    assert lint_findings(offline, ROOT / "specs" / "ecr.yaml", "--strict") == []
    kept = (ROOT / "specs" / "ecr.yaml").read_text(encoding="utf-8")
    assert kept.count("rule: IAM601") == 1
