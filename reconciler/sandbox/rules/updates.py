"""How updates and creates take effect where moto's differ."""

from reconciler.sandbox.rules.base import Answer, Call, after, before, instead, role_named
from reconciler.sandbox.rules.entities import holder


@before("UpdateRole")
def update_role(call: Call) -> None:
    """A member that is left out stays as it is, though the documentation says otherwise; empty text is no description.

    Source: contract §3 (LS:roles#test_update_role, GH go-to-k/cdkd#1239). MT: moto resets.
    """
    role = role_named(call.iam, call.params["RoleName"])
    call.params["Description"] = call.params.get("Description", role.description) or None
    call.params.setdefault("MaxSessionDuration", int(role.max_session_duration))


@before("CreateRole")
def empty_description(call: Call) -> None:
    """An empty description is none.

    Source: contract §4 (GH go-to-k/cdk-real-drift#40). MT: keeps it.
    """
    if call.params.get("Description") == "":
        del call.params["Description"]


@after("CreateInstanceProfile", "CreateUser", "CreateGroup")
def ids(call: Call, answer: Answer) -> None:
    """Unique ids begin with what tells their kind: AIPA, AIDA, AGPA.

    Source: contract §4 (UG:reference_identifiers.md). MT: random lower case.
    """
    kind, prefix, kept = {
        "CreateInstanceProfile": ("InstanceProfile", "AIPA", call.iam.instance_profiles),
        "CreateUser": ("User", "AIDA", call.iam.users),
        "CreateGroup": ("Group", "AGPA", call.iam.groups),
    }[call.operation]
    entity = kept[call.params[f"{kind}Name"]]
    entity.id = prefix + entity.id.upper()[4:]
    answer[kind][f"{kind}Id"] = entity.id


@instead("UpdateRoleDescription")
def update_description(call: Call) -> Answer:
    """Sets the description alone, and answers with the role.

    Source: M UpdateRoleDescription; empty text is no description, contract §4.
    """
    role = role_named(call.iam, call.params["RoleName"])
    role.description = call.params["Description"] or None
    return {"Role": role}


@instead("AttachRolePolicy", "AttachUserPolicy", "AttachGroupPolicy")
def attach(call: Call) -> Answer:
    """Attaching what is attached changes nothing, the count of attachments included.

    Source: contract §6 (M, inf). MT: counts it twice, and looks through every policy there is.
    """
    held, policy = holder(call), call.iam.managed_policies[call.params["PolicyArn"]]
    if policy.arn not in held.managed_policies:
        policy.attach_to(held)
    return {}


RULES = (update_role, empty_description, ids, update_description, attach)
