"""Tags: reserved keys, the case of keys. Characters and numbers are in `fields` and `quotas`."""

from reconciler.sandbox.rule import ApiRefusal, ReceivedCall, before, folds_tag_keys, role_named

_TAGGED = (
    "CreateRole",
    "TagRole",
    "CreatePolicy",
    "TagPolicy",
    "CreateInstanceProfile",
    "TagInstanceProfile",
    "CreateUser",
    "TagUser",
    "CreateOpenIDConnectProvider",
    "TagOpenIDConnectProvider",
    "CreateSAMLProvider",
    "TagSAMLProvider",
)


@before(*_TAGGED, codes=("InvalidInput", "ValidationError"))
def keys(call: ReceivedCall) -> None:
    """No key twice in one call, on roles and users in whatever case, and none of AWS's own.

    The last one's code and words are inferred.

    Source: contract §1 (UG:id_tags.md, LS:roles#test_role_tag_errors,
    LS:policies#test_policy_tag_create_errors). MT: takes `aws:`.
    """
    given = [tag["Key"] for tag in call.params.get("Tags") or []]
    if any(key.lower().startswith("aws:") for key in given):
        raise ApiRefusal("ValidationError", "aws: prefixed tag key names are not allowed for external use.")
    folds = folds_tag_keys(call.params)
    folded = [key.lower() for key in given] if folds else given
    if len(set(folded)) < len(folded):
        hint = " Please note that Tag keys are case insensitive." if folds else ""
        raise ApiRefusal("InvalidInput", f"Duplicate tag keys found.{hint}")


@before("TagRole")
def role_keys(call: ReceivedCall) -> None:
    """`env` replaces a role's `Env`: the last spelling wins.

    Source: contract §1 (UG:id_tags.md, GH aws/aws-cdk#26253). MT: keeps both.
    """
    role = role_named(call.iam, call.params["RoleName"])
    new = {tag["Key"].lower() for tag in call.params["Tags"]}
    role.tags = [tag for tag in role.tags if tag["Key"].lower() not in new]


@before("TagPolicy")
def policy_keys(call: ReceivedCall) -> None:
    """A policy's `Env` and `env` are two tags.

    Source: contract §1 (UG:id_tags.md, LS:policies#list-case-sensitive-tags). MT: one replaces the other.
    """
    policy = call.iam.managed_policies[call.params["PolicyArn"]]
    policy.tags |= {tag["Key"]: tag for tag in call.params["Tags"]}
    call.params["Tags"] = []


@before("TagUser", "UntagUser")
def user_keys(call: ReceivedCall) -> None:
    """As with roles: a user's tag keys ignore case.

    Source: contract §1 (UG:id_tags.md). MT: keeps both.
    """
    user = call.iam.users[call.params["UserName"]]
    meant = {tag["Key"].lower() for tag in call.params.get("Tags", [])} | {
        key.lower() for key in call.params.get("TagKeys", [])
    }
    call.iam.tagger.untag_resource_using_names(
        user.arn, [tag["Key"] for tag in user.tags or [] if tag["Key"].lower() in meant]
    )


@before("UntagPolicy", "UntagRole")
def untagging(call: ReceivedCall) -> None:
    """Keys are taken off a role in whatever case, off a policy as they are written.

    Source: contract §1 (UG:id_tags.md). MT: the other way round.
    """
    removed = call.params["TagKeys"]
    if "PolicyArn" in call.params:
        policy = call.iam.managed_policies[call.params["PolicyArn"]]
        policy.tags = {key: tag for key, tag in policy.tags.items() if tag["Key"] not in removed}
        call.params["TagKeys"] = []
    else:
        role = role_named(call.iam, call.params["RoleName"])
        folded = {key.lower() for key in removed}
        role.tags = [tag for tag in role.tags if tag["Key"].lower() not in folded]


RULES = (keys, user_keys, role_keys, policy_keys, untagging)
