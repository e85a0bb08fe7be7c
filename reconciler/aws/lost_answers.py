"""Whether a write whose answer was lost has taken effect. IAM has no idempotency tokens (contract §6).

Puts, attaches, tags and updates end in the same state when sent again, so they are. A create sent again
*is* the test: EntityAlreadyExists, and then the tags say whether it was ours. A policy version is looked
for before it is made again.
"""

from collections.abc import Mapping
from typing import Any

from reconciler.aws.client import Client
from reconciler.core.call import Call, read
from reconciler.policy.compare.equality import same_meaning
from reconciler.policy.document.document import Document, document

_READ_OF = {
    "CreateRole": ("GetRole", "RoleName", "Role"),
    "CreateUser": ("GetUser", "UserName", "User"),
    "CreateInstanceProfile": ("GetInstanceProfile", "InstanceProfileName", "InstanceProfile"),
}
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
    if call.operation == "CreatePolicy":
        answer = client.ask(read("GetPolicy", PolicyArn=call.lane))
        entity: Mapping[str, Any] = (answer or {}).get("Policy", {})
    elif call.operation == "CreateOpenIDConnectProvider":
        entity = client.ask(read("GetOpenIDConnectProvider", OpenIDConnectProviderArn=call.lane)) or {}
    elif call.operation == "CreateSAMLProvider":
        entity = client.ask(read("GetSAMLProvider", SAMLProviderArn=call.lane)) or {}
    else:
        operation, key, member = _READ_OF[call.operation]
        answer = client.ask(read(operation, **{key: params[key]}))
        entity = (answer or {}).get(member, {})
    return {(tag["Key"], tag["Value"]) for tag in entity.get("Tags", ())}
