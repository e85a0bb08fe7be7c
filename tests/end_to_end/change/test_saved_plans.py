"""`plan --out` and `apply FILE`: what was looked at is what is done, or nothing is."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ACCOUNT, Cli, Server

SPEC = "specs/ecr.yaml"
READ = f"arn:aws:iam::{ACCOUNT}:policy/ReadECRRepositoryContent"
ANYONE = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},'
    '"Action":"sts:AssumeRole"}}'
)
POLICY = (
    "version: 1\nname: a/b\nvariables: {bucket: b}\npolicies: {P: {allow: [{service: s3, read: GetObject,"
    " resources: '${var.bucket}/*'}]}}\n"
)


def test_a_saved_plan_is_carried_out_without_a_question(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    saved = tmp_path / "ecr.plan.json"
    planned = cli("plan", SPEC, "--out", saved, "--format", "json").json
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert sandbox.writes() == []
    cli("apply", saved)
    sent = [(entry["operation"], entry["params"]) for entry in sandbox.writes()]
    wanted = [(call["operation"], call["params"]) for call in planned["calls"]]
    assert sorted(json.dumps(call, sort_keys=True) for call in sent) == sorted(
        json.dumps(call, sort_keys=True) for call in wanted
    )
    assert "nothing to change" in cli("plan", SPEC).out


def test_it_is_refused_when_the_world_has_moved(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    saved = tmp_path / "ecr.plan.json"
    cli("plan", SPEC, "--out", saved)
    cli("apply", SPEC, "--yes", "--only", "policy.ReadECRRepositoryContent")
    sandbox.iam().tag_policy(PolicyArn=READ, Tags=[{"Key": "team", "Value": "others"}])
    written = len(sandbox.writes())
    ran = cli("apply", saved, code=1)
    assert "what would be done now is not what was saved" in ran.err
    assert "\n  - CreatePolicy {" in ran.err
    assert "\n  + TagPolicy {" in ran.err
    assert '"PolicyName":"ReadECRRepositoryContent"' in ran.err
    assert "WriteECRRepositoryContent" not in ran.err.partition("nothing is changed:")[2]
    assert len(sandbox.writes()) == written


def test_what_is_done_already_is_left_out(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    saved = tmp_path / "ecr.plan.json"
    cli("plan", SPEC, "--out", saved)
    cli("apply", SPEC, "--yes", "--only", "policy.ReadECRRepositoryContent")
    assert "1 of 7 saved calls done already" in cli("apply", saved).err
    operations = sorted(entry["operation"] for entry in sandbox.writes())
    assert operations == sorted(call["operation"] for call in json.loads(saved.read_text())["calls"])
    for _ in range(2):
        ran = cli("apply", saved)
        assert ran.out.endswith("already done: nothing is left to do of this plan\n")
    assert cli("apply", saved, "--format", "json").json["verdict"] == "already done"
    assert len(sandbox.writes()) == len(operations)


def test_what_no_spec_asks_for_any_more_was_not_done(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    spec, saved = tmp_path / "s.yaml", tmp_path / "s.json"
    spec.write_text(POLICY)
    cli("plan", spec, "--out", saved)
    spec.write_text("version: 1\nname: a/b\n")
    ran = cli("apply", saved, code=1)
    assert "the specs no longer describe what was planned, so nothing is changed" in ran.err
    assert sandbox.writes() == []


def test_a_finding_of_another_account_is_not_done(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    saved = tmp_path / "finding.json"
    cli("apply", SPEC, "--yes")
    sandbox.iam().untag_policy(PolicyArn=READ, TagKeys=["team"])
    (finding,) = cli("drift", SPEC, "--format", "json", code=2).json["findings"]
    cli("plan", SPEC, "--finding", finding["id"], "--out", saved)
    cli("apply", SPEC, "--yes")
    saved.write_text(saved.read_text().replace(f'"account": "{ACCOUNT}"', '"account": "111122223333"'))
    assert "is for account 111122223333" in cli("apply", saved, code=1).err


def test_a_finding_that_is_mended_is_already_done(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    saved = tmp_path / "finding.json"
    cli("apply", SPEC, "--yes")
    sandbox.iam().untag_policy(PolicyArn=READ, TagKeys=["team"])
    (finding,) = cli("drift", SPEC, "--format", "json", code=2).json["findings"]
    cli("plan", SPEC, "--finding", finding["id"], "--out", saved)
    cli("apply", saved)
    assert "already done" in cli("apply", saved).out


def test_and_when_the_specs_have_moved(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    spec, saved = tmp_path / "s.yaml", tmp_path / "s.json"
    spec.write_text(POLICY)
    cli("plan", spec, "--out", saved, "--var", "bucket=one")
    spec.write_text(POLICY.replace("GetObject", "GetObjectTagging"))
    ran = cli("apply", saved, code=1)
    assert ("s3:GetObject\\" in ran.err, "s3:GetObjectTagging" in ran.err) == (True, True)
    spec.write_text(POLICY)
    cli("apply", saved)
    assert "arn:aws:s3:::one/*" in json.dumps(sandbox.writes()[0]["params"])


def test_consent_goes_with_the_plan(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    sandbox.iam().create_policy(
        PolicyName="P",
        PolicyDocument=(
            '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'
        ),
    )
    spec, saved = tmp_path / "s.yaml", tmp_path / "s.json"
    spec.write_text(POLICY)
    assert "--adopt" in cli("plan", spec, "--out", saved, code=1).err
    assert not saved.exists()
    cli("plan", spec, "--out", saved, "--adopt")
    cli("apply", saved)


def test_of_another_account_it_is_refused(cli: Cli, tmp_path: Path) -> None:
    saved = tmp_path / "ecr.plan.json"
    cli("plan", SPEC, "--out", saved)
    plan = json.loads(saved.read_text())
    saved.write_text(json.dumps({**plan, "account": "111122223333"}))
    assert "is for account 111122223333" in cli("apply", saved, code=1).err


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ("", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[]", "is no saved plan"),
        ("{}", "is no saved plan"),
        ({"kind": "reconcile plan", "format": 2}, "of format 2"),
        ({"kind": "reconcile plan", "format": 1}, "changed by hand"),
        (
            {"consent": {"adopt": True, "take_over": False, "force": False, "allow": ["everything"]}},
            "changed by hand",
        ),
        ({"paths": "specs"}, "changed by hand"),
        ({"variables": []}, "changed by hand"),
        ({"calls": [1]}, "changed by hand"),
        ({"calls": [{"operation": "\x1b[31m", "params": {}}]}, "is not what was saved"),
    ],
)
def test_what_is_no_saved_plan_is_said(
    changed: Any, says: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    saved = tmp_path / "ecr.plan.json"
    if isinstance(changed, str):
        saved.write_text(changed)
    else:
        cli("plan", SPEC, "--out", saved)
        plan = {} if "kind" in changed else json.loads(saved.read_text())
        saved.write_text(json.dumps({**plan, **changed}))
    ran = cli("apply", saved, code=1)
    assert says in ran.err
    assert "\x1b" not in ran.err
    assert sandbox.writes() == []


def test_it_stands_alone_and_is_written_whole_or_not_at_all(cli: Cli, tmp_path: Path) -> None:
    assert "stands alone" in cli("apply", "a.plan.json", SPEC, code=1).err
    assert "stands alone" in cli("apply", "a.plan.json", "--adopt", code=1).err
    assert "can't be read" in cli("apply", tmp_path / "none.json", code=1).err
    assert "can't be saved" in cli("plan", SPEC, "--out", tmp_path / "none" / "plan.json", code=1).err
    assert [path for path in tmp_path.iterdir() if "plan" in path.name] == []


def test_it_is_applied_from_any_folder(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """Here, as far from the file as it was, or where it was made."""
    made_in, elsewhere, checkout = (tmp_path / name for name in ("first", "elsewhere", "checkout"))
    for folder in (made_in, elsewhere, checkout):
        folder.mkdir()
    (made_in / "specs").mkdir()
    (made_in / "specs" / "s.yaml").write_text(POLICY)
    (made_in / "out").mkdir()
    saved = made_in / "out" / "p.json"
    cli("plan", "specs/s.yaml", "--out", "out/p.json", cwd=made_in)
    ran = cli("apply", saved, "--journal", "j.jsonl", cwd=elsewhere)
    assert f"the specs of this plan are in {made_in}" in ran.err
    assert (elsewhere / "j.jsonl").exists()
    # Another checkout, as in the next job of a pipeline.
    made_in.rename(checkout / "repository")
    assert "already done" in cli("apply", checkout / "repository" / "out" / "p.json", cwd=elsewhere).out
    moved = elsewhere / "p.json"
    moved.write_bytes((checkout / "repository" / "out" / "p.json").read_bytes())
    assert "already done" in cli("apply", moved, cwd=checkout / "repository").out
    ran = cli("apply", moved, cwd=elsewhere, code=1)
    assert f"are not here: specs/s.yaml in {made_in}" in ran.err


def test_of_two_folders_the_one_counts_whose_specs_were_planned(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder, action in ((here, "GetObjectTagging"), (there, "GetObject")):
        folder.mkdir()
        (folder / "s.yaml").write_text(POLICY.replace("GetObject", action))
    cli("plan", "s.yaml", "--out", "p.json", cwd=there)
    cli("apply", there / "p.json", cwd=here)
    assert '"s3:GetObject"' in sandbox.writes()[0]["params"]["PolicyDocument"]


def test_a_version_that_an_interrupted_run_left_is_made_the_default(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    spec, saved = tmp_path / "s.yaml", tmp_path / "s.json"
    spec.write_text(POLICY)
    cli("apply", spec, "--yes")
    spec.write_text(POLICY.replace("GetObject", "GetObjectTagging"))
    cli("plan", spec, "--out", saved)
    (document,) = [
        call["params"]["PolicyDocument"]
        for call in json.loads(saved.read_text())["calls"]
        if call["operation"] == "CreatePolicyVersion"
    ]
    arn = f"arn:aws:iam::{ACCOUNT}:policy/P"
    sandbox.iam().create_policy_version(PolicyArn=arn, PolicyDocument=document)
    cli("apply", saved)
    assert sandbox.iam().get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
    assert "already done" in cli("apply", saved).out
