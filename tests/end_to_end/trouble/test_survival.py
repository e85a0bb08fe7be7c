"""A spec that uses what the kinds have, created and then changed, through faults, lags and kills.

Every fault meets every operation once, and is followed by a plain apply. `make soak` (SURVIVAL=all) kills the
process at every single write as well, before it, with its answer lost, and after the last.
"""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.kinds import KINDS
from tests.conftest import Cli, Server
from tests.end_to_end.trouble.killed import kill_at
from tests.end_to_end.trouble.stages import EVERYTHING, FOUNDING, ROLLBACKS, STAGES, Stage, stage_of

# All that the kinds can send; those that only come up when something is in the way are brought up by
# `tampered`.
OPERATIONS = {
    "CreatePolicy",
    "CreatePolicyVersion",
    "SetDefaultPolicyVersion",
    "DeletePolicyVersion",
    "TagPolicy",
    "UntagPolicy",
    "CreateRole",
    "UpdateRole",
    "UpdateAssumeRolePolicy",
    "AttachRolePolicy",
    "DetachRolePolicy",
    "PutRolePolicy",
    "DeleteRolePolicy",
    "PutRolePermissionsBoundary",
    "DeleteRolePermissionsBoundary",
    "TagRole",
    "UntagRole",
    "CreateInstanceProfile",
    "AddRoleToInstanceProfile",
    "RemoveRoleFromInstanceProfile",
    "TagInstanceProfile",
    "UntagInstanceProfile",
    "CreateOpenIDConnectProvider",
    "AddClientIDToOpenIDConnectProvider",
    "RemoveClientIDFromOpenIDConnectProvider",
    "UpdateOpenIDConnectProviderThumbprint",
    "TagOpenIDConnectProvider",
    "UntagOpenIDConnectProvider",
    "CreateGroup",
    "UpdateGroup",
    "AttachGroupPolicy",
    "DetachGroupPolicy",
    "PutGroupPolicy",
    "DeleteGroupPolicy",
    "AddUserToGroup",
    "RemoveUserFromGroup",
    "DeleteRole",
    "DeletePolicy",
    "DeleteInstanceProfile",
    "DeleteOpenIDConnectProvider",
    "DeleteSAMLProvider",
    "CreateSAMLProvider",
    "UpdateSAMLProvider",
    "TagSAMLProvider",
    "UntagSAMLProvider",
    "CreateAccountAlias",
    "UpdateAccountPasswordPolicy",
    "CreateUser",
    "UpdateUser",
    "AttachUserPolicy",
    "DetachUserPolicy",
    "PutUserPolicy",
    "DeleteUserPolicy",
    "PutUserPermissionsBoundary",
    "DeleteUserPermissionsBoundary",
    "TagUser",
    "UntagUser",
}
ONCE: dict[str, dict[str, Any]] = {
    "throttled": {"code": "Throttling", "status": 400},
    "503": {"code": "ServiceUnavailable", "status": 503},
    "500 after the effect": {"code": "ServiceFailure", "status": 500, "lost": True},
    "ConcurrentModification": {"code": "ConcurrentModification", "status": 409},
    "reset": {"cut": "reset"},
    "answer lost": {"cut": "reset", "lost": True},
    "truncated": {"cut": "truncated"},
}
LAGS: dict[str, dict[str, Any]] = {
    "unseen": {"unseen": 2},
    "stale reads": {"stale-reads": 2, "stale-lists": 2},
    "new principals and profiles": {"new-principal": 1, "new-profile": 2},
    "small pages": {"page-size": 1},
}


@pytest.fixture(params=STAGES)
def stage(
    request: pytest.FixtureRequest, cli: Cli, sandbox: Server, tmp_path_factory: pytest.TempPathFactory
) -> Stage:
    return stage_of(request.param, cli, sandbox, tmp_path_factory)


