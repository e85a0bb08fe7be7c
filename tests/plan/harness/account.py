"""An AWS account that is kept in memory: it answers boto3's calls in IAM's shapes, with no server.

It keeps what it is told and checks next to nothing: what IAM refuses is the business of other tests.
"""

from typing import Any

from botocore import xform_name

from tests.plan.harness.holders import NOUNS, OF_POLICIES, Params, as_list, missing, of_list, refused
from tests.plan.harness.providers import ProvidersInMemory

_CREDENTIALS = {
    "list_access_keys": "AccessKeyMetadata",
    "list_mfa_devices": "MFADevices",
    "list_signing_certificates": "Certificates",
    "list_ssh_public_keys": "SSHPublicKeys",
    "list_service_specific_credentials": "ServiceSpecificCredentials",
}


class AccountInMemory(ProvidersInMemory):
    """Everything of one account; `denied` are operations that the caller may not use, for one name or any."""

    def __init__(self, account: str, caller: str) -> None:
        super().__init__(account)
        self.caller = caller
        self.denied: set[str] = set()
        self.aliases: list[str] = []
        self.rules: Params | None = None
        self.passwords: set[str] = set()
        self.keys: set[str] = set()
        self.asked: set[str] = set()

    def send(self, operation: str, **p: Any) -> Params:
        """The answer to one call, by boto3's name of its operation."""
        self.asked.add(operation)
        for entry in self.denied:
            denied, _, name = entry.partition(" ")
            if xform_name(denied) == operation and (not name or name in p.values()):
                raise refused("AccessDenied", denied)
        on_policies = OF_POLICIES.fullmatch(operation)
        if on_policies:
            return self.on_policies(on_policies[1], on_policies[2], p)
        if operation in _CREDENTIALS:
            keys = [{"AccessKeyId": "AKIA1", "Status": "Active"}] if p["UserName"] in self.keys else []
            return {_CREDENTIALS[operation]: keys if operation == "list_access_keys" else []}
        for noun in NOUNS:
            generic = {
                f"delete_{noun}": self.delete,
                f"tag_{noun}": self.tag,
                f"untag_{noun}": self.untag,
                f"put_{noun}_permissions_boundary": self.put_boundary,
                f"delete_{noun}_permissions_boundary": self.delete_boundary,
            }
            if operation in generic:
                return generic[operation](noun, p)
        answer: Params = getattr(self, operation)(p)
        return answer

    def get_caller_identity(self, _: Params) -> Params:
        service = "sts" if self.caller.startswith("assumed-role/") else "iam"
        return {"Account": self.account, "Arn": f"arn:aws:{service}::{self.account}:{self.caller}"}

    def get_account_summary(self, _: Params) -> Params:
        return {
            "SummaryMap": {
                "Roles": len(self.of["role"]),
                "Policies": len(self.policies),
                "InstanceProfiles": len(self.profiles),
            }
        }

    def get_login_profile(self, p: Params) -> Params:
        if p["UserName"] not in self.passwords:
            raise missing(p["UserName"])
        return {"LoginProfile": {"UserName": p["UserName"]}}

    def list_account_aliases(self, _: Params) -> Params:
        return {"AccountAliases": self.aliases}

    def create_account_alias(self, p: Params) -> Params:
        self.aliases = [p["AccountAlias"]]
        return {}

    def get_account_password_policy(self, _: Params) -> Params:
        if self.rules is None:
            raise missing("password policy")
        return {"PasswordPolicy": self.rules}

    def update_account_password_policy(self, p: Params) -> Params:
        asked = ("Symbols", "Numbers", "UppercaseCharacters", "LowercaseCharacters")
        off = {f"Require{what}": False for what in asked}
        self.rules = {**off, "AllowUsersToChangePassword": False, "MinimumPasswordLength": 6, **p}
        return {}

    def get_resources(self, p: Params) -> Params:
        wanted = p["TagFilters"][0]
        tagged = {arn: as_list(policy["tags"]) for arn, policy in self.policies.items()}
        tagged |= {profile["Arn"]: profile["Tags"] for profile in self.profiles.values()}
        tagged |= {arn: provider.get("Tags", []) for arn, provider in self.providers.items()}
        return {
            "ResourceTagMappingList": [
                {"ResourceARN": arn, "Tags": tags}
                for arn, tags in tagged.items()
                if wanted["Key"] in (own := of_list(tags))
                and own[wanted["Key"]] in wanted.get("Values", own.values())
            ]
        }

    def get_account_authorization_details(self, p: Params) -> Params:
        roles = [self._detail("Role", role) for role in self.of["role"].values()]
        users = [
            {
                **self._detail("User", user),
                "GroupList": sorted(group for member, group in self.members if member == name),
            }
            for name, user in self.of["user"].items()
        ]
        policies = [
            {
                **policy["shown"],
                **self._counts(arn),
                "PolicyVersionList": [{"VersionId": v, "Document": d} for v, d in policy["versions"].items()],
            }
            for arn, policy in self.policies.items()
        ]
        groups = [self._detail("Group", group) for group in self.of["group"].values()]
        of_filter = {
            "Role": ("RoleDetailList", roles),
            "Group": ("GroupDetailList", groups),
            "User": ("UserDetailList", users),
            "LocalManagedPolicy": ("Policies", policies),
        }
        return dict(of_filter[word] for word in p["Filter"])

    def _counts(self, arn: str) -> Params:
        holders = [holder for own in self.of.values() for holder in own.values()]
        attached = [policy["PolicyArn"] for holder in holders for policy in holder.attached_policies]
        return {
            "AttachmentCount": attached.count(arn),
            "PermissionsBoundaryUsageCount": [holder.boundary for holder in holders].count(arn),
        }

    @staticmethod
    def _detail(noun: str, holder: Any) -> Params:
        left_out = ("Description", "MaxSessionDuration")
        return {
            **{key: value for key, value in holder.shown.items() if key not in left_out},
            **holder.marks,
            "AttachedManagedPolicies": holder.attached_policies,
            f"{noun}PolicyList": [
                {"PolicyName": name, "PolicyDocument": document} for name, document in holder.inline.items()
            ],
        }
