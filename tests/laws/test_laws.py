"""The laws that every kind keeps, over generated specs and live states, on the strict sandbox over HTTP.

A kind gets them by being in the registry: what is generated is drawn from the kinds' own sections, and the
last test says which fields were reached.
"""

import json
import os
import signal
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reconciler.app import specs as spec_loading
from reconciler.kinds import KINDS
from reconciler.plan.guard import ALLOWABLE
from reconciler.plan.snapshot import recorded
from reconciler.report.plan.as_json import plan_data
from tests.conftest import RECONCILE, ROOT, Cli, Server
from tests.end_to_end.metadata import METADATA, write_metadata
from tests.end_to_end.state import state_of
from tests.laws.runner import Runner

REACHED: Counter[str] = Counter()
# The suite's share; `make soak` sets more, and then draws anew on every run.
EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "1"))

words = st.text(alphabet="abcxyz", min_size=1, max_size=6)
paths = st.sampled_from(["/", "/team/", "/a/b/"])
tags = st.dictionaries(
    st.sampled_from(["env", "team", "Owner", "cost"]), st.sampled_from(["", "1", "đội", "a b"]), max_size=3
)
arns = st.sampled_from(["arn:aws:s3:::b/*", "arn:aws:s3:::b/x", "arn:aws:s3:::*/x"])
grants = st.one_of(
    st.fixed_dictionaries(
        {
            "service": st.just("s3"),
            "read": st.just("GetObject"),
            "resources": st.lists(arns, min_size=1, max_size=2, unique=True),
        },
        optional={
            "condition": st.just({"Bool": {"aws:SecureTransport": "true"}}),
            "write": st.just(["PutObject"]),
        },
    ),
    st.just({"service": "ecr", "list": ["ListImages"], "resources": "any-in-account"}),
    st.just(
        {
            "service": "s3",
            "permissions_management": "PutBucketPolicy",
            "tagging": "PutBucketTagging",
            "resources": "*",
        }
    ),
    st.just({"service": "sqs", "actions": "Send*", "resources": "any-in-account", "sid": "Queues"}),
    st.just(
        {
            "actions": ["ec2:Describe*", "s3:Get*"],
            "resources": "*",
            "when": {"aws:RequestedRegion": "eu-west-1"},
        }
    ),
    st.just(
        {
            "service": "dynamodb",
            "read": ["GetItem", "Query"],
            "resources": ["table/orders", "table/x/index/*"],
            "region": "eu-west-1",
            "when": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"},
            "expires": "2099-01-31",
            "reason": "a trial",
        }
    ),
    st.just({"service": "iam", "write": "PassRole", "resources": ["${role.RoleB}", "role/app/*"]}),
)
documents = st.sampled_from(["s3:GetObject", "sqs:*", "ec2:Describe*"]).map(
    lambda action: {"document": {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}}
)
denies = st.fixed_dictionaries(
    {
        "deny": st.sampled_from(
            [
                [{"service": "s3", "actions": "*"}],
                [
                    {
                        "not_actions": ["iam:*", "sts:*"],
                        "unless": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]},
                    }
                ],
                [{"service": "s3", "actions": "*", "not_resources": ["docs", "docs/*"]}],
            ]
        )
    }
)
allows = st.fixed_dictionaries({"allow": st.lists(grants, min_size=1, max_size=2, unique_by=str)})
bodies = st.one_of(allows, documents, denies)
ACKNOWLEDGED = st.just([{"what": "admin", "reason": "none", "until": "2099-01-31"}])
POLICIES, ROLES = ("PolicyA", "PolicyB", "PolicyC"), ("RoleA", "RoleB", "RoleC")
ATTACHABLE = (*POLICIES, "aws:ReadOnlyAccess", "aws:job-function/Billing", "aws:AWSLambdaBasicExecutionRole")


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    extra = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "description": st.sampled_from(["", "text", "đ"]),
                "path": paths,
                "tags": tags,
                "acknowledge": ACKNOWLEDGED,
            },
        )
    )
    return {**draw(bodies), **extra}


