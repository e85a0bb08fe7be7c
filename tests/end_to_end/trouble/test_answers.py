"""Answers that lack something: it "could not be read", and nothing is reported in sync for it.

One in eight of all that can be left out is; `make soak` (SURVIVAL=all) leaves out each.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.trouble.answer_specs import OF_ANOTHER, SPECS, specs
from tests.end_to_end.trouble.between import Between, Cut, between, cuts
from tests.end_to_end.trouble.stages import EVERYTHING

COMMANDS = {
    "plan few": (("plan", "--detailed-exitcode"), ("few",)),
    "plan others": (("plan", "--detailed-exitcode"), ("others", "settings")),
    "drift": (("drift",), tuple(SPECS)),
}
# What a drift run asks of the account; what it asks of a resource, a plan asks too.
OF_THE_ACCOUNT = (
    "GetCallerIdentity",
    "GetAccountSummary",
    "GetAccountAuthorizationDetails",
    "ListRoles",
    "ListPolicies",
    "ListInstanceProfiles",
)
# What only one who deletes asks for.
OF_LEAVING = (
    "ListEntitiesForPolicy",
    "ListInstanceProfilesForRole",
    "ListPolicyVersions",
    "ListAccessKeys",
    "ListMFADevices",
    "ListSigningCertificates",
    "ListSSHPublicKeys",
    "ListServiceSpecificCredentials",
    "GetLoginProfile",
)
# Name, path and ARN tell one another.
TOLD_TWICE = {"Arn", "Path", "RoleName", "UserName", "GroupName", "PolicyName", "InstanceProfileName"}


def some(places: list[Cut]) -> list[Cut]:
    return places if EVERYTHING else places[1::8]


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_is_in_sync_for_what_an_answer_lacks(
    command: str, cli: Cli, sandbox: Server, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    specs(cli, tmp_path)
    words, names = COMMANDS[command]
    paths = [tmp_path / f"{name}.yaml" for name in names]
    with between(sandbox.url) as proxy:
        run = Cli(Server(proxy.url), cli.home)
        command_line: tuple[str | Path, ...] = (*words, *paths)
        run(*command_line)
        answers = dict(proxy.kept)
        places = some([p for p in cuts(answers) if command != "drift" or p.operation in OF_THE_ACCOUNT])
        unmoved = [place for place in places if is_in_sync_without(run, proxy, answers, place, command_line)]
        # Where its value matters, so does that it is not there.
        assert in_sync_whatever(run, proxy, unmoved, command_line) == []
    figure(f"{command}: {len(places)} members and lists left out of {len(answers)} answers, one at a time")


def is_in_sync_without(
    run: Cli, proxy: Between, answers: dict[bytes, Any], place: Cut, words: tuple[str | Path, ...]
) -> bool:
    """Whether nothing differs where this is left out, and nothing else was asked in its place."""
    proxy.change, proxy.asked = place.taken, set()
    less = run(*words, code=None)
    output = less.out + less.err
    assert less.code in (0, 2, 3) or (less.code == 1 and "could not be read" in output), (
        place,
        output[-300:],
    )
    return less.code == 0 and not proxy.asked - answers.keys() and place.path[-1] not in TOLD_TWICE


def in_sync_whatever(run: Cli, proxy: Between, places: list[Cut], words: tuple[str | Path, ...]) -> list[Cut]:
    """Those of these places whose value makes a difference: all at once, and by halves where any does."""

    def altered(operation: str, text: str) -> str:
        for place in places:
            text = place.altered(operation, text)
        return text

    proxy.change = altered
    if not places or run(*words, code=None).code == 0:
        return []
    if len(places) == 1:
        return places
    half = len(places) // 2
    return [
        *in_sync_whatever(run, proxy, places[:half], words),
        *in_sync_whatever(run, proxy, places[half:], words),
    ]


def test_what_is_asked_before_a_deletion_may_lack_anything(
    cli: Cli, sandbox: Server, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    few, others, _ = specs(cli, tmp_path)
    iam = sandbox.iam()
    iam.create_login_profile(UserName="U", Password="Correct-horse-42-battery")
    iam.create_access_key(UserName="U")
    iam.create_policy_version(PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/a/P", PolicyDocument=OF_ANOTHER)
    words = ("destroy", few, others, "--dry-run", "--force", "--allow", "lockout")
    with between(sandbox.url) as proxy:
        run = Cli(Server(proxy.url), cli.home)
        whole = run(*words, code=1)
        places = some([place for place in cuts(proxy.kept) if place.operation in OF_LEAVING])
        for place in places:
            proxy.change = place.taken
            less = run(*words, code=1)
            assert "internal error" not in less.err, place
            # A shorter list of what hangs on it tells less; all else is the same, or is said to be unknown.
            assert place.is_last or less.out == whole.out or "could not be read" in less.out, (
                place,
                less.out,
            )
    figure(f"destroy: {len(places)} members and lists left out of what is asked before a deletion")


def _without(key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda entry: [tag.pop(key) for tag in entry["Tags"]]


# An answer without the list is asked for again, for it may have been cut short (test_survival).
TAGGING: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no ARN": lambda answer: [entry.pop("ResourceARN") for entry in answer["ResourceTagMappingList"]],
    "no tags": lambda answer: [entry.pop("Tags") for entry in answer["ResourceTagMappingList"]],
    "no key": lambda answer: [_without("Key")(entry) for entry in answer["ResourceTagMappingList"]],
    "no value": lambda answer: [_without("Value")(entry) for entry in answer["ResourceTagMappingList"]],
    "one less": lambda answer: answer["ResourceTagMappingList"].pop(),
}


@pytest.mark.parametrize("lack", TAGGING)
def test_the_tagging_api_may_lack_anything(lack: str, cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    paths = specs(cli, tmp_path)

    def less(operation: str, text: str) -> str:
        if not operation.endswith("GetResources"):
            return text
        answer = json.loads(text)
        TAGGING[lack](answer)
        return json.dumps(answer)

    with between(sandbox.url, less) as proxy:
        ran = Cli(Server(proxy.url), cli.home)("drift", *paths, code=None)
    assert "internal error" not in ran.err
    # What a shorter list does not show is asked of the resource.
    assert ran.code == (0 if lack == "one less" else 3), ran.out


MARKERS = {"none": "", "empty": "<Marker></Marker>", "the same again": "<Marker>M</Marker>"}


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize(
    "operation", ["ListAttachedRolePolicies", "ListRolePolicies", "GetAccountAuthorizationDetails"]
)
def test_a_list_that_ends_nowhere_is_not_read(
    operation: str, marker: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    few, *_ = specs(cli, tmp_path)

    def cut_short(asked: str, text: str) -> str:
        whole = "<IsTruncated>false</IsTruncated>"
        return (
            text.replace(whole, f"<IsTruncated>true</IsTruncated>{MARKERS[marker]}")
            if asked == operation
            else text
        )

    with between(sandbox.url, cut_short) as proxy:
        ran = Cli(Server(proxy.url), cli.home)("drift", few, code=3)
    assert "could not be read: the list" in ran.out
    assert operation in ran.out


@pytest.mark.parametrize("times", [1, 1000])
def test_an_id_in_the_place_of_an_arn_changes_nothing(
    times: int, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    paths = specs(cli, tmp_path)
    left = {"times": times}
    resource = re.compile(
        rf"<Arn>arn:aws:iam::{ACCOUNT}:(role|user|group|instance-profile|policy)/[^<]*</Arn>"
    )

    def spreading(_operation: str, text: str) -> str:
        left["times"] -= 1
        return resource.sub("<Arn>AROAEXAMPLEEXAMPLE001</Arn>", text) if left["times"] >= 0 else text

    with between(sandbox.url, spreading) as proxy:
        run = Cli(Server(proxy.url), cli.home)
        assert "nothing to change" in run("plan", *paths).out
        run("drift", *paths)
        whole = run("export", "--all", "--owned").out
    assert "AROAEXAMPLE" not in whole
    assert whole == cli("export", "--all", "--owned").out


def test_a_user_and_a_role_of_one_name_are_not_mixed_up(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("""version: 1
name: a/b
roles:
  Same: {trust: [{service: ec2}], attach: ["aws:ReadOnlyAccess"], path: /r/}
  A: {trust: [{service: ec2}]}
  B: {trust: [{service: ec2}]}
  C: {trust: [{service: ec2}]}
  D: {trust: [{service: ec2}]}
users: {Same: {attach: ["aws:SecurityAudit"], path: /u/}}
""")
    cli("apply", path, "--yes")
    asked = len(sandbox.log())
    cli("drift", path)
    assert {entry["operation"] for entry in sandbox.log()[asked:]}.isdisjoint({"GetUser", "GetRole"})
    sandbox.iam().detach_user_policy(UserName="Same", PolicyArn="arn:aws:iam::aws:policy/SecurityAudit")
    ran = cli("drift", path, code=2)
    assert "user.Same" in ran.out
    assert "5 of 6 resources in sync" in ran.out
