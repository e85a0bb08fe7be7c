"""The endpoint is moto's server as it is; LocalStack's IAM is the same.

What it lacks is named, and nothing waits for it.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.app.apply import Result
from reconciler.core.address import Address
from reconciler.core.call import read
from reconciler.core.change import Action, Change, FieldChange
from reconciler.core.plan import Header, Plan
from reconciler.core.results.outcome import Applied
from reconciler.plan import stand_in_servers
from tests.conftest import ACCOUNT, Cli, Server

TRIPLES = 30


@pytest.fixture
def stand_in(plain: Server, tmp_path: Path) -> Cli:
    return Cli(plain, tmp_path)


def triples(number: int) -> str:
    policies = "".join(
        f"  P{i}: {{allow: [{{service: s3, read: GetObject, resources: 'b{i}/*'}}], description: text {i}}}\n"
        for i in range(number)
    )
    roles = "".join(
        f"  R{i}: {{trust: [{{service: ec2}}], attach: [P{i}], instance_profile: true}}\n"
        for i in range(number)
    )
    return f"version: 1\nname: a/many\npolicies:\n{policies}roles:\n{roles}"


def test_policies_roles_and_profiles_are_kept_there(stand_in: Cli, plain: Server, tmp_path: Path) -> None:
    path, out = tmp_path / "s.yaml", tmp_path / "exported"
    path.write_text(triples(TRIPLES))
    stand_in("apply", path, "--yes")
    stand_in("plan", path, "--detailed-exitcode")
    assert f"{TRIPLES * 3} of {TRIPLES * 3} resources in sync" in stand_in("drift", path).out
    plain.iam().detach_role_policy(RoleName="R7", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/P7")
    plain.iam().update_assume_role_policy(
        RoleName="R8",
        PolicyDocument=(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
            '"Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
        ),
    )
    ran = stand_in("drift", path, code=2)
    assert "attached: lacks policy/P7" in ran.out
    assert "lambda" in ran.out
    stand_in("apply", path, "--yes")
    stand_in("plan", path, "--detailed-exitcode")
    assert (
        f"exported {TRIPLES * 3} resources, left out 0"
        in stand_in("export", "--all", "--owned", "--out", f"{out}/").err
    )
    whole = stand_in("plan", out, "--format", "json").json
    assert {(c["action"], len(c["fields"])) for c in whole["changes"]} == {("adopt", 0)}


def test_what_it_shows_decoded_is_named_and_not_waited_for(stand_in: Cli, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "version: 1\nname: a/b\npolicies: {P: {allow: [{service: s3, read: GetObject, resources:"
        " ['b/a%20c/*', 'b/%2541']}]}}\n"
    )
    ran = stand_in("apply", path, "--yes")
    assert "policy.P: moto shows % in documents decoded" in ran.err
    assert "as far as this endpoint, which is not AWS, can show it" in ran.out


def left(endpoint: str, kind: str, *fields: FieldChange, action: Action = "update") -> Plan:
    change = Change(Address(ACCOUNT, kind, "P"), action, fields)
    return Plan(Header(("a/b",), ACCOUNT, "aws", "arn", endpoint), (change,), ())


def test_a_difference_of_another_sort_is_not_explained_by_it() -> None:
    decoded = FieldChange("document", "document", '{"Statement":["a c"]}', '{"Statement":["a%20c"]}')
    other = FieldChange("document", "document", '{"Statement":["a d"]}', '{"Statement":["a%20c"]}')
    assert stand_in_servers.stays(left("http://127.0.0.1", "policy", decoded))
    assert not stand_in_servers.explain(left("", "policy", decoded))
    assert not stand_in_servers.explain(left("http://127.0.0.1", "policy", other))
    assert not stand_in_servers.explain(
        left("http://127.0.0.1", "policy", decoded, FieldChange("description", "value", "a", "b"))
    )


def test_what_may_only_be_late_is_named_and_not_called_done(tmp_path: Path) -> None:
    """The endpoint may be a proxy of AWS: a boundary that AWS does not show there is one that is lagging."""
    boundary = left(
        "http://127.0.0.1", "user", FieldChange("boundary", "value", "", "arn:aws:iam::aws:policy/P")
    )
    tags = left("http://127.0.0.1", "saml-provider", FieldChange("tags", "set", (), ("a=b",)), action="adopt")
    for plan, why in ((boundary, "no permissions boundary"), (tags, "no tags of SAML providers")):
        to_send = replace(plan, calls=(read("ListRoles"),))
        assert why in stand_in_servers.explain(to_send)[0]
        assert Result(Applied(()), tmp_path, to_send).verdict == "not yet visible"
