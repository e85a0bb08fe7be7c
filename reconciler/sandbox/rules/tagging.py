"""Tags: characters, reserved keys, case of keys, and how many."""

from typing import Any

from reconciler.policy import limits
from reconciler.sandbox.rules.base import Params, Refusal, role_named, rule

_SOURCE = "contract §1 (LS:roles#test_role_tag_errors, UG:id_tags.md)"
_TAGGED = (
    "CreateRole",
    "TagRole",
    "CreatePolicy",
    "TagPolicy",
    "CreateInstanceProfile",
    "TagInstanceProfile",
)


@rule("tag characters and number", _SOURCE, *_TAGGED)
def tags(_world: Any, params: Params) -> None:
    """Keys and values of the allowed characters, none of AWS's own keys, fifty at most."""
    given = params.get("Tags") or []
    if len(given) > limits.TAGS_PER_RESOURCE:
        raise Refusal("ValidationError", "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50")  # fmt: skip
    for tag in given:
        key, value = tag["Key"], tag["Value"]
        fine = all(
            limits.complaint(shape, text, "") is None
            for shape, text in (("tagKeyType", key), ("tagValueType", value))
        )
        if not fine or key.lower().startswith("aws:"):
            raise Refusal(
                "ValidationError", "1 validation error detected: Value at 'tags' failed to satisfy constraint"
            )
    keys = [tag["Key"] for tag in given]
    folded = [key.lower() for key in keys] if "RoleName" in params else keys
    if len(set(folded)) < len(folded):
        raise Refusal(
            "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        )


@rule("role tag keys ignore case", _SOURCE, "TagRole")
def role_tags(world: Any, params: Params) -> None:
    """`env` replaces `Env`: the last spelling wins."""
    role = role_named(world, params["RoleName"])
    if role is None:
        return
    new = {tag["Key"].lower() for tag in params.get("Tags") or []}
    role.tags = [tag for tag in role.tags if tag["Key"].lower() not in new]


RULES = (tags, role_tags)