@st.composite
def trusts(draw: st.DrawFn) -> dict[str, Any]:
    statement = st.one_of(
        st.just({"service": ["ec2", "lambda"]}),
        st.just({"account": "this"}),
        st.just(
            {
                "account": "111122223333",
                "condition": {"StringEquals": {"sts:ExternalId": "x"}},
                "sid": "Partner",
            }
        ),
        st.lists(st.sampled_from(ROLES), min_size=1, max_size=2, unique=True).map(
            lambda names: {"role": names}
        ),
        st.just({"user": ["UserA", "UserB"]}),
        st.just({"user": "arn:aws:iam::111122223333:user/robot", "mfa": "15m", "expires": "2099-01-31"}),
        st.just({"account": "111122223333", "external_id": ["acme-1", "acme-2"], "session_tags": "true"}),
        st.just({"oidc": "token.actions.githubusercontent.com", "subject": ["repo:acme/app:*"]}),
        st.just(
            {"saml": "Okta", "audience": "https://signin.aws.amazon.com/saml", "when": {"SAML:sub_type": "x"}}
        ),
    )
    if draw(st.booleans()):
        return {"trust": draw(st.lists(statement, min_size=1, max_size=2, unique_by=str))}
    return {
        "trust_document": {
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        }
    }


@st.composite
def roles(draw: st.DrawFn) -> dict[str, Any]:
    optional = {
        "description": st.sampled_from(["", "Rôle", "text"]),
        "path": paths,
        "tags": tags,
        "attach": st.lists(st.sampled_from(ATTACHABLE), max_size=4, unique=True),
        "inline": st.dictionaries(words, bodies, max_size=2),
        "boundary": st.sampled_from(["PolicyA", "aws:PowerUserAccess"]),
        "max_session_duration": st.sampled_from(["1h", "7200", "12h"]),
        "instance_profile": st.sampled_from(["true", {"path": "/p/", "tags": {"x": "y"}}]),
        "ignore": st.just([{"facet": "tags", "match": "nobody=*", "reason": "none"}]),
        "acknowledge": ACKNOWLEDGED,
    }
    return {**draw(trusts()), **draw(st.fixed_dictionaries({}, optional=optional))}


providers = st.fixed_dictionaries(
    {
        "audiences": st.lists(
            st.sampled_from(["sts.amazonaws.com", "a", "b"]), min_size=1, max_size=3, unique=True
        )
    },
    optional={
        "thumbprints": st.lists(
            st.sampled_from(["a" * 40, "B" * 40, "1" * 40]), min_size=1, max_size=2, unique=True
        ),
        "tags": tags,
        "ignore": st.just([{"facet": "tags", "match": "nobody=*", "reason": "none"}]),
        "acknowledge": ACKNOWLEDGED,
    },
)


saml_providers = st.fixed_dictionaries(
    {"metadata_file": st.sampled_from(sorted(METADATA))},
    optional={
        "tags": tags,
        "ignore": st.just([{"facet": "tags", "match": "nobody=*", "reason": "none"}]),
        "acknowledge": ACKNOWLEDGED,
    },
)
rules = st.fixed_dictionaries(
    {"max_password_age": st.sampled_from(["90", "1095"])},
    optional={
        "minimum_password_length": st.sampled_from(["8", "128"]),
        "password_reuse_prevention": st.just("24"),
        **{
            key: st.sampled_from(["true", "false"])
            for key in (
                "require_symbols",
                "require_numbers",
                "require_uppercase_characters",
                "require_lowercase_characters",
                "allow_users_to_change_password",
                "hard_expiry",
            )
        },
    },
)
account_settings = st.fixed_dictionaries(
    {"alias": st.sampled_from(["acme-one", "acme-two"])},
    optional={
        "password_policy": rules,
        "ignore": st.just([{"facet": "alias", "match": "nobody-*", "reason": "none"}]),
        "acknowledge": ACKNOWLEDGED,
    },
)