def test_the_stages_send_all_that_the_kinds_can_send(
    cli: Cli, sandbox: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stages = {name: {*stage_of(name, cli, sandbox, tmp_path_factory).operations} for name in STAGES}
    operations = set().union(*stages.values())
    assert {operation for operation in operations if not operation.startswith(("Get", "List"))} == OPERATIONS
    assert set().union(*(stages[name] & OWN.get(name, stages[name]) for name in STAGES)) == operations


def test_every_kind_is_in_a_stage_with_all_that_it_can_send() -> None:
    texts = "".join(text for stage in STAGES.values() for text in stage)
    assert [kind.SECTION for kind in KINDS if f"\n{kind.SECTION}:" not in texts] == []
    assert {operation for kind in KINDS for operation in kind.UPDATED_FACETS} <= OPERATIONS | ROLLBACKS


# What one stage has shown of an operation need not be shown by another: of these, what no other stage sends.
OWN = {
    "pruned": {
        "DeleteRole",
        "DeletePolicy",
        "DeleteInstanceProfile",
        "DeleteOpenIDConnectProvider",
        "DeleteSAMLProvider",
        "ListInstanceProfilesForRole",
        "GetResources",
        "GetAccountAuthorizationDetails",
    },
    "created": {
        "CreatePolicy",
        "CreateRole",
        "CreateInstanceProfile",
        "CreateOpenIDConnectProvider",
        "CreateGroup",
        "ListGroups",
        "ListPolicies",
        "ListRoles",
        "ListInstanceProfiles",
    },
    "members": {
        "AddUserToGroup",
        "RemoveUserFromGroup",
        "UpdateGroup",
        "GetUser",
        "CreateSAMLProvider",
        "UpdateSAMLProvider",
        "TagSAMLProvider",
        "UntagSAMLProvider",
        "GetSAMLProvider",
        "CreateAccountAlias",
        "ListAccountAliases",
        "UpdateAccountPasswordPolicy",
        "GetAccountPasswordPolicy",
        "ListUsers",
        "ListGroupsForUser",
        "ListUserPolicies",
        "GetUserPolicy",
        "ListAttachedUserPolicies",
        "CreateUser",
        "UpdateUser",
        "AttachUserPolicy",
        "DetachUserPolicy",
        "PutUserPolicy",
        "DeleteUserPolicy",
        "PutUserPermissionsBoundary",
        "DeleteUserPermissionsBoundary",
        "TagUser",
        "UntagUser",
    },
    "changed": {
        "DetachRolePolicy",
        "DetachGroupPolicy",
        "DeleteRolePermissionsBoundary",
        "ListEntitiesForPolicy",
    },
}
# A lost answer is what each operation has its own way out of; of the others five pairs of six are left to
# `make soak`.
PAIRS = [
    (fault, name)
    for number, (fault, name) in enumerate(itertools.product(ONCE, STAGES))
    if EVERYTHING or fault == "answer lost" or number % 6 == 1
]


@pytest.mark.parametrize(("fault", "name"), PAIRS)
def test_each_fault_once_on_each_operation(
    fault: str, name: str, cli: Cli, sandbox: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stage = stage_of(name, cli, sandbox, tmp_path_factory)
    for operation in {*stage.operations} & OWN.get(name, {*stage.operations}) - {"GetCallerIdentity"}:
        sandbox.control("fail", operation=operation, times=1, **ONCE[fault])
    ran = stage.apply(cli, None)
    sandbox.control("calm")
    stage.check(cli, sandbox, is_done=ran.code == 0)


# What is new has to be seen, and what changed.
SOME = [
    ("pruned", "stale reads"),
    ("created", "unseen"),
    ("members", "unseen"),
    ("created", "new principals and profiles"),
    ("returned", "stale reads"),
    ("returned", "small pages"),
]


@pytest.mark.parametrize(("name", "lag"), list(itertools.product(STAGES, LAGS)) if EVERYTHING else SOME)
def test_each_lag(
    name: str, lag: str, cli: Cli, sandbox: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stage = stage_of(name, cli, sandbox, tmp_path_factory)
    sandbox.control("faults", **LAGS[lag])
    stage.apply(cli)
    sandbox.control("calm")
    stage.check(cli, sandbox, is_done=True)


@pytest.mark.skipif(not EVERYTHING, reason="make soak")
@pytest.mark.parametrize("name", [*STAGES, *FOUNDING])
@pytest.mark.parametrize("fault", ONCE)
def test_each_fault_on_every_single_call(
    fault: str,
    name: str,
    cli: Cli,
    sandbox: Server,
    tmp_path_factory: pytest.TempPathFactory,
    figure: Callable[[str], None],
) -> None:
    stage = stage_of(name, cli, sandbox, tmp_path_factory)
    for number in range(len(stage.operations)):
        stage.prepare(sandbox)
        sandbox.control("fail", operation="*", skip=number, times=1, **ONCE[fault])
        stage.apply(cli, None)
        sandbox.control("calm")
        stage.check(cli, sandbox)
    figure(f"{name}, {fault}: met by each of {len(stage.operations)} calls, and each time applied again")


@pytest.mark.skipif(not EVERYTHING, reason="make soak")
@pytest.mark.parametrize("when", ["before", "unanswered", "answered"])
def test_killed_at_every_write(
    when: str, stage: Stage, cli: Cli, sandbox: Server, figure: Callable[[str], None]
) -> None:
    writes = [operation for operation in stage.operations if not operation.startswith(("Get", "List"))]
    for number in range(1, len(writes) + 1):
        stage.prepare(sandbox)
        kill_at(number, when, cli, sandbox, "apply", stage.path, "--yes", *stage.options)
        stage.check(cli, sandbox)
    figure(f"{len(writes)} cut points, killed {when} each, and each time applied again")
