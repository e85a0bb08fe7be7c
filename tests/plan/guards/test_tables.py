"""Every known way to administrator access, and every open trust, is refused or noted.

Everyday policies are not. Each attempt is tried as a plan that writes it, as a plan of one policy of two, and
as a change made by hand.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ACCOUNT, Cli, Server
from tests.plan.guards.entries import HARMLESS, OF_EC2, document, role, spec, table, trust

IDENTITY, TRUSTS, ORDINARY = table("identity"), table("trusts"), table("ordinary")
REFUSED = {name: entry for name, entry in IDENTITY.items() if not entry.get("told")}
TOLD = {name: entry for name, entry in IDENTITY.items() if entry.get("told")}


def test_the_tables_are_as_large_as_they_must_be() -> None:
    assert len(IDENTITY) + len(TRUSTS) >= 150
    assert len(ORDINARY) >= 120


def roles_of(
    entries: dict[str, dict[str, Any]], *, before: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The roles and the policies of entries, or what is there before them."""
    roles: dict[str, Any] = {}
    policies: dict[str, Any] = {}
    for name, entry in entries.items():
        held = HARMLESS if before else entry["do"]
        limit: dict[str, Any] = {"tags": entry["tags"]} if "tags" in entry else {}
        if "within" in entry:
            limit |= {
                "boundary": f"B{name}",
                "acknowledge": [{"what": "admin", "reason": "within its boundary"}],
            }
            # Within: the limit gives way, what it holds back is there already.
            held = entry["do"]
            policies[f"B{name}"] = {"document": document(HARMLESS if before else entry["within"], name)}
        roles[name] = role(held, name, **limit)
    return roles, policies


def refused(cli: Cli, path: Path, *more: str) -> dict[str, set[str]]:
    """The consents that a plan asks for, by the name of the role."""
    plan = cli("plan", path, *more, "--format", "json").json
    asked: dict[str, set[str]] = {}
    for refusal in plan["refusals"]:
        name = refusal["address"].partition(".")[2].removeprefix("B").removeprefix("P")
        asked.setdefault(name, set()).add(refusal["consent"])
    return asked


def missing(entries: dict[str, dict[str, Any]], names: Any) -> list[str]:
    return [f"{name}: {entries[name]['why']}" for name in entries if name not in names]


