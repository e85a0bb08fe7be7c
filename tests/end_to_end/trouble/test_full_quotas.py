"""Quotas that are full: what shrinks comes first, and a plan says what no order can bring about."""

from pathlib import Path

import pytest

from tests.conftest import Cli, Server

HEAD = "version: 1\nname: a/b\n"
GAP = "gap: no room for all inline policies at once"
# What each takes of inline policies in all, in characters without white space.
SIZES = {"roles": 10_240, "users": 2_048, "groups": 5_120}
TRUST = {"roles": "trust: [{service: ec2}], ", "users": "", "groups": ""}


def policy(size: int, *, effect: str = "allow", last: str = "z") -> str:
    """One whose document has about this many characters."""
    arn = "arn:aws:sqs:eu-west-1:123456789012:"
    number = (size - 100) // (len(arn) + 67)
    queues = [f"{arn}{'x' * 60}{index:03}{last}" for index in range(number)]
    return f"{{{effect}: [{{actions: 'sqs:SendMessage', resources: [{', '.join(queues)}]}}]}}"


def spec(kind: str, inline: dict[str, str]) -> str:
    return (
        f"{HEAD}{kind}:\n  A: {{{TRUST[kind]}inline:"
        f" {{{', '.join(f'{n}: {p}' for n, p in inline.items())}}}}}\n"
    )


def exchanges(size: int) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """What is there and what is wanted, each within the quota, and together beyond it."""
    most, half, third = size * 9 // 10, size * 45 // 100, size * 3 // 10
    return {
        "renamed": ({"a": policy(most)}, {"b": policy(most)}),
        "two into one": ({"a": policy(half), "b": policy(half)}, {"c": policy(most)}),
        "one into two": ({"a": policy(most)}, {"a": policy(half, last="y"), "b": policy(half)}),
        "grown and shrunk": (
            {"a": policy(most - third), "b": policy(third)},
            {"a": policy(third), "b": policy(most - third)},
        ),
        "a limit comes": ({"a": policy(most)}, {"a": policy(half), "limit": policy(half, effect="deny")}),
        "a limit renamed": (
            {"limit": policy(half, effect="deny"), "a": policy(half)},
            {"new": policy(half, effect="deny"), "a": policy(half, last="y")},
        ),
        "a limit goes": ({"limit": policy(half, effect="deny"), "a": policy(half)}, {"a": policy(most)}),
    }


EACH = [
    *(("users", name) for name in exchanges(2_048)),
    *((kind, n) for kind in ("roles", "groups") for n in ("renamed", "a limit comes")),
]