groups = st.fixed_dictionaries(
    {},
    optional={
        "path": paths,
        "attach": st.lists(st.sampled_from(ATTACHABLE), max_size=4, unique=True),
        "inline": st.dictionaries(words, bodies, max_size=2),
        "members": st.lists(st.sampled_from(["mara", "theo", "UserA"]), max_size=3, unique=True),
        "ignore": st.just([{"facet": "attached", "match": "nobody*", "reason": "none"}]),
        "acknowledge": ACKNOWLEDGED,
    },
)


users = st.fixed_dictionaries(
    {},
    optional={
        "path": paths,
        "tags": tags,
        "attach": st.lists(st.sampled_from(ATTACHABLE), max_size=4, unique=True),
        "inline": st.dictionaries(words, allows, max_size=2),
        "boundary": st.sampled_from(["PolicyA", "aws:PowerUserAccess"]),
        "groups": st.lists(st.sampled_from(["GroupA", "GroupB", "Outside"]), max_size=3, unique=True),
        "ignore": st.just([{"facet": "tags", "match": "nobody=*", "reason": "none"}]),
        "acknowledge": ACKNOWLEDGED,
    },
)


def agreeing(made: dict[str, Any]) -> None:
    """Both ends of a membership say the same, where both say something."""
    for name, group in made["groups"].items():
        for user, mine in made["users"].items():
            if "members" in group and "groups" in mine:
                others = [member for member in group["members"] if member != user]
                group["members"] = [*others, *([user] if name in mine["groups"] else [])]


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    made = {
        "version": "1",
        "name": "law/spec",
        **{section: {n: draw(one) for n in some} for section, (some, one) in NAMED.items()},
        **draw(st.fixed_dictionaries({}, optional={"tags": tags})),
    }
    agreeing(made)
    for section in NAMED:
        REACHED.update(f"{section}.{key}" for resource in made[section].values() for key in resource)
    if draw(st.booleans()):
        made |= {"account": "123456789012", "account_settings": draw(account_settings)}
        REACHED.update(f"account_settings.{key}" for key in made["account_settings"])
    return made


# What is drawn of each section, and under which names.
NAMED: dict[str, tuple[tuple[str, ...], st.SearchStrategy[dict[str, Any]]]] = {
    "policies": (POLICIES, policies()),
    "roles": (ROLES, roles()),
    "groups": (("GroupA", "GroupB"), groups),
    "users": (("UserA", "UserB"), users),
    "oidc_providers": (("gitlab.com", "oidc.example/id/A"), providers),
    "saml_providers": (("Okta", "Entra"), saml_providers),
}


def test_every_kind_has_a_generator() -> None:
    assert {kind.SECTION for kind in KINDS} == {*NAMED, "account_settings"}


def text(spec: dict[str, Any]) -> str:
    return json.dumps(spec, ensure_ascii=False)


relaxed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="LAW_EXAMPLES" not in os.environ,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def check_received(planned: dict[str, Any], server: Server, since: int) -> None:
    wanted = sorted((c["operation"], json.dumps(c["params"], sort_keys=True)) for c in planned["calls"])
    received = [(w["operation"], json.dumps(w["params"], sort_keys=True)) for w in server.writes()[since:]]
    assert (Counter(received) - Counter(wanted), Counter(wanted) - Counter(received)) == (
        Counter(),
        Counter(),
    )
    keys = [(c["operation"], json.dumps(c["params"], sort_keys=True)) for c in planned["calls"]]
    for call, key in zip(planned["calls"], keys, strict=True):
        assert all(received.index(keys[before - 1]) < received.index(key) for before in call["needs"])


def comparable(before: dict[str, Any], after: dict[str, Any]) -> None:
    """The same paths and no new profiles: paths can't be changed, which is a refusal with tests of its own.

    What one manages the other does too: what is managed no more stays as it is.
    """
    for section, key in (("groups", "members"), ("users", "groups"), ("oidc_providers", "thumbprints")):
        for name, resource in after[section].items():
            if key in before[section][name]:
                resource.setdefault(key, before[section][name][key])
    agreeing(after)
    for section in ("policies", "roles"):
        for name, resource in after[section].items():
            resource.pop("path", None)
            if "path" in before[section][name]:
                resource["path"] = before[section][name]["path"]
    for name, role in after["roles"].items():
        if before["roles"][name].get("instance_profile") != role.get("instance_profile"):
            role.pop("instance_profile", None)


