"""Whether a write whose answer was lost has taken effect. IAM has no idempotency tokens (contract §6).

Puts, attaches, tags and updates end in the same state when sent again, so they are. A create sent again
*is* the test: EntityAlreadyExists, and then the tags say whether it was ours. A policy version is looked
for before it is made again.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from reconciler.aws.client import Client
from reconciler.core.call import Call, read
from reconciler.core.kind import CreatedRead
from reconciler.kinds import KINDS
from reconciler.policy.compare.equality import same_meaning
from reconciler.policy.document.document import Document, document

_TAKES_AWAY = ("Delete", "Detach", "Remove", "Untag")


def is_done(call: Call, code: str, client: Client, *, sent_before: bool) -> bool:
    """Whether an error of a write only says that its effect is there already."""
    if code == "NoSuchEntity":
        return call.operation.startswith(_TAKES_AWAY)
    if not sent_before:
        return False
    if code == "EntityAlreadyExists" and call.operation == "CreateGroup":
        # Nothing marks a group as ours; naming it is the claim.
        answer = client.ask(read("GetGroup", GroupName=call.params["GroupName"]))
        return answer is not None and answer["Group"]["Path"] == call.params["Path"]
    if code == "EntityAlreadyExists" and call.operation == "CreateAccountAlias":
        # It is this account's, or another's.
        answer = client.ask(read("ListAccountAliases"))
        return call.params["AccountAlias"] in (answer or {}).get("AccountAliases", ())
    if code == "EntityAlreadyExists" and call.operation.startswith("Create"):
        return _is_as_created(call, client)
    if code == "LimitExceeded" and call.operation == "AddRoleToInstanceProfile":
        params = call.params
        profile = client.ask(read("GetInstanceProfile", InstanceProfileName=params["InstanceProfileName"]))
        return params["RoleName"] in [
            role["RoleName"] for role in (profile or {}).get("InstanceProfile", {}).get("Roles", ())
        ]
    return False


def took_effect(call: Call, client: Client) -> bool:
    """Whether a write with a lost answer must not be sent again because its effect is there."""
    if call.operation != "CreatePolicyVersion":
        return False
    params = call.params
    arn, wanted = params["PolicyArn"], Document(params["PolicyDocument"])
    policy = client.ask(read("GetPolicy", PolicyArn=arn))
    if policy is None:
        return False
    version = client.ask(
        read("GetPolicyVersion", PolicyArn=arn, VersionId=policy["Policy"]["DefaultVersionId"])
    )
    return version is not None and same_meaning(wanted, document(version["PolicyVersion"]["Document"]))


def _is_as_created(call: Call, client: Client) -> bool:
    """Whether what exists has every tag that the create sent; without tags it is not known to be ours."""
    params = call.params
    sent = {(tag["Key"], tag["Value"]) for tag in params.get("Tags", ())}
    return bool(sent) and sent <= _live_tags(call, params, client)


def _live_tags(call: Call, params: dict[str, Any], client: Client) -> set[tuple[str, str]]:
    created = _created_reads().get(call.operation)
    if created is None:
        return set()
    name = call.lane if created.by_arn else params[created.parameter]
    answer = client.ask(read(created.read, **{created.parameter: name})) or {}
    entity: Mapping[str, Any] = answer.get(created.member, {}) if created.member else answer
    return {(tag["Key"], tag["Value"]) for tag in entity.get("Tags", ())}


@cache
def _created_reads() -> Mapping[str, CreatedRead]:
    """How each create can be recognised, by its operation, as the kinds say."""
    reads = (kind.CREATED_READ for kind in KINDS)
    return {created.create: created for created in reads if created is not None}
