"""Managed policies of an account that is kept in memory, and a few of AWS's own."""

import json
from typing import Any

from tests.plan.harness.holders import NOUNS, HoldersInMemory, Params, as_list, missing, of_list


def statement(effect: str, actions: Any, key: str = "Action") -> Params:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": effect, key: actions, "Resource": "*"}],
    }


_OF_AWS = {
    "AdministratorAccess": statement("Allow", "*"),
    "PowerUserAccess": statement("Allow", ["iam:*", "organizations:*"], "NotAction"),
    "ReadOnlyAccess": statement("Allow", ["s3:Get*", "s3:List*", "sqs:Get*"]),
    "job-function/ViewOnlyAccess": statement("Allow", "s3:List*"),
}


class PoliciesInMemory(HoldersInMemory):
    """The operations of IAM on managed policies, which are kept by their ARNs."""

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.policies: dict[str, Params] = {}

    def _policy(self, arn: str) -> Params:
        if arn.startswith("arn:aws:iam::aws:policy/"):
            path, slash, name = arn.removeprefix("arn:aws:iam::aws:policy/").rpartition("/")
            if path + slash + name in _OF_AWS:
                shown = {"PolicyName": name, "Arn": arn, "Path": f"/{path}{slash}", "DefaultVersionId": "v1"}
                return {"shown": shown, "versions": {"v1": _OF_AWS[path + slash + name]}, "tags": {}}
        if arn not in self.policies:
            raise missing(arn)
        return self.policies[arn]

    def create_policy(self, p: Params) -> Params:
        name, path = p["PolicyName"], p.get("Path", "/")
        shown = {"PolicyName": name, "Path": path, "DefaultVersionId": "v1"}
        shown["Arn"] = self.arn("policy", path, name)
        if p.get("Description"):
            shown["Description"] = p["Description"]
        versions = {"v1": json.loads(p["PolicyDocument"])}
        self.policies[shown["Arn"]] = {
            "shown": shown,
            "versions": versions,
            "tags": of_list(p.get("Tags", [])),
        }
        return {"Policy": shown}

    def delete_policy(self, p: Params) -> Params:
        del self.policies[p["PolicyArn"]]
        return {}

    def get_policy(self, p: Params) -> Params:
        policy = self._policy(p["PolicyArn"])
        return {"Policy": {**policy["shown"], "Tags": as_list(policy["tags"])}}

    def get_policy_version(self, p: Params) -> Params:
        versions = self._policy(p["PolicyArn"])["versions"]
        if p["VersionId"] not in versions:
            raise missing(p["VersionId"])
        return {"PolicyVersion": {"VersionId": p["VersionId"], "Document": versions[p["VersionId"]]}}

    def list_policy_versions(self, p: Params) -> Params:
        return {"Versions": [{"VersionId": v} for v in self._policy(p["PolicyArn"])["versions"]]}

    def create_policy_version(self, p: Params) -> Params:
        policy = self._policy(p["PolicyArn"])
        version = f"v{1 + max(int(v[1:]) for v in policy['versions'])}"
        policy["versions"][version] = json.loads(p["PolicyDocument"])
        policy["shown"]["DefaultVersionId"] = version
        return {"PolicyVersion": {"VersionId": version}}

    def set_default_policy_version(self, p: Params) -> Params:
        self._policy(p["PolicyArn"])["shown"]["DefaultVersionId"] = p["VersionId"]
        return {}

    def delete_policy_version(self, p: Params) -> Params:
        del self._policy(p["PolicyArn"])["versions"][p["VersionId"]]
        return {}

    def tag_policy(self, p: Params) -> Params:
        self._policy(p["PolicyArn"])["tags"].update(of_list(p["Tags"]))
        return {}

    def untag_policy(self, p: Params) -> Params:
        for key in p["TagKeys"]:
            self._policy(p["PolicyArn"])["tags"].pop(key, None)
        return {}

    def list_policies(self, p: Params) -> Params:
        limits = {holder.boundary for own in self.of.values() for holder in own.values()}
        only = p.get("PolicyUsageFilter") == "PermissionsBoundary"
        shown = [policy["shown"] for policy in self.policies.values()]
        return {"Policies": [policy for policy in shown if not only or policy["Arn"] in limits]}

    def list_entities_for_policy(self, p: Params) -> Params:
        arn, usage = p["PolicyArn"], p.get("PolicyUsageFilter", "")
        self._policy(arn)

        def holds(holder: Any) -> bool:
            attached = arn in holder.attached and usage != "PermissionsBoundary"
            return bool(attached or (arn == holder.boundary and usage != "PermissionsPolicy"))

        return {
            f"Policy{word}s": [{f"{word}Name": n} for n, holder in self.of[noun].items() if holds(holder)]
            for noun, word in NOUNS.items()
        }