def forget_what_is_left_alone(spec: dict[str, Any], state: dict[str, Any]) -> None:
    """What an earlier spec named and this one does not: members, thumbprints, settings of the account."""
    for name, group in spec["groups"].items():
        if "members" not in group:
            state["groups"][name] = state["groups"][name][:3]
    for name, provider in spec["oidc_providers"].items():
        if "thumbprints" not in provider:
            audiences, _, tags_ = state["providers"][name]
            state["providers"][name] = (audiences, tags_)
    for key, setting in (("aliases", "alias"), ("password_policy", "password_policy")):
        if setting not in spec.get("account_settings", {}):
            del state[key]


def bystanders(server: Server) -> None:
    """A policy and a provider that no spec knows, users whom specs put into groups, and a group that they put users into."""
    iam = server.iam()
    iam.create_policy(
        PolicyName="Bystander",
        PolicyDocument=(
            '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
        ),
    )
    iam.create_saml_provider(Name="Bystander", SAMLMetadataDocument=METADATA["a.xml"])
    for name in ("mara", "theo"):
        iam.create_user(UserName=name, Tags=[{"Key": "team", "Value": name}])
    iam.create_group(GroupName="Outside")
    iam.add_user_to_group(GroupName="Outside", UserName="mara")


@given(before=specs(), after=specs())
@relaxed
def test_laws(before: dict[str, Any], after: dict[str, Any], sandbox: Server, tmp_path: Path) -> None:
    sandbox.control("reset")
    bystanders(sandbox)
    alone = state_of(sandbox)
    comparable(before, after)
    write_metadata(tmp_path)
    runner = Runner(sandbox, tmp_path, text(before))
    states: list[dict[str, Any]] = []
    for spec in (before, after):
        runner.write(text(spec))
        planned = runner.plan()
        since = len(sandbox.writes())
        assert runner.plan() == {**planned, "reads": planned["reads"]}
        assert runner.apply(force=True) == "done"
        check_received(planned, sandbox, since)
        assert runner.plan()["calls"] == []
        assert runner.looked("never") == runner.looked("always")
        written = len(sandbox.writes())
        assert runner.apply(force=True) == "done"
        assert len(sandbox.writes()) == written
        states.append(without_history(state_of(sandbox)))
        if spec is after and states[0] != states[1]:
            assert runner.roll_back() == "done"
            assert without_history(state_of(sandbox)) == states[0]
            assert runner.roll_back() == "done"
            assert without_history(state_of(sandbox)) == states[1]
            assert runner.plan()["calls"] == []
    planned, since = plan_data(runner.destroying().plan), len(sandbox.writes())
    assert runner.destroy() == "done"
    check_received(planned, sandbox, since)
    assert state_of(sandbox) == alone
    assert runner.destroying().plan.calls == ()
    assert runner.roll_back() == "done"
    assert differing(without_history(state_of(sandbox)), states[1]) == []
    state = state_of(sandbox)
    assert state["policies"].pop("arn:aws:iam::123456789012:policy/Bystander")[3] == {}
    assert state["saml"]["arn:aws:iam::123456789012:saml-provider/Bystander"] == (METADATA["a.xml"], {})
    sandbox.control("reset")
    bystanders(sandbox)
    assert runner.apply(force=True) == "done"
    # A policy keeps the description and the old versions of its first apply; all else is as made at once.
    afresh = state_of(sandbox)
    for one in (state, afresh):
        one["policies"] = {
            arn: (value[1], strip(value[3]))
            for arn, value in one["policies"].items()
            if "Bystander" not in arn
        }
    # Profiles that the spec names no more are orphans: left alone, looked for by another command.
    state["profiles"] = {name: p for name, p in state["profiles"].items() if name in afresh["profiles"]}
    for one in (state, afresh):
        forget_what_is_left_alone(after, one)
    assert state == afresh


