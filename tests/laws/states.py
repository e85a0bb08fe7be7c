"""What must be alike in two specs or two live states, and what may differ."""

import json
from typing import Any

from tests.conftest import Server
from tests.end_to_end.metadata import METADATA
from tests.laws.generators import agreeing


def comparable(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Make two specs comparable: the same paths, and no new profiles.

    A new path is a refusal with tests of its own. What one spec manages the other manages too, as what a spec
    no longer manages stays as it is.
    """
    for section, key in (("groups", "members"), ("users", "groups"), ("oidc_providers", "thumbprints")):
        for name, resource in after[section].items():
            if key in before[section][name]:
                resource.setdefault(key, before[section][name][key])
    agreeing(after)
    for section in ("policies", "roles"):
        for name, resource in after[section].items():
            resource.pop("path", None)
            if "path" in before[section][name]:
                resource["path"] = before[section][name]["path"]
    for name, role in after["roles"].items():
        if before["roles"][name].get("instance_profile") != role.get("instance_profile"):
            role.pop("instance_profile", None)


def forget_what_is_left_alone(spec: dict[str, Any], state: dict[str, Any]) -> None:
    """What an earlier spec named and this one does not: members, thumbprints, settings of the account."""
    for name, group in spec["groups"].items():
        if "members" not in group:
            state["groups"][name] = state["groups"][name][:3]
    for name, provider in spec["oidc_providers"].items():
        if "thumbprints" not in provider:
            audiences, _, tags_ = state["providers"][name]
            state["providers"][name] = (audiences, tags_)
    for key, setting in (("aliases", "alias"), ("password_policy", "password_policy")):
        if setting not in spec.get("account_settings", {}):
            del state[key]


def bystanders(server: Server) -> None:
    """What no spec describes, of every kind, and users whom specs put into groups."""
    iam = server.iam()
    everyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": everyone})
    iam.create_role(RoleName="Bystander", AssumeRolePolicyDocument=trust)
    iam.attach_role_policy(RoleName="Bystander", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.create_instance_profile(InstanceProfileName="Bystander")
    iam.add_role_to_instance_profile(InstanceProfileName="Bystander", RoleName="Bystander")
    iam.create_open_id_connect_provider(Url="https://bystander.example", ClientIDList=["x"])
    iam.create_policy(
        PolicyName="Bystander",
        PolicyDocument=(
            '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
        ),
    )
    iam.create_saml_provider(Name="Bystander", SAMLMetadataDocument=METADATA["a.xml"])
    for name in ("mara", "theo"):
        iam.create_user(UserName=name, Tags=[{"Key": "team", "Value": name}])
    iam.create_group(GroupName="Outside")
    iam.add_user_to_group(GroupName="Outside", UserName="mara")


def without_history(state: dict[str, Any]) -> dict[str, Any]:
    """Without the number of versions that a policy keeps."""
    return {**state, "policies": {arn: (*v[:2], v[3]) for arn, v in state["policies"].items()}}


def differing(state: dict[str, Any], other: dict[str, Any]) -> list[Any]:
    """What is not the same in two states, and nothing else."""
    differences = []
    for section, value in state.items():
        ours, theirs = (side if isinstance(side, dict) else {"": side} for side in (value, other[section]))
        differences += [
            (section, name, ours.get(name), theirs.get(name))
            for name in ours.keys() | theirs.keys()
            if ours.get(name) != theirs.get(name)
        ]
    return differences


def strip(tags_: dict[str, str]) -> dict[str, str]:
    """Without the digest of the description, which can't follow the spec."""
    if "reconciler:applied" not in tags_:
        return tags_
    applied = " ".join(p for p in tags_["reconciler:applied"].split() if not p.startswith("description="))
    return {**tags_, "reconciler:applied": applied}
