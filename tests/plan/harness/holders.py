"""Roles, users and groups of an account that is kept in memory, with the policies that they hold."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

Params = dict[str, Any]
NOUNS = {"role": "Role", "user": "User", "group": "Group"}
OF_POLICIES = re.compile(
    r"(attach|detach|put|delete|get|list_attached|list)_(role|user|group)_polic(?:y|ies)"
)


def refused(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, operation)


def missing(what: str) -> ClientError:
    return refused("NoSuchEntity", what)


def as_list(tags: dict[str, str]) -> list[Params]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def of_list(tags: list[Params]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


@dataclass
class HolderInMemory:
    """A role, user or group; `shown` are the members that answers have of it."""

    shown: Params
    attached: set[str] = field(default_factory=set)
    inline: dict[str, Params] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    boundary: str = ""

    @property
    def marks(self) -> Params:
        limit = {"PermissionsBoundary": {"PermissionsBoundaryArn": self.boundary}} if self.boundary else {}
        return {"Tags": as_list(self.tags), **limit}

    @property
    def attached_policies(self) -> list[Params]:
        return [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in sorted(self.attached)]


class HoldersInMemory:
    """The operations of IAM on them, by boto3's names, each with its parameters as one mapping."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.of: dict[str, dict[str, HolderInMemory]] = {noun: {} for noun in NOUNS}
        self.members: set[tuple[str, str]] = set()

    def arn(self, noun: str, path: str, name: str) -> str:
        return f"arn:aws:iam::{self.account}:{noun}{path}{name}"

    def _of(self, noun: str, p: Params) -> HolderInMemory:
        name = p[f"{NOUNS[noun]}Name"]
        if name not in self.of[noun]:
            raise missing(name)
        return self.of[noun][name]

    def on_policies(self, verb: str, noun: str, p: Params) -> Params:
        holder, name = self._of(noun, p), p.get("PolicyName", "")
        if verb == "list_attached":
            return {"AttachedPolicies": holder.attached_policies}
        if verb == "list":
            return {"PolicyNames": sorted(holder.inline)}
        if verb == "attach":
            holder.attached.add(p["PolicyArn"])
        elif verb == "detach":
            holder.attached.remove(p["PolicyArn"])
        elif verb == "put":
            holder.inline[name] = json.loads(p["PolicyDocument"])
        elif name not in holder.inline:
            raise missing(name)
        elif verb == "delete":
            del holder.inline[name]
        else:
            return {"PolicyName": name, "PolicyDocument": holder.inline[name]}
        return {}

    def _create(self, noun: str, p: Params, **more: Any) -> Params:
        name, path = p[f"{NOUNS[noun]}Name"], p.get("Path", "/")
        shown = {
            f"{NOUNS[noun]}Name": name,
            f"{NOUNS[noun]}Id": f"ID{name.upper()}",
            "Path": path,
            "Arn": self.arn(noun, path, name),
            **more,
        }
        tags, boundary = of_list(p.get("Tags", [])), p.get("PermissionsBoundary", "")
        holder = HolderInMemory(shown, tags=tags, boundary=boundary)
        self.of[noun][name] = holder
        return {NOUNS[noun]: {**shown, **holder.marks}}

    def delete(self, noun: str, p: Params) -> Params:
        self._of(noun, p)
        del self.of[noun][p[f"{NOUNS[noun]}Name"]]
        return {}

    def create_role(self, p: Params) -> Params:
        more = {"Description": p["Description"]} if p.get("Description") else {}
        return self._create(
            "role",
            p,
            AssumeRolePolicyDocument=json.loads(p["AssumeRolePolicyDocument"]),
            MaxSessionDuration=p.get("MaxSessionDuration", 3600),
            **more,
        )

    def create_user(self, p: Params) -> Params:
        return self._create("user", p)

    def create_group(self, p: Params) -> Params:
        return self._create("group", p)

    def get_role(self, p: Params) -> Params:
        role = self._of("role", p)
        return {"Role": {**role.shown, **role.marks}}

    def get_user(self, p: Params) -> Params:
        user = self._of("user", p)
        return {"User": {**user.shown, **user.marks}}

    def get_group(self, p: Params) -> Params:
        group, name = self._of("group", p), p["GroupName"]
        users = sorted(user for user, other in self.members if other == name)
        return {"Group": group.shown, "Users": [self.of["user"][user].shown for user in users]}

    def list_roles(self, _: Params) -> Params:
        return {"Roles": [role.shown for role in self.of["role"].values()]}

    def list_users(self, _: Params) -> Params:
        return {"Users": [user.shown for user in self.of["user"].values()]}

    def list_groups(self, _: Params) -> Params:
        return {"Groups": [group.shown for group in self.of["group"].values()]}

    def list_groups_for_user(self, p: Params) -> Params:
        self._of("user", p)
        groups = sorted(group for user, group in self.members if user == p["UserName"])
        return {"Groups": [self.of["group"][group].shown for group in groups]}

    def add_user_to_group(self, p: Params) -> Params:
        self._of("user", p), self._of("group", p)
        self.members.add((p["UserName"], p["GroupName"]))
        return {}

    def remove_user_from_group(self, p: Params) -> Params:
        self.members.remove((p["UserName"], p["GroupName"]))
        return {}

    def update_assume_role_policy(self, p: Params) -> Params:
        self._of("role", p).shown["AssumeRolePolicyDocument"] = json.loads(p["PolicyDocument"])
        return {}

    def update_role(self, p: Params) -> Params:
        given = [key for key in ("Description", "MaxSessionDuration") if key in p]
        self._of("role", p).shown.update({str(key): p[key] for key in given})
        return {}

    def update_user(self, p: Params) -> Params:
        shown = self._of("user", p).shown
        shown["Path"], shown["Arn"] = p["NewPath"], self.arn("user", p["NewPath"], p["UserName"])
        return {}

    def put_boundary(self, noun: str, p: Params) -> Params:
        self._of(noun, p).boundary = p["PermissionsBoundary"]
        return {}

    def delete_boundary(self, noun: str, p: Params) -> Params:
        self._of(noun, p).boundary = ""
        return {}

    def tag(self, noun: str, p: Params) -> Params:
        self._of(noun, p).tags.update(of_list(p["Tags"]))
        return {}

    def untag(self, noun: str, p: Params) -> Params:
        for key in p["TagKeys"]:
            self._of(noun, p).tags.pop(key, None)
        return {}
