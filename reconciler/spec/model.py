"""A spec file as pydantic sees it: the header here, the resources in the kinds' own sections.

Each section is read by itself.
"""

import re
from functools import cache
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, create_model

from reconciler.facets.credentials import ELSEWHERE
from reconciler.kinds import KINDS
from reconciler.kinds.lazy import OnUse
from reconciler.language.acknowledge import TopAcknowledgeSection
from reconciler.language.expect import ExpectSection
from reconciler.language.ignore import TopIgnoreSection
from reconciler.language.limits import LimitsSection
from reconciler.language.section import (
    END,
    Schema,
    Section,
    SomeTexts,
    by_name,
    fault,
    listed,
    one_or_list,
    required_list,
)
from reconciler.language.template import TemplateSection, UseSection
from reconciler.policy.document.arns import PARTITIONS

OWNER_NAME = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
_MOST_NAME = 256
VARIABLE_NAME = "[A-Za-z_][A-Za-z0-9_-]*"
_ACCOUNT = re.compile(r"[0-9]{12}")
# A name or an account made of variables is checked once these are put in.
_OF_VARIABLES = rf"(?:{{0}}*\$\{{{{var\.{VARIABLE_NAME}\}}}})+{{0}}*"
_NAME = re.compile(f"{OWNER_NAME.pattern}|{_OF_VARIABLES.format('[A-Za-z0-9._/-]')}")
_ACCOUNT_TEXT = re.compile(f"[0-9]{{12}}|{_OF_VARIABLES.format('[0-9]')}")
_NAME_SCHEMA = {"type": "string", "pattern": f"^(?:{_NAME.pattern}){END}", "maxLength": _MOST_NAME}
ACCOUNT_SCHEMA: dict[str, Any] = {
    # An editor reads the digits as a number and drops leading zeros.
    "anyOf": [
        {"type": "string", "pattern": "^[0-9]{12}" + END},
        {"type": "integer", "minimum": 0, "maximum": 10**12 - 1},
    ]
}
_ACCOUNT_OR_VARIABLE: dict[str, Any] = {
    "anyOf": [{"type": "string", "pattern": f"^(?:{_ACCOUNT_TEXT.pattern}){END}"}, ACCOUNT_SCHEMA["anyOf"][1]]
}
_ADDRESS_SCHEMA: dict[str, Any] = {"type": "string", "pattern": r"^[a-z*-]+\.."}
_ADOPT_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"enum": [True, "true"]},
        _ADDRESS_SCHEMA,
        {"type": "array", "items": _ADDRESS_SCHEMA, "minItems": 1},
    ]
}


def _one_or_list(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "array", "items": schema}]}


def _with_names(pattern: str) -> Any:
    return lambda schema: {**schema, "propertyNames": {"pattern": f"^{pattern}{END}"}}


def _version(value: Any) -> str:
    if value != "1":
        raise fault(f'this tool reads version 1 of the language, found "{str(value)[:20]}"')
    return "1"


def _owner_name(value: str) -> str:
    if not _NAME.fullmatch(value) or len(value) > _MOST_NAME:
        raise fault(
            'a spec is named OWNER/NAME, e.g. platform/ecr: letters, digits and ._- on both sides of one "/"'
        )
    return value


def one_account(value: str) -> str:
    """Twelve digits."""
    if not _ACCOUNT.fullmatch(value):
        raise fault(f'an account is twelve digits, found "{value[:20]}"')
    return value


def one_partition(value: str) -> str:
    """One that AWS has."""
    if value not in PARTITIONS:
        raise fault(f'a partition is {", ".join(PARTITIONS)}, found "{value[:20]}"')
    return value


def _ownership(value: Any) -> str:
    if value not in ("tags", "none"):
        raise fault("ownership is tags or none")
    return str(value)


def _adopt(value: Any) -> Any:
    """`true` consents to all."""
    return ("*.*",) if value == "true" else required_list(value)


_ADDRESS = re.compile(r"[a-z*-]+\..+", re.DOTALL)


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise fault(f'an address is a kind and a name, such as role.NAME, found "{value[:60]}"')
    return value


Addresses = tuple[Annotated[str, AfterValidator(_address)], ...]


def _account(value: str) -> str:
    return value if _ACCOUNT_TEXT.fullmatch(value) else one_account(value)


Accounts = tuple[Annotated[str, AfterValidator(_account)], ...]


def variable_names(value: Any) -> Any:
    """A map whose keys can be variables."""
    for name in value if isinstance(value, dict) else ():
        if not re.fullmatch(VARIABLE_NAME, name):
            raise fault(f'a variable is named with letters, digits, "_" and "-", found "{name[:40]}"')
    return value


IN_TEMPLATES = ("policies", "roles", "users", "groups")


@cache
def template_model() -> Any:
    """A template as it is read before it is used: its parameters, and the keys of what it makes."""
    sections: dict[str, Any] = {
        name: (_keys_alone(RESOURCES[name].MODEL), Field(default_factory=dict)) for name in IN_TEMPLATES
    }
    return create_model("Template", __base__=TemplateSection, **sections)


