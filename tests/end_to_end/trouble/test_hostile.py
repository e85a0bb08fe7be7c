"""What a hostile review found once, and must not be found again."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ACCOUNT, RECONCILE, ROOT, Cli, Server

HEAD = "version: 1\nname: t/hostile\n"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
OWN = [{"Key": "reconciler:spec", "Value": "t/hostile"}]


def spec(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def refusals(cli: Cli, path: Path, *args: str) -> list[str | None]:
    return [r["consent"] for r in cli("plan", path, "--format", "json", *args, code=None).json["refusals"]]


def order(planned: Any) -> list[tuple[str, list[str]]]:
    names = {c["id"]: c["operation"] for c in planned["calls"]}
    return [(c["operation"], [names[n] for n in c["needs"]]) for c in planned["calls"]]


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
        timeout=60,
        check=False,
    )
    assert "there is no policy arn:aws:iam::999999999999:policy/Foo in AWS" in done.stdout


def test_an_ignored_tag_value_is_left_alone(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    sandbox.iam().create_role(
        RoleName="R",
        AssumeRolePolicyDocument=TRUST,
        Tags=[*OWN, {"Key": "Env", "Value": "prod"}, {"Key": "x", "Value": "1"}],
    )
    path = spec(
        tmp_path,
        "roles: {R: {trust: {service: ec2}, tags: {Env: dev}, ignore: [{facet: tags, match: 'Env=prod',"
        " reason: console}]}}\n",
    )
    assert "left alone (console)" in cli("plan", path).out
    cli("apply", path, "--yes")
    tags = {t["Key"]: t["Value"] for t in sandbox.iam().get_role(RoleName="R")["Role"]["Tags"]}
    assert tags["Env"] == "prod"
    assert "x" not in tags
    assert cli("plan", path, "--format", "json").json["calls"] == []


def test_access_goes_only_after_its_replacement_is_there(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    iam = sandbox.iam()
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=TRUST, Tags=OWN)
    iam.attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    inline = "{Rd: {document: {Statement: {Effect: Allow, Action: 's3:Get*', Resource: '*'}}}}"
    planned = cli(
        "plan",
        spec(tmp_path, f"roles: {{R: {{trust: {{service: ec2}}, inline: {inline}}}}}\n"),
        "--format",
        "json",
    ).json
    assert order(planned)[:2] == [("PutRolePolicy", []), ("DetachRolePolicy", ["PutRolePolicy"])]


def test_denies_are_in_force_before_what_they_limit(cli: Cli, tmp_path: Path) -> None:
    text = (
        "policies: {Big: {document: {Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}}}\nroles: {R:"
        " {trust: {service: ec2}, attach: Big, inline: {No: {deny: [{service: s3, actions: 'Delete*'}]}}}}\n"
    )
    planned = cli("plan", spec(tmp_path, text), "--format", "json").json
    assert dict(order(planned))["AttachRolePolicy"] == ["CreatePolicy", "CreateRole", "PutRolePolicy"]


def test_a_tampered_policy_is_repaired_before_it_is_attached(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = spec(
        tmp_path,
        "policies: {P: {document: {Statement: {Effect: Allow, Action: 's3:Get*', Resource: '*'}}}}\nroles:"
        " {R: {trust: {service: ec2}, attach: P}}\n",
    )
    cli("apply", path, "--yes")
    arn = f"arn:aws:iam::{ACCOUNT}:policy/P"
    sandbox.iam().detach_role_policy(RoleName="R", PolicyArn=arn)
    admin = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    sandbox.iam().create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(admin), SetAsDefault=True)
    planned = cli("plan", path, "--format", "json").json
    assert order(planned) == [
        ("SetDefaultPolicyVersion", []),
        ("AttachRolePolicy", ["SetDefaultPolicyVersion"]),
    ]


OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("statement", "public"),
    [
        ({"Principal": {"Federated": OIDC}, "Action": "sts:AssumeRoleWithWebIdentity"}, True),
        (
            {
                "Principal": {"Federated": OIDC},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "x"}},
            },
            True,
        ),
        (
            {
                "Principal": {"Federated": OIDC},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:a/b:*"}},
            },
            False,
        ),
        (
            {
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringLike": {"aws:PrincipalArn": "*"}},
            },
            True,
        ),
        ({"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {}}}, True),
        (
            {
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
            },
            True,
        ),
        (
            {
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
            },
            False,
        ),
    ],
)
def test_public_trusts_are_refused(statement: dict[str, Any], public: bool, cli: Cli, tmp_path: Path) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    path = spec(tmp_path, f"roles: {{R: {{trust_document: {json.dumps(document)}}}}}\n")
    assert refusals(cli, path) == (["--allow public"] if public else [])
    assert refusals(cli, path, "--allow", "public") == []


@pytest.mark.parametrize(
    ("statement", "admin"),
    [
        ({"Action": "*", "Resource": "arn:aws:*:*:*:*"}, True),
        ({"Action": "*", "Resource": "arn:*:*:*:*:*"}, True),
        ({"Action": "*:?*", "Resource": "*"}, True),
        ({"NotAction": "foo:Bar", "Resource": "*"}, True),
        ({"NotAction": ["iam:*", "organizations:*"], "Resource": "*"}, False),
        ({"Action": "*", "NotResource": "arn:aws:s3:::nonexistent"}, True),
        ({"Action": "s3:*", "Resource": "*"}, False),
        ({"Action": "*", "Resource": "arn:aws:s3:::b"}, False),
    ],
)
def test_admin_grants_are_refused(statement: dict[str, Any], admin: bool, cli: Cli, tmp_path: Path) -> None:
    document = {"Statement": [{"Effect": "Allow", **statement}]}
    path = spec(tmp_path, f"policies: {{P: {{document: {json.dumps(document)}}}}}\n")
    assert refusals(cli, path) == (["--allow admin"] if admin else [])


def test_losing_the_condition_of_an_admin_grant_is_refused(cli: Cli, tmp_path: Path) -> None:
    text = "policies: {P: {document: {Statement: {Effect: Allow, Action: '*', Resource: '*'%s}}}}\n"
    path = spec(tmp_path, text % ", Condition: {Bool: {aws:MultiFactorAuthPresent: true}}")
    cli("apply", path, "--yes", "--allow", "admin")
    assert refusals(cli, spec(tmp_path, text % "")) == ["--allow admin"]


def test_only_does_not_make_a_grant_a_boundary(cli: Cli, tmp_path: Path) -> None:
    text = (
        "policies: {Adm: {document: {Statement: {Effect: Allow, Action: '*', Resource: '*'}}}}\nroles:\n "
        " User: {trust: {service: ec2}, attach: Adm}\n  Lim: {trust: {service: ec2}, boundary: Adm}\n"
    )
    path = spec(tmp_path, text)
    assert refusals(cli, path, "--only", "policy.Adm", "--only", "role.Lim") == ["--allow admin"]
    script = cli("plan", path, "--format", "cli").out
    assert script.index("exit 1") < script.index("aws iam")


def test_ownership_none_respects_other_tools_and_takes_its_marks_away(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    text = "roles: {R: {trust: {service: ec2}}}\n"
    sandbox.iam().create_role(
        RoleName="R", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "crossplane-name", "Value": "z"}]
    )
    assert refusals(cli, spec(tmp_path, "ownership: none\n" + text)) == ["--take-over"]
    sandbox.iam().delete_role(RoleName="R")
    cli("apply", spec(tmp_path, text), "--yes")
    none = spec(tmp_path, "ownership: none\n" + text)
    cli("apply", none, "--yes")
    assert sandbox.iam().get_role(RoleName="R")["Role"].get("Tags", []) == []
    cli("verify", none)


def test_emptying_many_roles_at_once_needs_force(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    inline = (
        "{trust: {service: ec2}, inline: {I: {document: {Statement: {Effect: Allow, Action: 's3:*', Resource:"
        " '*'}}}}}"
    )
    cli("apply", spec(tmp_path, "roles:\n" + "".join(f"  R{n}: {inline}\n" for n in range(5))), "--yes")
    empty = spec(tmp_path, "roles:\n" + "".join(f"  R{n}: {{trust: {{service: ec2}}}}\n" for n in range(5)))
    assert refusals(cli, empty) == ["--force"]
    assert refusals(cli, empty, "--force") == []


def test_only_says_what_the_rest_would_have_made(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = spec(
        tmp_path, "roles:\n  A: {trust: {role: B}, instance_profile: true}\n  B: {trust: {service: ec2}}\n"
    )
    assert (
        "there is no role A, and this plan makes none"
        in cli("plan", path, "--only", "instance-profile.A", code=1).out
    )
    assert "there is no such role" in cli("plan", path, "--only", "role.A", code=1).out
    cli("apply", path, "--yes")


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
    said = offline("validate", spec(tmp_path, f"policies:\n  P:\n    allow:\n      - {grant}\n"), code=1).err
    assert "spec.yaml:6:" in said
    assert "itself" in said


def test_apply_goes_on_when_nobody_listens(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = spec(
        tmp_path,
        "roles:\n"
        + "".join(
            f"  R{n}: {{trust: {{service: ec2}}, tags: {{a: b}}, attach: aws:ReadOnlyAccess}}\n"
            for n in range(6)
        ),
    )
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [RECONCILE, "apply", path, "--yes"],
        env=cli.environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=write,
        timeout=60,
        check=False,
    )
    os.close(write)
    assert done.returncode == 0
    assert len(sandbox.writes()) == 12


def test_ctrl_c_while_reading_ends_at_once(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    import signal

    path = spec(tmp_path, "roles:\n" + "".join(f"  R{n}: {{trust: {{service: ec2}}}}\n" for n in range(60)))
    asked = "GetAccountAuthorizationDetails"
    sandbox.control("fail", operation=asked, code="Throttling", status=400)
    # A run in the background ignores Ctrl-C, and hands that down.
    listening = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1],"
        " sys.argv[1:])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", listening, RECONCILE, "plan", path],
        env=cli.environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not any(entry["operation"] == asked for entry in sandbox.log()):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=15)
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_a_permanent_refusal_is_not_waited_for(cli: Cli, tmp_path: Path, sandbox: Server) -> None:
    sandbox.control("fail", operation="PutRolePolicy", code="MalformedPolicyDocument", status=400)
    path = spec(
        tmp_path,
        "roles: {R: {trust: {service: ec2}, inline: {I: {document: {Statement: {Effect: Allow, Action:"
        " 's3:*', Resource: '*'}}}}}}\n",
    )
    cli("apply", path, "--yes", code=1)
    assert [e["operation"] for e in sandbox.writes()] == ["CreateRole", "PutRolePolicy"]


def test_a_pruned_version_is_kept_in_the_journal(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    text = "policies: {P: {document: {Statement: {Effect: Allow, Action: 's3:X%d', Resource: '*'}}}}\n"
    for number in range(6):
        cli("apply", spec(tmp_path, text % number), "--yes", "--journal", tmp_path / f"{number}.jsonl")
    assert "s3:X0" in (tmp_path / "5.jsonl").read_text()


def test_wide_any_in_account_grants_are_quick(offline: Cli, tmp_path: Path) -> None:
    path = spec(
        tmp_path,
        "policies:\n  P:\n    allow:\n      - {service: ec2, tagging: CreateTags, resources:"
        " any-in-account}\n",
    )
    began = time.monotonic()
    offline("validate", path, code=None)
    assert time.monotonic() - began < 10


def test_no_flood(offline: Cli, tmp_path: Path) -> None:
    began = time.monotonic()
    said = offline(
        "validate", spec(tmp_path, "roles:\n" + "".join(f"  r{n}:\n" for n in range(20_000))), code=1
    ).err
    assert len(said.splitlines()) < 110
    said = offline(
        "validate",
        spec(
            tmp_path,
            "policies: {P: {allow: [{service: ec2, actions: ["
            + ",".join(f"Descrbe{n}" for n in range(3000))
            + "], resources: '*'}]}}\n",
        ),
        code=1,
    ).err
    assert len(said.splitlines()) < 110
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("name", ["a\\0b", "x" * 5000, "loop.json"])
def test_odd_document_files(name: str, offline: Cli, tmp_path: Path) -> None:
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    said = offline("validate", spec(tmp_path, f'policies: {{P: {{document_file: "{name}"}}}}\n'), code=1).err
    assert "spec.yaml:3:" in said
    assert "internal error" not in said


def test_closed_and_full_streams(cli: Cli, tmp_path: Path) -> None:
    run = f"{RECONCILE} render specs/ecr.yaml"
    for command in (
        f"{run} >&-",
        f"{run} >/dev/full",
        f"{RECONCILE} apply specs/ecr.yaml <&-",
        f"{RECONCILE} apply specs/ecr.yaml --yes --journal /dev/full",
    ):
        done = subprocess.run(
            ["sh", "-c", command],
            env=cli.environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert "internal error" not in done.stderr
        assert "error:" in done.stderr
    assert "no path" in cli("validate", "x" * 5000, code=1).err


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
    said = offline("validate", spec(tmp_path, text), code=1).err
    for place in (
        "spec.yaml:7:12 roles.R.trust.sid",
        "spec.yaml:12:14 roles.S.trust[1].sid",
        "spec.yaml:16:19 roles.T.trust.condition.Nope",
        "spec.yaml:20:7 roles.U.trust.sids",
    ):
        assert place in said, said


def test_one_typo_hides_nothing_and_makes_no_other_error(offline: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "version: 1\nname: t/a\nnope: 1\npolicies:\n  P: {document: {Statement: {Effect: allow, Action:"
        " 's3:*', Resource: '*'}}}\n"
    )
    (tmp_path / "b.yaml").write_text(
        "version: 1\nname: t/b\nroles: {R: {trust: {service: ec2}, attach: P}}\n"
    )
    said = offline("validate", tmp_path, code=1).err
    assert "unknown key" in said
    assert "legacy parsing" in said
    assert "2 errors" in said


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


def test_no_password_of_a_url_and_no_raw_character_in_json(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    url = sandbox.url.replace("http://", "http://me:s3cr3t@")
    assert "s3cr3t" not in cli("plan", "specs/ecr.yaml", "--endpoint-url", url, code=None).out
    document = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
    sandbox.iam().create_policy(PolicyName="P", Description="a\x9b31m\u202e\x7f", PolicyDocument=document)
    path = spec(
        tmp_path, "policies: {P: {document: {Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}}}\n"
    )
    out = cli("plan", path, "--format", "json").out
    assert not {"\x9b", "\u202e", "\x7f"} & set(out)
    # The sandbox garbles what is outside Latin-1, as IAM does.
    assert json.loads(out)["changes"][0]["noted"][0]["before"] == "a\x9b31m?\x7f"


def test_json_documents_as_json_writes_them(offline: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(
        json.dumps(
            {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::\U0001f600"}}
        )
    )
    path = spec(tmp_path, "policies: {P: {document_file: p.json}}\nx-todo: {document_file: gone.json}\n")
    made = offline("render", path, "--format", "json").json
    assert made["policy.P"]["document"]["Statement"]["Resource"] == "arn:aws:s3:::\U0001f600"


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
