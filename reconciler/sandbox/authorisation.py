"""AccessDenied as IAM answers it: the caller's own policies, read by this project's `evaluate`.

Callers are users by their access keys and roles by the keys that AssumeRole gave; every other key is the
account's root, which may do everything. Looked at are identity policies, the permissions boundary of a role
or user, and a session's policy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.sts.models import sts_backends

from reconciler.policy.catalogue import actions
from reconciler.policy.catalogue.dependent_permissions import dependents
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document
from reconciler.policy.meaning.evaluate import AccessRequest, Decision, evaluate
from reconciler.policy.meaning.operators import Value
from reconciler.sandbox.rule import ApiRefusal, ReceivedCall, bound_by, role_named, tags_of
from reconciler.sandbox.world import World

_NAMED = {
    "instance-profile": "InstanceProfileName",
    "role": "RoleName",
    "user": "UserName",
    "group": "GroupName",
}
# Where moto keeps what it keeps by its name, or by its ARN.
_KEPT = {
    "instance-profile": "instance_profiles",
    "user": "users",
    "group": "groups",
    "policy": "managed_policies",
    "saml-provider": "saml_providers",
}


@dataclass(frozen=True, slots=True)
class SignedCaller:
    """Who calls: the ARN that AccessDenied names, and the role or user whose policies count."""

    arn: str
    entity: Any
    session_policy: Document | None = None


@dataclass(frozen=True, slots=True)
class NeededPermission:
    """One permission: an action on a resource, and how IAM names that in its refusal."""

    action: str
    resource: str
    shown: str
    context: dict[str, Value]


def caller(iam: Any, world: World, access_key: str) -> SignedCaller | None:
    """Whose key it is; None for the account's root.

    Raises:
        ApiRefusal: InvalidClientTokenId; the key was deleted or made inactive, or the session's role is gone.
    """
    user = iam.get_user_from_access_key_id(access_key)
    if user is not None and user.get_access_key_by_id(access_key).status == "Active":
        return SignedCaller(user.arn, user)
    if user is not None or access_key in world.keys:
        raise _invalid()
    session = sts_backends[iam.account_id][iam.partition].get_assumed_role_from_access_key(access_key)
    if session is None:
        return None
    role = next((role for role in iam.roles.values() if role.arn == session.role_arn), None)
    # A role made after the session is another one of the same name.
    if role is None or role.create_date > session.access_key.create_date:
        raise _invalid()
    return SignedCaller(session.arn, role, Document(session.policy) if session.policy else None)


def arn_of(iam: Any, world: World, access_key: str) -> str:
    """The ARN of whoever a key is of.

    Raises:
        ApiRefusal: as `caller` does.
    """
    who = caller(iam, world, access_key)
    return who.arn if who is not None else arns.root(iam.partition, str(iam.account_id))


def _invalid() -> ApiRefusal:
    return ApiRefusal("InvalidClientTokenId", "The security token included in the request is invalid.")


def check(call: ReceivedCall, access_key: str) -> None:
    """Refuse a call that its caller may not make.

    Raises:
        ApiRefusal: AccessDenied.
    """
    who = caller(call.iam, call.world, access_key)
    if who is None:
        return
    if (
        call.operation == "GetUser"
        and "UserName" not in call.params
        and call.iam.users.get(who.entity.name) is who.entity
    ):
        call.params["UserName"] = who.entity.name  # M GetUser: the user whose key it is
    for need in _needs(call):
        demand(call.iam, who, need)


def demand(iam: Any, who: SignedCaller, need: NeededPermission) -> None:
    """Refuse what the caller's policies do not allow.

    Raises:
        ApiRefusal: AccessDenied, in IAM's words.
    """
    request = AccessRequest(need.action, need.resource, context={**_of_caller(iam, who), **need.context})
    identity = evaluate(_documents(iam, who.entity), request)
    if identity.answer == "allowed":
        _demand_within(_boundary(iam, who.entity), "permissions boundary", who, need, request)
        _demand_within(who.session_policy, "session policy", who, need, request)
        return
    raise _denied(who, need, identity, "an identity-based policy", "no identity-based policy")


def _demand_within(
    limit: Document | None, what: str, who: SignedCaller, need: NeededPermission, request: AccessRequest
) -> None:
    within = evaluate([limit], request) if limit is not None else None
    if within is not None and within.answer != "allowed":
        raise _denied(who, need, within, f"a {what}", f"no {what}")


def _denied(
    who: SignedCaller, need: NeededPermission, decision: Decision, policy: str, no_policy: str
) -> ApiRefusal:
    why = f"because {no_policy} allows the {need.action} action"
    if decision.answer == "explicit deny":
        why = f"with an explicit deny in {policy}"
    elif decision.answer == "unknown":
        why = f"because the sandbox can't tell whether {policy} allows it: {decision.why}"
    return ApiRefusal(
        "AccessDenied",
        f"User: {who.arn} is not authorized to perform: {need.action} on resource: {need.shown} {why}",
    )


def _needs(call: ReceivedCall) -> Iterator[NeededPermission]:
    kind, resource = _resource(call)
    creates = call.operation.startswith("Create")
    shown = resource if creates or kind == "" else f"{kind.replace('-', ' ')} {_name(call, kind)}"
    yield NeededPermission(f"iam:{call.operation}", resource, shown, _of_request(call, kind))
    for dependent in dependents(call.operation, call.params):
        arn = _arn(call, dependent.kind)
        context = _of_request(call, dependent.kind)
        if dependent.passed_to:
            context["iam:PassedToService"] = dependent.passed_to
        yield NeededPermission(dependent.action, arn, arn, context)


def _resource(call: ReceivedCall) -> tuple[str, str]:
    """The kind and the ARN of what a call acts on, "" and `*` where its action takes no resource."""
    action = actions.actions_of("iam").get(call.operation.lower())
    taken = action.resources if action else ()
    for kind in (*_NAMED, "policy", "oidc-provider", "saml-provider"):
        if any(f":{kind}/" in form for form in taken) and _name(call, kind):
            return kind, _arn(call, kind)
    return "", "*"


def _name(call: ReceivedCall, kind: str) -> str:
    if kind == "policy":
        return str(
            call.params.get("PolicyArn")
            or (call.params.get("PolicyName") if call.operation == "CreatePolicy" else "")
            or ""
        )
    if kind == "oidc-provider":
        named = str(call.params.get("OpenIDConnectProviderArn") or call.params.get("Url") or "")
        return named.rpartition(":oidc-provider/")[2].removeprefix("https://")
    if kind == "saml-provider":
        return str(call.params.get("SAMLProviderArn") or call.params.get("Name") or "").rpartition("/")[2]
    return str(call.params.get(_NAMED[kind], ""))


def _arn(call: ReceivedCall, kind: str) -> str:
    """The ARN as it is, or as it will be."""
    if kind == "policy" and "PolicyArn" in call.params:
        return str(call.params["PolicyArn"])
    entity = _entity(call, kind)
    if entity is not None:
        return str(entity.arn)
    return arns.build(call.iam.partition, call.account, kind, call.params.get("Path", "/"), _name(call, kind))


def _entity(call: ReceivedCall, kind: str) -> Any:
    name = _name(call, kind)
    if kind == "role":
        return role_named(call.iam, name)
    if kind == "oidc-provider":
        return call.iam.open_id_providers.get(
            f"arn:{call.iam.partition}:iam::{call.account}:oidc-provider/{name}"
        )
    return getattr(call.iam, _KEPT[kind]).get(name)


def _of_request(call: ReceivedCall, kind: str) -> dict[str, Value]:
    """The condition keys that the call itself sets (service authorization reference, IAM)."""
    context: dict[str, Value] = {}
    tags = call.params.get("Tags") or []
    keys = [tag["Key"] for tag in tags] or call.params.get("TagKeys") or []
    if keys:
        context["aws:TagKeys"] = tuple(keys)
    context |= {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    entity = _entity(call, kind) if kind else None
    if entity is not None:
        for tag in tags_of(entity):
            context[f"aws:ResourceTag/{tag['Key']}"] = context[f"iam:ResourceTag/{tag['Key']}"] = tag["Value"]
    if call.operation.startswith(("Attach", "Detach")):
        context["iam:PolicyARN"] = call.params["PolicyArn"]
    boundary = call.params.get("PermissionsBoundary") or bound_by(entity)
    if boundary:
        context["iam:PermissionsBoundary"] = boundary
    return context


def _of_caller(iam: Any, who: SignedCaller) -> dict[str, Value]:
    is_user = who.arn.split(":")[5].startswith("user/")
    context: dict[str, Value] = {
        "aws:PrincipalArn": who.entity.arn,
        "aws:PrincipalAccount": str(iam.account_id),
        "aws:PrincipalType": "User" if is_user else "AssumedRole",
        "aws:SecureTransport": "true",
        "aws:SourceIp": "127.0.0.1",
        "aws:RequestedRegion": "us-east-1",
        "aws:CurrentTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if is_user:
        context["aws:username"] = who.entity.name
    return context | {f"aws:PrincipalTag/{tag['Key']}": tag["Value"] for tag in tags_of(who.entity)}


def _documents(iam: Any, entity: Any) -> list[Document]:
    groups = [group for group in iam.groups.values() if entity in group.users]
    texts: list[str] = []
    for holder in (entity, *groups):
        texts += holder.policies.values()
        texts += [_default(policy) for policy in holder.managed_policies.values()]
    return [Document(text) for text in texts]


def _default(policy: Any) -> str:
    return next(str(v.document) for v in policy.versions if v.version_id == policy.default_version_id)


def _boundary(iam: Any, entity: Any) -> Document | None:
    arn = bound_by(entity)
    policy = iam.managed_policies.get(arn) if arn else None
    return Document(_default(policy)) if policy is not None else None
