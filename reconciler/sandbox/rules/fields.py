"""Every field of every call, by the constraints of IAM's own service model.

Botocore checks hardly any of them.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import ListShape, Shape, StructureShape
from moto.core.utils import get_service_model

from reconciler.policy.catalogue import limits
from reconciler.sandbox.rule import ApiRefusal, ReceivedCall, before

_NAMES = frozenset(
    {
        "userNameType",
        "existingUserNameType",
        "roleNameType",
        "groupNameType",
        "policyNameType",
        "instanceProfileNameType",
    }
)
# In lists of these IAM says it as well (LS:roles#test_role_tag_errors; of others it does not, LS:oidc).
_NEVER_NULL = frozenset({"tagKeyType"})
# Of these IAM shows no value
# (LS:account_password_policy#test_update_account_password_policy_validation_errors).
_NOT_SHOWN = frozenset({"maxPasswordAgeType", "minimumPasswordLengthType", "passwordReusePreventionType"})
_PATHS = frozenset({"pathType", "policyPathType", "pathPrefixType"})


@before("*", codes=("ValidationError",))
def constraints(call: ReceivedCall) -> None:
    """Characters, lengths, numbers and enumerations of every parameter are checked before anything else.

    Source: contract §1 (M); messages LS:policies#test_policy_tag_create_errors,
    LS:roles#test_role_tag_errors, GH aws-cloudformation/cfn-lint#996, serverless/serverless#3802. MT: moto
    checks few of them.
    """
    shape = _input_of(call.operation)
    if shape is None:
        return
    missing = [
        f"Value null at '{key[0].lower()}{key[1:]}' failed to satisfy constraint: Member must not be null"
        for key in shape.required_members
        if call.params.get(key) is None
    ]
    broken = missing + [
        complaint
        for key, value in call.params.items()
        if key in shape.members
        for complaint in _complaints(shape.members[key], value, key[0].lower() + key[1:])
    ]
    plain = [text for text in broken if text.startswith("The specified value")]
    if plain:
        raise ApiRefusal("ValidationError", plain[0])
    if broken:
        many = "error" if len(broken) == 1 else "errors"
        raise ApiRefusal("ValidationError", f"{len(broken)} validation {many} detected: {'; '.join(broken)}")


@cache
def _input_of(operation: str) -> StructureShape | None:
    model = get_service_model("iam")
    shape: StructureShape | None = (
        model.operation_model(operation).input_shape if operation in model.operation_names else None
    )
    return shape


def _complaints(shape: Shape, value: Any, member: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from _missing(shape, value, f"{member}.")
        for key, inner in value.items():
            if key in shape.members:
                yield from _complaints(shape.members[key], inner, f"{member}.{key[0].lower()}{key[1:]}")
    elif isinstance(shape, ListShape):
        yield from _of_list(shape, value, member)
    else:
        broken = list(_broken(shape, value))
        if broken:
            yield _worded(shape, value, member, broken[0])


def _missing(shape: StructureShape, params: dict[str, Any], at: str) -> Iterator[str]:
    for key in shape.required_members:
        if params.get(key) is None:
            yield (
                f"Value null at '{at}{key[0].lower()}{key[1:]}' failed to satisfy constraint: Member must not"
                " be null"
            )


def _of_list(shape: ListShape, values: list[Any], member: str) -> Iterator[str]:
    most = shape.metadata.get("max")
    if most is not None and len(values) > most:
        yield (
            f"Value at '{member}' failed to satisfy constraint: Member must have length less than or equal to"
            f" {most}"
        )
    elif isinstance(shape.member, StructureShape):
        for index, value in enumerate(values, start=1):
            yield from _complaints(shape.member, value, f"{member}.{index}.member")
    elif any(next(_broken(shape.member, value), None) for value in values):
        every = ", ".join(
            (
                *_constraints(shape.member),
                *(["Member must not be null"] if shape.member.name in _NEVER_NULL else []),
            )
        )
        yield f"Value at '{member}' failed to satisfy constraint: Member must satisfy constraint: [{every}]"


def _constraints(shape: Shape) -> Iterator[str]:
    """In the order in which IAM names those of a list's members."""
    rules = shape.metadata
    if "max" in rules:
        yield f"Member must have length less than or equal to {rules['max']}"
    if "min" in rules:
        yield f"Member must have length greater than or equal to {rules['min']}"
    if "pattern" in rules:
        yield f"Member must satisfy regular expression pattern: {_pattern(shape)}"
    if rules.get("enum"):
        yield f"Member must satisfy enum value set: [{', '.join(rules['enum'])}]"


def _pattern(shape: Shape) -> str:
    return str(shape.metadata["pattern"])


def _broken(shape: Shape, value: Any) -> Iterator[str]:
    rules = shape.metadata
    is_text = isinstance(value, str)
    size = len(value) if is_text else value
    what = "length" if is_text else "value"
    if isinstance(size, int) and not isinstance(size, bool):
        if "max" in rules and size > rules["max"]:
            yield f"Member must have {what} less than or equal to {rules['max']}"
        if "min" in rules and size < rules["min"]:
            yield f"Member must have {what} greater than or equal to {rules['min']}"
    if is_text and rules.get("enum") and value not in rules["enum"]:
        yield "Member must satisfy enum value set"
    if is_text and "pattern" in rules and not limits.matches(_pattern(shape), value):
        yield f"Member must satisfy regular expression pattern: {_pattern(shape)}"


def _worded(shape: Shape, value: Any, member: str, constraint: str) -> str:
    """IAM words wrong names and paths its own way, shows numbers, and never the text that it refuses."""
    if "pattern" in constraint and shape.name in _NAMES:
        return (
            f"The specified value for {member} is invalid. It must contain only alphanumeric characters"
            " and/or the following: +=,.@_-"
        )
    if "pattern" in constraint and shape.name in _PATHS:
        return (
            f"The specified value for {member} is invalid. It must begin and end with / and contain only"
            " alphanumeric characters and/or / characters."
        )
    shown = f"Value '{value}'" if isinstance(value, int) and shape.name not in _NOT_SHOWN else "Value"
    return f"{shown} at '{member}' failed to satisfy constraint: {constraint}"


RULES = (constraints,)
