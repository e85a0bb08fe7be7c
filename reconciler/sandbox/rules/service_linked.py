"""Service-linked roles: made by IAM for a service, under the service's own name and with its policy."""

import json
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reconciler.sandbox.rule import Answer, ApiRefusal, ReceivedCall, before, instead, role_named

_TABLE = Path(__file__).parent.parent / "service_linked_roles.tsv"
_POLICIES = "arn:{partition}:iam::aws:policy/aws-service-role/{name}"


@dataclass(frozen=True, slots=True)
class Linked:
    """What IAM makes for a service.

    The role's name, its policy, its description, and whether its name takes a suffix.
    """

    role: str
    policy: str
    description: str | None
    takes_suffix: bool


@cache
def linked_roles() -> dict[str, Linked]:
    """What was recorded, by service principal."""
    lines = [line for line in _TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = [line.split("\t") for line in lines]
    return {
        service: Linked(role.rstrip("*"), policy, None if text == "-" else text, role.endswith("*"))
        for service, role, policy, text in rows
    }


def _name(service: str, suffix: str | None) -> str:
    known = linked_roles().get(service)
    # Of a service that was not recorded the name is a guess, by the pattern that most have.
    bare = (
        known.role
        if known
        else "AWSServiceRoleFor"
        + "".join(
            part[:1].upper() + part[1:]
            for part in service.removesuffix(".amazonaws.com").replace(".", "-").split("-")
        )
    )
    return f"{bare}_{suffix}" if suffix else bare


@before("CreateServiceLinkedRole", codes=("InvalidInput",))
def taken(call: ReceivedCall) -> None:
    """Few services take a suffix, and a role that is there is not made again.

    Source: LS:test_iam.py#test_service_role_lifecycle_custom_suffix_not_allowed,
    #test_service_role_already_exists.
    """
    service, suffix = call.params["AWSServiceName"], call.params.get("CustomSuffix")
    known = linked_roles().get(service)
    if suffix and known and not known.takes_suffix:
        raise ApiRefusal("InvalidInput", f"Custom suffix is not allowed for {service}")
    name = _name(service, suffix)
    if role_named(call.iam, name) is not None:
        raise ApiRefusal(
            "InvalidInput",
            f"Service role name {name} has been taken in this account, please try a different suffix.",
        )


@instead("CreateServiceLinkedRole")
def create(call: ReceivedCall) -> Answer:
    """The role has the service's own name, trusts it alone, and holds its one policy.

    Source: LS:test_iam.py#test_service_role_lifecycle (GetRole, ListAttachedRolePolicies). MT: names by the
    prefix, no policy.
    """
    service = call.params["AWSServiceName"]
    known = linked_roles().get(service)
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    }
    role = call.iam.create_role(
        _name(service, call.params.get("CustomSuffix")),
        json.dumps(trust),
        f"/aws-service-role/{service}/",
        permissions_boundary=None,
        description=call.params.get("Description") or (known.description if known else None),
        tags=[],
        max_session_duration="3600",
        linked_service=service,
    )
    arn = _POLICIES.format(partition=call.iam.partition, name=known.policy if known else "")
    policy = call.iam.managed_policies.get(arn)
    if policy is not None:
        policy.attach_to(role)
    return {"Role": role}


@instead("DeleteServiceLinkedRole")
def delete(call: ReceivedCall) -> Answer:
    """Deletion is a task; the role goes with its policy.

    Source: LS:test_iam.py#test_service_role_deletion; M DeleteServiceLinkedRole. MT: done at once, under a
    bare id.
    """
    role = role_named(call.iam, call.params["RoleName"])
    for policy in list(role.managed_policies.values()):
        policy.detach_from(role)
    call.iam.delete_role(role.name)
    service = role.path.strip("/").partition("/")[2]
    return {"DeletionTaskId": f"task/aws-service-role/{service}/{role.name}/{uuid.uuid4()}"}


RULES = (taken, create, delete)
