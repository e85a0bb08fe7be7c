"""What reads of the whole account say, and the reads themselves.

Few large answers in the place of many small ones.

Account-wide answers leave things out (contract §8). Each kind cuts them into the shapes of the answers about
one resource, fills in what is told elsewhere, and says `NOT_TOLD` where nothing tells it: then the resource
is asked itself.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from reconciler.core.call import Answers, Call, Params, read
from reconciler.facets import tags

# More values than this a tag filter does not take, and more resources no page holds (Resource Groups Tagging
# API, GetResources).
_MOST_VALUES, _ON_A_PAGE = 20, 100
MOST_ITEMS = 1000
# Up to so many small calls nothing is gained; from so many on the largest account that IAM allows is read in
# fewer.
FEW, MANY = 12, 120

ROLE_DETAILS = read("GetAccountAuthorizationDetails", Filter=["Role"], MaxItems=MOST_ITEMS)
POLICY_DETAILS = read("GetAccountAuthorizationDetails", Filter=["LocalManagedPolicy"], MaxItems=MOST_ITEMS)
# The same with users and groups: what a sweep for what carries our tags, or is there at all, looks through.
# Where these are few it takes as many calls.
PRINCIPAL_DETAILS = read(
    "GetAccountAuthorizationDetails", Filter=["Role", "User", "Group"], MaxItems=MOST_ITEMS
)
ROLES = read("ListRoles", MaxItems=MOST_ITEMS)
# Enough to find a name in another spelling in nearly every account; in a larger one CreateRole finds it.
SOME_ROLES = replace(ROLES, first_page=True)
POLICIES = read("ListPolicies", Scope="Local", MaxItems=MOST_ITEMS)
PROFILES = read("ListInstanceProfiles", MaxItems=MOST_ITEMS)
BOUNDARIES = read("ListPolicies", PolicyUsageFilter="PermissionsBoundary", MaxItems=MOST_ITEMS)
GROUPS = read("ListGroups", MaxItems=MOST_ITEMS)
SOME_USERS = replace(read("ListUsers", MaxItems=MOST_ITEMS), first_page=True)
OIDC_PROVIDERS = read("ListOpenIDConnectProviders")
SAML_PROVIDERS = read("ListSAMLProviders")
SUMMARY = read("GetAccountSummary")
USER_DETAILS = read("GetAccountAuthorizationDetails", Filter=["User"], MaxItems=MOST_ITEMS)


class NotTold:
    """The account-wide answers don't say it."""


NOT_TOLD: Final = NotTold()
Cut = Params | None | NotTold


# Names of specs that tag what is theirs, each with how many policies and profiles it describes.
Tagging = tuple[tuple[str, int], ...]
# In the place of names (no spec has that name): what carries the tag of any spec.
ANY_SPEC: Tagging = (("*", 0),)
TAGGED = read("GetResources", service="resourcegroupstaggingapi", TagFilters=[{"Key": tags.SPEC}])


def tagged(specs: Tagging) -> tuple[Call, ...]:
    """What finds the policies and profiles that carry the tag of one of these specs.

    About a page in each call.
    """
    if specs == ANY_SPEC:
        return (TAGGED,)
    return tuple(
        read(
            "GetResources",
            service="resourcegroupstaggingapi",
            TagFilters=[{"Key": tags.SPEC, "Values": list(some)}],
        )
        for some in _by_page(specs)
    )


def owned(specs: Tagging) -> tuple[Call, ...]:
    """What finds everything that carries the tag of one of these specs; nothing where nothing is tagged."""
    return (PRINCIPAL_DETAILS, *tagged(specs)) if specs else ()


def all_reads(specs: Tagging) -> tuple[Call, ...]:
    """Every account-wide read that a plan may make for these specs."""
    return (SUMMARY, ROLE_DETAILS, POLICY_DETAILS, ROLES, PROFILES, BOUNDARIES, *tagged(specs))


def _by_page(specs: Tagging) -> list[tuple[str, ...]]:
    """The names in groups: pages follow one another, but groups can be asked for together."""
    groups: list[list[str]] = []
    room = 0
    for name, number in sorted(specs):
        if not groups or len(groups[-1]) == _MOST_VALUES or number > room:
            groups.append([])
            room = _ON_A_PAGE
        groups[-1].append(name)
        room -= number
    return [tuple(group) for group in groups]


class AccountWide:
    """The account-wide answers so far, each indexed once, when it is first looked into."""

    def __init__(self, account: str, specs: Tagging, answers: Answers, details: Call = ROLE_DETAILS) -> None:
        """`details` is what tells of roles: a run that looks for users as well reads both in one."""
        self._account = account
        self.details = details
        self.answers = answers
        self._tag_calls = tagged(specs)
        self._tagged = {
            name: call for some, call in zip(_by_page(specs), self._tag_calls, strict=True) for name in some
        }
        self._is_of_any = specs == ANY_SPEC
        # One answer may list roles and users: each list has an index of its own.
        self._indexes: dict[tuple[Call, str], Mapping[str, Params]] = {}
        self._shown: dict[tuple[Call, str, str], bool] = {}
        self._holders: Mapping[str, list[Params]] | None = None

    def is_own(self, arn: str) -> bool:
        """Whether the ARN is of this account."""
        return arn.split(":")[4:5] == [self._account]

    def tagged(self, spec: str) -> tuple[Call, ...]:
        """The call that finds what carries this spec's tag; none where nothing is tagged."""
        if self._is_of_any:
            return self._tag_calls if spec else ()
        return (self._tagged[spec],) if spec in self._tagged else ()

    def tags_of(self, arn: str) -> list[Params] | None:
        """The tags that the tagging API shows of a resource; None where it doesn't know it."""
        for call in self._tag_calls:
            entry = (self.index(call, "ResourceTagMappingList", "ResourceARN") or {}).get(arn)
            if entry is not None:
                return list(entry["Tags"])
        return None

    def shows(self, call: Call, members: str, by: str, key: str) -> bool:
        """Whether any member of an answer has this key."""
        if (call, members, key) not in self._shown:
            entries = (self.index(call, members, by) or {}).values()
            self._shown[call, members, key] = any(key in member for member in entries)
        return self._shown[call, members, key]

    def holders(self, arn: str) -> tuple[Params, ...]:
        """The roles, users and groups in the details that have this policy, attached or as boundary."""
        if self._holders is None:
            details = self.answers.get(self.details) if self.details in self.answers else None
            self._holders = _by_policy(details or {})
        return tuple(self._holders.get(arn, ()))

    def index(self, call: Call, members: str, by: str) -> Mapping[str, Params] | None:
        """The members of an answer by one of their own; None where there is no answer."""
        if call not in self.answers:
            return None
        if (call, members) not in self._indexes:
            listed = (self.answers.get(call) or {}).get(members, ())
            self._indexes[call, members] = {member[by]: member for member in listed}
        return self._indexes[call, members]


def _by_policy(details: Params) -> dict[str, list[Params]]:
    """Who has each policy, by its ARN; one that has it in both ways stands there twice."""
    holders: dict[str, list[Params]] = {}
    for key in ("RoleDetailList", "UserDetailList", "GroupDetailList"):
        for entry in details.get(key, ()):
            for policy in entry.get("AttachedManagedPolicies", ()):
                holders.setdefault(policy["PolicyArn"], []).append(entry)
            boundary = entry.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
            if boundary:
                holders.setdefault(boundary, []).append(entry)
    return holders
