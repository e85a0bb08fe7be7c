"""The sweep of an account for what carries our tags, and for what is there at all.

Roles show their tags in GetAccountAuthorizationDetails, policies and instance profiles in the tagging API alone, which
answers in the partition's IAM region and lags behind (contract §8).
"""

from collections.abc import Iterator

from reconciler.core.call import Answers, Call, Params, read
from reconciler.parts import tags
from reconciler.policy import arns

# More values than this a tag filter does not take.
_MOST_VALUES = 20
_PREFIXES = {"policy": "policy", "instance-profile": "instance-profile"}
Tagged = tuple[str, str, str]
Named = tuple[str, str, str]

ROLES = read("GetAccountAuthorizationDetails", Filter=["Role"], MaxItems=1000)
POLICIES = read("ListPolicies", Scope="Local", MaxItems=1000)
PROFILES = read("ListInstanceProfiles", MaxItems=1000)


def tagged_reads(specs: tuple[str, ...]) -> Call:
    """What finds the policies and profiles that carry the tag of one of these specs."""
    only = {"Values": list(specs)} if len(specs) <= _MOST_VALUES else {}
    return read("GetResources", service="resourcegroupstaggingapi", TagFilters=[{"Key": tags.SPEC, **only}])


def tagged_roles(answers: Answers) -> Iterator[Tagged]:
    """Kind, name and spec of each role that carries our tag."""
    for role in (answers.get(ROLES) or {}).get("RoleDetailList", ()):
        spec = tags.value_of(tags.of_response(role.get("Tags")), tags.SPEC)
        if spec:
            yield "role", role["RoleName"], spec


def tagged_others(call: Call, answers: Answers) -> Iterator[Tagged]:
    """The same of policies and profiles."""
    for entry in (answers.get(call) or {}).get("ResourceTagMappingList", ()):
        parsed = arns.parse(entry["ResourceARN"])
        if parsed is not None and parsed.kind in _PREFIXES:
            yield parsed.kind, parsed.name, tags.value_of(tags.of_response(entry["Tags"]), tags.SPEC)


def everything(answers: Answers) -> Iterator[Named]:
    """Kind, name and path of every role, policy and profile of the account."""
    for kind, call, key, name in (
        ("role", ROLES, "RoleDetailList", "RoleName"),
        ("policy", POLICIES, "Policies", "PolicyName"),
        ("instance-profile", PROFILES, "InstanceProfiles", "InstanceProfileName"),
    ):
        for entry in _listed(answers.get(call) if call in answers else None, key):
            yield kind, entry[name], entry["Path"]


def _listed(answer: Params | None, key: str) -> list[Params]:
    return list((answer or {}).get(key, ()))