@pytest.mark.parametrize(("kind", "name"), EACH)
def test_inline_policies_are_exchanged_within_a_full_quota(
    kind: str, name: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    before, after = exchanges(SIZES[kind])[name]
    path.write_text(spec(kind, before))
    cli("apply", path, "--yes")
    path.write_text(spec(kind, after))
    ran = cli("plan", path)
    first = len(sandbox.writes())
    cli("apply", path, "--yes", "--force", "--allow", "lockout")
    sent = [(entry["operation"], entry["params"].get("PolicyName", "")) for entry in sandbox.writes()[first:]]
    cli("plan", path, "--detailed-exitcode")
    # Nothing was refused on the way, and access is away for a while only where it must be.
    assert (GAP in ran.out) == (name not in ("grown and shrunk", "a limit goes", "one into two"))
    assert len(sent) == len(set(sent))


def test_audiences_are_exchanged_within_a_full_quota(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    url = "oidc_providers:\n  gitlab.com: {audiences: ["
    path.write_text(f"{HEAD}{url}{', '.join(f'a{i}' for i in range(100))}]}}\n")
    cli("apply", path, "--yes")
    path.write_text(f"{HEAD}{url}{', '.join(f'a{i}' for i in range(2, 102))}]}}\n")
    assert "gap: no room for all audiences at once" in cli("plan", path).out
    cli("apply", path, "--yes", "--force")
    cli("plan", path, "--detailed-exitcode")
    path.write_text(f"{HEAD}{url}{', '.join(f'a{i}' for i in range(2, 101))}, b]}}\n")
    assert "gap" in cli("plan", path).out
    first = len(sandbox.writes())
    cli("apply", path, "--yes", "--force")
    sent = [entry["operation"] for entry in sandbox.writes()[first:]]
    assert sent.index("RemoveClientIDFromOpenIDConnectProvider") < sent.index(
        "AddClientIDToOpenIDConnectProvider"
    )


def test_what_is_left_alone_counts(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    """An apply would fail at what others have put there; so the plan says it."""
    path, iam = tmp_path / "s.yaml", sandbox.iam()
    path.write_text(f"{HEAD}users:\n  U: {{tags: {{a: b}}}}\n")
    cli("apply", path, "--yes")
    long = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage",'
        '"Resource":"arn:aws:sqs:*:*:' + "x" * 1500 + '"}]}'
    )
    iam.put_user_policy(UserName="U", PolicyName="theirs", PolicyDocument=long)
    iam.tag_user(UserName="U", Tags=[{"Key": f"k{i}", "Value": ""} for i in range(40)])
    for number in range(9):
        iam.create_group(GroupName=f"G{number}")
        iam.add_user_to_group(UserName="U", GroupName=f"G{number}")
    ignore = (
        "ignore: [{facet: inline, match: theirs, reason: theirs}, {facet: tags, match: 'k*', reason: theirs},"
        " {facet: groups, match: 'G*', reason: theirs}]"
    )
    tags = ", ".join(f"t{i}: x" for i in range(10))
    path.write_text(f"""{HEAD}groups: {{Mine: {{}}, Other: {{}}}}
users:
  U: {{tags: {{{tags}}}, inline: {{mine: {policy(1000)}}}, groups: [Mine, Other], {ignore}}}
""")
    ran = cli("plan", path, code=1)
    for words in (
        "with what is left alone; a user takes 2048",
        "52 tags with what is left alone",
        "in 11 groups with what is left alone",
    ):
        assert words in ran.out, ran.out
    writes = len(sandbox.writes())
    assert cli("apply", path, "--yes", code=1)
    assert len(sandbox.writes()) == writes


def test_somebody_in_ten_groups_is_taken_into_no_other(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path, iam = tmp_path / "s.yaml", sandbox.iam()
    iam.create_user(UserName="full")
    for number in range(10):
        iam.create_group(GroupName=f"G{number}")
        iam.add_user_to_group(UserName="full", GroupName=f"G{number}")
    path.write_text(f"{HEAD}groups:\n  Mine: {{members: [full]}}\n")
    assert "takes in full, who would be in 11 groups: a user is in 10 at most" in cli("plan", path).out
    cli("apply", path, "--yes", code=1)
    assert "Mine" not in [group["GroupName"] for group in iam.list_groups()["Groups"]]


def test_somebody_in_ten_groups_leaves_one_before_the_next(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    sandbox.iam().create_user(UserName="full")
    whole = "".join(f"  G{number:02}: {{members: [full]}}\n" for number in range(10))
    path.write_text(f"{HEAD}groups:\n  A: {{members: []}}\n{whole}")
    cli("apply", path, "--yes")
    path.write_text(
        f"{HEAD}groups:\n  A: {{members:"
        f" [full]}}\n{whole.replace('G09: {members: [full]}', 'G09: {members: []}')}"
    )
    first = len(sandbox.writes())
    cli("apply", path, "--yes", "--force")
    sent = [entry["operation"] for entry in sandbox.writes()[first:]]
    assert sent == ["RemoveUserFromGroup", "AddUserToGroup"]


def test_nobody_is_told_to_ask_aws_for_more_of_a_fixed_quota() -> None:
    from reconciler.aws.executor import _advice

    for operation in (
        "PutRolePolicy",
        "AddUserToGroup",
        "TagRole",
        "AddClientIDToOpenIDConnectProvider",
        "CreatePolicyVersion",
    ):
        assert "ask AWS" not in _advice("LimitExceeded", operation)
    assert "ask AWS" in _advice("LimitExceeded", "AttachRolePolicy")
