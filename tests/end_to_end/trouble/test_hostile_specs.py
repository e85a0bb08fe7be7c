"""Specs that were written to break the tool, or that are wrong in ways that are easy to miss."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import PATIENCE, RECONCILE, ROOT, Cli, Server
from tests.end_to_end.spec_files import MUCH, spec, usual_work


def test_arns_of_any_account_are_checked_against_the_right_one(offline: Cli, tmp_path: Path) -> None:
    text = "roles: {R: {trust: {service: ec2}, attach: 'arn:aws:iam::999999999999:policy/Foo'}}\n"
    offline("validate", spec(tmp_path, text))
    offline("validate", spec(tmp_path, "account: '999999999999'\n" + text), "--strict")
    assert (
        "can't be attached"
        in offline("validate", spec(tmp_path, "account: 111122223333\n" + text), code=1).err
    )
    done = subprocess.run(
        [RECONCILE, "sandbox", "--account", "999999999999", "--", "reconcile", "plan", spec(tmp_path, text)],
        cwd=ROOT,
        env=offline.environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert "there is no policy arn:aws:iam::999999999999:policy/Foo in AWS" in done.stdout


def test_variables_cannot_grow_without_bound(offline: Cli, tmp_path: Path) -> None:
    bomb = "variables:\n  v0: xxxxxxxxxx\n" + "".join(
        f"  v{n}: '${{var.v{n - 1}}}${{var.v{n - 1}}}'\n" for n in range(1, 40)
    )
    assert (
        "more than 150000 characters"
        in offline("validate", spec(tmp_path, bomb + "tags: {a: '${var.v39}'}\n"), code=1).err
    )
    chain = (
        "variables:\n" + "".join(f"  v{n}: '${{var.v{n - 1}}}'\n" for n in range(1999, 0, -1)) + "  v0: x\n"
    )
    assert "deep" in offline("validate", spec(tmp_path, chain + "tags: {a: '${var.v1999}'}\n"), code=1).err


def test_a_condition_that_any_in_account_adds_itself_is_refused(offline: Cli, tmp_path: Path) -> None:
    grant = (
        "{service: s3, read: GetObject, resources: any-in-account, condition: {StringEquals:"
        " {'AWS:resourceAccount': '999999999999'}}}"
    )
    errors = offline(
        "validate", spec(tmp_path, f"policies:\n  P:\n    allow:\n      - {grant}\n"), code=1
    ).err
    assert "spec.yaml:6:" in errors
    assert "itself" in errors


def test_wide_any_in_account_grants_are_quick(offline: Cli, tmp_path: Path) -> None:
    path = spec(
        tmp_path,
        "policies:\n  P:\n    allow:\n      - {service: ec2, tagging: CreateTags, resources:"
        " any-in-account}\n",
    )
    assert offline("validate", path, code=None).work < MUCH * usual_work()


def test_no_flood(offline: Cli, tmp_path: Path) -> None:
    roles = "roles:\n" + "".join(f"  r{n}:\n" for n in range(20_000))
    many_roles = offline("validate", spec(tmp_path, roles), code=1)
    assert len(many_roles.err.splitlines()) < 110
    many_actions = offline(
        "validate",
        spec(
            tmp_path,
            "policies: {P: {allow: [{service: ec2, actions: ["
            + ",".join(f"Descrbe{n}" for n in range(3000))
            + "], resources: '*'}]}}\n",
        ),
        code=1,
    )
    assert len(many_actions.err.splitlines()) < 110
    assert many_roles.work + many_actions.work < 2 * MUCH * usual_work()


@pytest.mark.parametrize("name", ["a\\0b", "x" * 5000, "loop.json"])
def test_odd_document_files(name: str, offline: Cli, tmp_path: Path) -> None:
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    errors = offline(
        "validate", spec(tmp_path, f'policies: {{P: {{document_file: "{name}"}}}}\n'), code=1
    ).err
    assert "spec.yaml:3:" in errors
    assert "internal error" not in errors


def test_forty_and_forty_tags_are_too_many(offline: Cli, tmp_path: Path) -> None:
    shared = "tags: {" + ",".join(f"s{n}: x" for n in range(40)) + "}\n"
    own = "roles: {R: {trust: {service: ec2}, tags: {" + ",".join(f"o{n}: x" for n in range(40)) + "}}}\n"
    assert "80 tags" in offline("validate", spec(tmp_path, shared + own), code=1).err


@pytest.mark.parametrize(
    "text",
    [
        "account: '１２３４５６７８９０１２'\n",
        "roles: {R: {trust: {account: '١٢٣٤٥٦٧٨٩٠١٢'}}}\n",
        "roles: {R: {trust: {service: ec2}, max_session_duration: ٣٦٠٠}}\n",
        "tags: {a: '\\ue000'}\n".replace("'", '"'),
    ],
)
def test_digits_are_ascii(text: str, offline: Cli, tmp_path: Path) -> None:
    assert "1 error" in offline("validate", spec(tmp_path, text), code=1).err


def test_errors_in_trusts_stand_where_they_were_written(offline: Cli, tmp_path: Path) -> None:
    text = (
        "roles:\n  R:\n    trust:\n      service: ec2\n      sid: a-b\n"
        "  S:\n    trust:\n      - service: ec2\n      - service: lambda\n        sid: c-d\n"
        "  T:\n    trust:\n      service: ec2\n      condition: {Nope: {a: b}}\n"
        "  U:\n    trust:\n      service: ec2\n      sids: x\n"
    )
    errors = offline("validate", spec(tmp_path, text), code=1).err
    for place in (
        "spec.yaml:7:12 roles.R.trust.sid",
        "spec.yaml:12:14 roles.S.trust[1].sid",
        "spec.yaml:16:19 roles.T.trust.condition.Nope",
        "spec.yaml:20:7 roles.U.trust.sids",
    ):
        assert place in errors, errors


def test_one_typo_hides_nothing_and_makes_no_other_error(offline: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "version: 1\nname: t/a\nnope: 1\npolicies:\n  P: {document: {Statement: {Effect: allow, Action:"
        " 's3:*', Resource: '*'}}}\n"
    )
    (tmp_path / "b.yaml").write_text(
        "version: 1\nname: t/b\nroles: {R: {trust: {service: ec2}, attach: P}}\n"
    )
    errors = offline("validate", tmp_path, code=1).err
    assert "unknown key" in errors
    assert "legacy parsing" in errors
    assert "2 errors" in errors


def test_ignores_that_would_do_nothing(offline: Cli, cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    role = "roles: {R: {trust: {service: ec2}, ignore: [{%s}]}}\n"
    assert (
        "did you mean attached?"
        in offline("validate", spec(tmp_path, role % "facet: attachd, reason: x"), code=1).err
    )
    assert "say why" in offline("validate", spec(tmp_path, role % "facet: tags, reason: ''"), code=1).err
    assert (
        "YYYY-MM-DD"
        in offline("validate", spec(tmp_path, role % "facet: tags, reason: x, until: 2031-W01-1"), code=1).err
    )
    path = spec(
        tmp_path,
        "roles: {R: {trust: {service: ec2}, instance_profile: true, ignore: [{facet: tags, reason: x}]}}\n",
    )
    cli("apply", path, "--yes")
    sandbox.iam().tag_instance_profile(InstanceProfileName="R", Tags=[{"Key": "a", "Value": "b"}])
    assert "instance-profile.R" in cli("drift", path, code=2).out


def test_json_documents_as_json_writes_them(offline: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(
        json.dumps(
            {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::\U0001f600"}}
        )
    )
    path = spec(tmp_path, "policies: {P: {document_file: p.json}}\nx-todo: {document_file: gone.json}\n")
    rendered = offline("render", path, "--format", "json").json
    assert rendered["policy.P"]["document"]["Statement"]["Resource"] == "arn:aws:s3:::\U0001f600"


def test_small_traps(offline: Cli, tmp_path: Path) -> None:
    for word in ("yes", "True", '""'):
        assert (
            "write true"
            in offline(
                "validate",
                spec(tmp_path, f"roles: {{R: {{trust: {{service: ec2}}, instance_profile: {word}}}}}\n"),
                code=1,
            ).err
        )
    assert "empty PATH" in offline("validate", "", code=1).err
    path = spec(tmp_path, "roles: {R: {trust: {service: ec2}}}\n")
    offline("validate", path, tmp_path / ".." / tmp_path.name / "spec.yaml")
