"""Condition keys: which exist, of what type, and which actions have them.

Services' own keys are the Service Authorization Reference's (`actions.py`). Of global keys it types three, so
they stand here, with the types that the IAM user guide gives them (reference_policies_condition-keys, as of
2026-11).
"""

from collections.abc import Iterable

from reconciler.policy import globs
from reconciler.policy.catalogue import reference_disagreements, similar_names
from reconciler.policy.catalogue.actions import Action, condition_keys_of, services

_GLOBAL_BY_TYPE = {
    "String": (
        # Of the principal.
        "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalTag/*", "aws:PrincipalServiceName",
        "aws:PrincipalType", "aws:userid", "aws:username",
        # Of the session.
        "aws:AssumedRoot", "aws:FederatedProvider", "aws:SourceIdentity", "aws:Ec2InstanceSourceVpc",
        "glue:RoleAssumedBy", "glue:CredentialIssuingService", "identitystore:UserId",
        # Of the network.
        "aws:SourceVpc", "aws:SourceVpce", "aws:VpceAccount", "aws:VpceOrgID",
        # Of the resource and the request.
        "aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceTag/*", "aws:CalledViaFirst",
        "aws:CalledViaLast", "aws:CalledViaAWSMCP", "aws:referer", "aws:RequestedRegion", "aws:RequestTag/*",
        "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOwner", "aws:UserAgent",
    ),
    "ArrayOfString": (
        "aws:PrincipalOrgPaths", "aws:PrincipalServiceNamesList", "aws:VpceOrgPaths", "aws:ResourceOrgPaths",
        "aws:CalledVia", "aws:SourceOrgPaths", "aws:TagKeys",
    ),
    "ARN": (
        "aws:PrincipalArn", "aws:ChatbotSourceArn", "aws:SourceVpcArn", "aws:SourceArn",
        "ec2:SourceInstanceArn", "lambda:SourceFunctionArn", "ssm:SourceInstanceArn",
    ),
    "Bool": (
        "aws:PrincipalIsAWSService", "aws:MultiFactorAuthPresent", "aws:ViaAWSService",
        "aws:ViaAWSMCPService", "aws:SecureTransport",
    ),
    "IPAddress": ("aws:SourceIp", "aws:VpcSourceIp", "aws:Ec2InstanceSourcePrivateIPv4"),
    "Numeric": ("aws:MultiFactorAuthAge", "ec2:RoleDelivery"),
    "Date": ("aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime"),
}  # fmt: skip
_GLOBAL = {key.lower(): kind for kind, keys in _GLOBAL_BY_TYPE.items() for key in keys}
# In a request's context only where the catalogue says so (user guide, condition-keys).
_ONLY_WHERE_SAID = ("aws:resourcetag/", "aws:requesttag/", "aws:tagkeys")
STS = "sts"


def global_type(key: str) -> str:
    """The type of a global key, "" for any other. A key such as aws:PrincipalTag/team needs its tag."""
    folded = key.lower()
    head, slash, tag = folded.partition("/")
    return _GLOBAL.get(f"{head}/*" if slash and tag else folded, "")


def type_of(key: str, near: Iterable[str] = ()) -> str:
    """The type of a key, looked up whole over all services, those of `near` first.

    "" where there is no such key.
    """
    known = near_type_of(key, near)
    if known:
        return known
    folded = key.lower()
    own = (*near, folded.partition(":")[0])
    # Few keys stand with a service of another prefix, so this long way is for them and for mistakes.
    return next((t for s in sorted(services() - set(own)) if (t := _type_in(s, folded))), "")


def near_type_of(key: str, near: Iterable[str] = ()) -> str:
    """The type of a key as far as these services, and the service of the key's prefix, know it."""
    known = global_type(key) or reference_disagreements.type_of_key(key)
    if known:
        return known
    folded = key.lower()
    own = dict.fromkeys((*near, folded.partition(":")[0]))
    return next((type_ for service in own if (type_ := _type_in(service, folded))), "")


def trust_type_of(key: str, provider: str = "") -> str:
    """The type of a key in a trust policy: of STS, global, or any claim of the trusted OIDC provider."""
    if provider and key.lower().startswith(f"{provider.lower()}:") and not key.endswith(":"):
        return "String"
    return global_type(key) or _type_in(STS, key.lower())


def _type_in(service: str, folded: str) -> str:
    keys = condition_keys_of(service)
    if folded in keys:
        return "" if "*" in folded else keys[folded][1]
    return next(
        (t for k, (_, t) in keys.items() if "*" in k and globs.matches(k, folded) and len(folded) >= len(k)),
        "",
    )


def has(action: Action, key: str) -> bool:
    """Whether a request for the action carries the key, as the reference or a guide says."""
    return is_listed(action, key) or reference_disagreements.carries(action, key)


def is_listed(action: Action, key: str) -> bool:
    """Whether the reference has the key for the action: its own, its resource types', or a global one."""
    folded = key.lower()
    if global_type(folded) and not folded.startswith(_ONLY_WHERE_SAID):
        return True
    return any(globs.matches(pattern, folded) for pattern in action.keys)


def similar_key(key: str, near: Iterable[str]) -> str:
    """The known key that a misspelt one most likely means, or ""."""
    known = [k for keys in _GLOBAL_BY_TYPE.values() for k in keys]
    for service in dict.fromkeys((*near, key.lower().partition(":")[0])):
        known += [spelled for spelled, _ in condition_keys_of(service).values()]
    return similar_names.key(key, known)