def test_by_plan(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(spec(*roles_of(IDENTITY)))
    asked = refused(cli, path)
    assert missing(REFUSED, asked) == []
    assert not TOLD.keys() & asked.keys()
    wanted = {consent for consents in asked.values() for consent in consents}
    assert wanted <= {"--allow escalation", "--allow admin"}
    ran = cli("apply", path, "--yes", code=1)
    assert all(consent in ran.err for consent in wanted)
    assert sandbox.writes() == []


def test_what_hangs_on_what_already_runs_is_told(cli: Cli, tmp_path: Path) -> None:
    """By lint at its place; where only two policies together come to it, by a note."""
    path = tmp_path / "s.yaml"
    path.write_text(spec(*roles_of(TOLD)))
    for command in ("validate", "plan"):
        lines = cli(command, path).err.splitlines()
        warned = {
            line.split("roles.")[1].partition(".")[0]
            for line in lines
            if "IAM304" in line or "IAM305" in line
        }
        assert missing(TOLD, warned) == []
    two = {
        "One": {"document": document([["allow", "cloudformation:CreateChangeSet", "*"]])},
        "Two": {"document": document([["allow", "cloudformation:ExecuteChangeSet", "*"]])},
    }
    path.write_text(spec({"R": {"trust_document": OF_EC2, "attach": ["policy/One", "policy/Two"]}}, two))
    plan = cli("plan", path, "--format", "json").json
    assert plan["refusals"] == []
    (notes,) = [change["notes"] for change in plan["changes"] if change["address"] == "role.R"]
    assert (
        "lead as far as the roles of what already runs: changes any stack that has a role by a change set"
        in notes[0]
    )
    assert "IAM305" not in cli("plan", path).err


def test_by_a_boundary_that_changes(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    bounded = {
        name: entry for name, entry in REFUSED.items() if "within" in entry and entry["do"][0][1] == "*"
    }
    path = tmp_path / "s.yaml"
    path.write_text(spec(*roles_of(bounded, before=True)))
    cli("apply", path, "--yes")
    written = len(sandbox.writes())
    path.write_text(spec(*roles_of(bounded)))
    assert missing(bounded, refused(cli, path)) == []
    only = refused(cli, path, "--only", "policy.*")
    assert missing(bounded, only) == []
    cli("apply", path, "--yes", "--only", "policy.*", code=1)
    assert len(sandbox.writes()) == written


def halves(entry: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """PassRole, and all the rest."""
    passing, others = [], []
    for effect, actions, *rest in entry["do"]:
        listed = actions if isinstance(actions, list) else [actions]
        own = [a for a in listed if a.startswith("iam:Pass")]
        left = [a for a in listed if a not in own]
        passing += [[effect, own, *rest]] if own else []
        others += [[effect, left, *rest]] if left else []
    return passing, others


HANDING = {
    name: entry
    for name, entry in REFUSED.items()
    if "within" not in entry and all(halves(entry)) and entry["do"][0][0] == "allow"
}


@pytest.mark.parametrize("how", ["only", "two specs", "outside"])
def test_with_the_other_half_elsewhere(how: str, cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """The role holds both halves; one of them comes by a policy that is planned alone."""
    assert len(HANDING) >= 25
    path, other = tmp_path / "s.yaml", tmp_path / "other" / "t.yaml"
    other.parent.mkdir()
    first = {f"Q{name}": {"document": document(halves(entry)[1], name)} for name, entry in HANDING.items()}
    before = {f"P{name}": {"document": document(HARMLESS)} for name in HANDING}
    after = {f"P{name}": {"document": document(halves(entry)[0], name)} for name, entry in HANDING.items()}
    held = {
        name: {"trust_document": OF_EC2, "attach": [f"policy/P{name}", f"policy/Q{name}"]} for name in HANDING
    }
    path.write_text(spec({}, before | first) if how != "only" else spec(held, before | first))
    cli("apply", path, "--yes", "--allow", "escalation")
    if how == "two specs":
        other.write_text(spec(held).replace("t/guards", "t/roles"))
        cli("apply", other, "--yes", "--allow", "escalation")
    elif how == "outside":
        iam = sandbox.iam()
        for name in HANDING:
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(OF_EC2))
            for policy in (f"P{name}", f"Q{name}"):
                iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/{policy}")
    written = len(sandbox.writes())
    path.write_text(spec({}, after | first) if how != "only" else spec(held, after | first))
    more = ("--only", "policy.P*") if how == "only" else ()
    assert missing(HANDING, refused(cli, path, *more)) == []
    cli("apply", path, "--yes", *more, code=1)
    assert len(sandbox.writes()) == written


def test_by_hand(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """Drift says critical of each, and `--fail-on gain` fails."""
    entries = {name: entry for name, entry in REFUSED.items() if "within" not in entry}
    path, iam = tmp_path / "s.yaml", sandbox.iam()
    path.write_text(spec(*roles_of(entries, before=True)))
    cli("apply", path, "--yes")
    for name, entry in entries.items():
        text = json.dumps(document(entry["do"], name))
        iam.put_role_policy(RoleName=name, PolicyName="I", PolicyDocument=text)
    findings = cli("drift", path, "--fail-on", "gain", "--format", "json", code=2).json["findings"]
    critical = {f["address"].partition(".")[2] for f in findings if f["severity"] == "critical"}
    assert missing(entries, critical) == []


def test_trusts(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path, iam = tmp_path / "s.yaml", sandbox.iam()
    path.write_text(spec({name: {"trust_document": trust(entry)} for name, entry in TRUSTS.items()}))
    asked = refused(cli, path)
    assert missing(TRUSTS, asked) == []
    assert {consent for consents in asked.values() for consent in consents} == {"--allow public"}
    cli("apply", path, "--yes", code=1)
    assert sandbox.writes() == []
    # The same by hand.
    path.write_text(spec({name: {"trust_document": OF_EC2} for name in TRUSTS}))
    cli("apply", path, "--yes")
    for name, entry in TRUSTS.items():
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust(entry)))
    findings = cli("drift", path, "--fail-on", "gain", "--format", "json", code=2).json["findings"]
    critical = {f["address"].partition(".")[2] for f in findings if f["severity"] == "critical"}
    assert missing(TRUSTS, critical) == []


def test_what_people_write_every_day(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    roles = {
        name: role(entry["do"], name) if "do" in entry else {"trust_document": trust(entry["trust"])}
        for name, entry in ORDINARY.items()
    }
    path.write_text(spec(roles))
    plan = cli("plan", path, "--format", "json").json
    assert [(r["address"], r["message"]) for r in plan["refusals"]] == []


def test_another_door_beside_an_open_one(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """That anyone comes in already is no consent to another way in."""
    path = tmp_path / "s.yaml"
    organization = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    first, second = trust({"principal": {"AWS": "*"}}), trust({"oidc": "gitlab.com"})
    first["Statement"][0]["Condition"] = {"StringEquals": {"sts:ExternalId": "abc"}}
    both = {"Version": first["Version"], "Statement": [*first["Statement"], *second["Statement"]]}
    closed = {"Version": first["Version"], "Statement": [first["Statement"][0] | {"Condition": organization}]}
    path.write_text(spec({"R": {"trust_document": first}}))
    cli("apply", path, "--yes", "--allow", "public")
    path.write_text(spec({"R": {"trust_document": both}}))
    assert refused(cli, path) == {"R": {"--allow public"}}
    path.write_text(spec({"R": {"trust_document": closed}}))
    assert refused(cli, path) == {}
    path.write_text(spec({"R": {"trust_document": first}}))
    sandbox.iam().update_assume_role_policy(RoleName="R", PolicyDocument=json.dumps(both))
    (finding,) = cli("drift", path, "--format", "json", code=2).json["findings"]
    assert finding["severity"] == "critical"