def _keys_alone(model: Any) -> Any:
    """Maps by name with the keys of a resource, whose values are read where the template is used."""
    fields: dict[str, Any] = dict.fromkeys(model.model_fields, (Any, None))
    fields["ELSEWHERE"] = (ClassVar[dict[str, str]], model.ELSEWHERE)
    entry: Any = create_model(f"{model.__name__}InTemplate", __base__=Section, **fields)
    # `mara:` with nothing under it is a resource with every setting left out.
    bare: Any = Annotated[entry, BeforeValidator(lambda value: {} if value == "" else value)]
    return Annotated[dict.__class_getitem__((str, bare)), BeforeValidator(by_name)]


def _template(value: Any) -> Any:
    return template_model().model_validate(value)


class SpecBase(Section):
    """One spec file, without its resources."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "apiVersion": "version: 1",
        "kind": "policies: or roles:, each a map by name",
        "metadata": "name: OWNER/NAME",
        "Resources": "policies: and roles:",
        "resource": "policies: and roles:",
        "vars": "variables:",
        "Statement": "policies: NAME: document:",
        "Version": "version: 1, or document: under a policy",
        "instance_profiles": "instance_profile: under its role",
        **ELSEWHERE,
        "service_linked_roles": "nothing: AWS makes and keeps them",
    }
    version: Annotated[str, BeforeValidator(_version), Schema(lambda _: {"enum": [1, "1"]})] = Field(
        description="The language's version: 1."
    )
    name: Annotated[str, AfterValidator(_owner_name), Schema(lambda _: _NAME_SCHEMA)] = Field(
        description="OWNER/NAME: whose it is, unique in the account."
    )
    account: Annotated[
        Accounts, BeforeValidator(one_or_list), Schema(lambda _: _one_or_list(_ACCOUNT_OR_VARIABLE))
    ] = Field((), description="Refuse to run in any other account.")
    partition: Annotated[str, AfterValidator(one_partition), Schema(lambda _: {"enum": list(PARTITIONS)})] = (
        Field(
            "", description="Refuse to run in any other partition; where left out offline, that of its ARNs."
        )
    )
    variables: Annotated[
        dict[str, str], BeforeValidator(variable_names), Schema(_with_names(VARIABLE_NAME))
    ] = Field(default_factory=dict, description="Text for ${var.NAME}.")
    tags: dict[str, str] = Field(
        default_factory=dict, description="On everything that takes tags, under its own."
    )
    ownership: Annotated[str, BeforeValidator(_ownership), Schema(lambda _: {"enum": ["tags", "none"]})] = (
        Field("tags", description="tags, or none to leave no mark.")
    )
    adopt: Annotated[Addresses, BeforeValidator(_adopt), Schema(lambda _: _ADOPT_SCHEMA)] = Field(
        (), description="Consent to take over what exists: true, or addresses."
    )
    ignore: Annotated[tuple[TopIgnoreSection, ...], BeforeValidator(listed)] = Field(
        (), description="Differences to leave alone."
    )
    acknowledge: Annotated[tuple[TopAcknowledgeSection, ...], BeforeValidator(listed)] = Field(
        (), description="Consent to what a guard refuses."
    )
    removed: Annotated[
        Addresses, BeforeValidator(one_or_list), Schema(lambda _: _one_or_list(_ADDRESS_SCHEMA))
    ] = Field((), description="Resources to let go of without deleting them.")
    expect: ExpectSection | None = Field(
        None, description="Requests that must be allowed or denied, checked offline and against live IAM."
    )
    limits: LimitsSection | None = Field(None, description="Quotas that AWS raised for this account.")
    templates: Annotated[dict[str, Annotated[Any, BeforeValidator(_template)]], BeforeValidator(by_name)] = (
        Field(default_factory=dict, description="Resources with ${param.NAME} in them, made by `use`.")
    )
    use: Annotated[tuple[UseSection, ...], BeforeValidator(listed)] = Field(
        (), description="What to make of templates."
    )
    library: SomeTexts = Field((), description="Files with templates: paths from this file, * in them.")


# A resource's sections are read one by one, so that a spec pays for the kinds that it uses.
_ANY_BY_NAME: Any = Annotated[dict[str, Any], BeforeValidator(by_name)]
ONE_OF_A_KIND = frozenset(k.SECTION for k in KINDS if k.ONE_IN_ACCOUNT)
# Of two kinds that read one section, the one that describes it.
RESOURCES = {k.SECTION: k for k in KINDS if isinstance(k, OnUse) or k.MODEL is not None}
NAMED = frozenset(RESOURCES) - ONE_OF_A_KIND
# Top-level keys whose values no one reads: a place for anchors.
EXTENSION = "x-"


def _untyped() -> dict[str, Any]:
    sections: dict[str, Any] = {name: (_ANY_BY_NAME, Field(default_factory=dict)) for name in sorted(NAMED)}
    return sections | dict.fromkeys(sorted(ONE_OF_A_KIND), (dict[str, Any] | None, None))


Spec: Any = create_model("Spec", __base__=SpecBase, **_untyped())