@given(
    before=specs(),
    after=specs(),
    write=st.integers(1, 20),
    when=st.sampled_from(["before", "unanswered", "answered"]),
)
@settings(relaxed, max_examples=max(1, EXAMPLES // 4))
def test_cut_at_any_write_and_run_again(
    before: dict[str, Any], after: dict[str, Any], write: int, when: str, sandbox: Server, tmp_path: Path
) -> None:
    """A real process, killed; then the apply is made again."""
    comparable(before, after)
    write_metadata(tmp_path)
    runner, cli = Runner(sandbox, tmp_path, text(before)), Cli(sandbox, tmp_path)
    ends = []
    for is_cut in (False, True):
        sandbox.control("reset")
        bystanders(sandbox)
        runner.write(text(before))
        assert runner.apply(force=True) == "done"
        runner.write(text(after))
        if is_cut:
            killed(cli, sandbox, runner.path, write, when)
        assert runner.apply(force=True) == "done"
        assert runner.plan()["calls"] == []
        ends.append(state_of(sandbox))
    assert ends[0] == ends[1]


def killed(cli: Cli, sandbox: Server, path: Path, write: int, when: str) -> None:
    """Killed at this write, unless it ends before."""
    sandbox.control("hold", write=write, when=when)
    allow = ["--allow", ",".join(ALLOWABLE)]
    with subprocess.Popen(
        [RECONCILE, "apply", path, "--yes", "--force", *allow],
        env=cli.environment(),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        while process.poll() is None and not sandbox.control("held", seconds=0.2)["held"]:
            pass
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    sandbox.control("release")
    sandbox.control("calm")


def without_history(state: dict[str, Any]) -> dict[str, Any]:
    """Without the number of versions that a policy keeps."""
    return {**state, "policies": {arn: (*v[:2], v[3]) for arn, v in state["policies"].items()}}


@given(spec=specs())
@settings(relaxed, max_examples=EXAMPLES * 50)
def test_what_a_journal_keeps_is_read_back_as_the_state_it_is_of(
    spec: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "spec.yaml"
    write_metadata(tmp_path)
    path.write_text(text(spec), encoding="utf-8")
    found = spec_loading.load(spec_loading.SpecSelection((str(path),)), "123456789012").desired
    assert {d.kind.KIND for d in found} >= {"policy", "role"}
    for one in found:
        again = one.kind.from_snapshot(
            one.state.name, one.state.arn, json.loads(json.dumps(recorded(one.kind, one.state)))
        )
        again = replace(again, owner=one.state.owner)
        assert (one.kind.diff(again, one.state), one.kind.render(again)) == ((), one.kind.render(one.state))
        assert one.kind.fingerprints(again) == one.kind.fingerprints(one.state)


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[Any]:
    """What is not the same in two states, and nothing else."""
    found = []
    for section, value in one.items():
        mine, theirs = (side if isinstance(side, dict) else {"": side} for side in (value, other[section]))
        found += [
            (section, name, mine.get(name), theirs.get(name))
            for name in mine.keys() | theirs.keys()
            if mine.get(name) != theirs.get(name)
        ]
    return found


def strip(tags_: dict[str, str]) -> dict[str, str]:
    """Without the digest of the description, which can't follow the spec."""
    if "reconciler:applied" not in tags_:
        return tags_
    applied = " ".join(p for p in tags_["reconciler:applied"].split() if not p.startswith("description="))
    return {**tags_, "reconciler:applied": applied}


def test_the_generators_reach_every_field_of_every_kind() -> None:
    if not REACHED:
        pytest.skip("runs after the laws, in the same process")
    wanted = {
        f"{kind.SECTION}.{field}"
        for kind in KINDS
        if hasattr(kind, "Section")
        for field in kind.Section.model_fields
    }
    unreached = wanted - set(REACHED) - {"policies.document_file", "policies.ignore"}
    print(f"fields reached: {len(wanted) - len(unreached)} of {len(wanted)}")
    assert unreached == set()
