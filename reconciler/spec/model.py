"""A spec file as pydantic sees it, assembled from the kinds' own sections. Its JSON Schema comes from here."""

import re
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, create_model

from reconciler.kinds import KINDS
from reconciler.parts.ignores import TopIgnoreSection
from reconciler.parts.section import Section, Texts, fault, listed, shown_also_as, shown_as

OWNER_NAME = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
_MOST_NAME = 256
_ACCOUNT = re.compile(r"[0-9]{12}")


def _version(value: Any) -> str:
    if value != "1":
        raise fault(f'this tool reads version 1 of the language, found "{str(value)[:20]}"')
    return "1"


def _owner_name(value: str) -> str:
    if not OWNER_NAME.fullmatch(value) or len(value) > _MOST_NAME:
        raise fault(
            'a spec is named OWNER/NAME, e.g. platform/ecr: letters, digits and ._- on both sides of one "/"'
        )
    return value


def _accounts(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if not _ACCOUNT.fullmatch(value):
            raise fault(f'an account is twelve digits, found "{value[:20]}"')
    return values


def _ownership(value: Any) -> str:
    if value not in ("tags", "none"):
        raise fault("ownership is tags or none")
    return str(value)


def _adopt(value: Any) -> tuple[str, ...]:
    """`true` consents to all."""
    if value == "true":
        return ("*",)
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(v, str) and "." in v for v in values):
        raise fault('adopt is true, or addresses such as policy.NAME ("*" in them stands for any text)')
    return tuple(values)


def _variables(value: Any) -> Any:
    for name in value if isinstance(value, dict) else ():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name):
            raise fault(f'a variable is named with letters, digits, "_" and "-", found "{name[:40]}"')
    return value


class SpecBase(Section):
    """One spec file."""

    LATER: ClassVar[frozenset[str]] = frozenset(
        {
            "acknowledge",
            "removed",
            "expect",
            "limits",
            "users",
            "groups",
            "oidc_providers",
            "saml_providers",
            "account_settings",
        }
    )
    ELSEWHERE: ClassVar[dict[str, str]] = {
        "apiVersion": "version: 1",
        "kind": "policies: or roles:, each a map by name",
        "metadata": "name: OWNER/NAME",
        "Resources": "policies: and roles:",
        "resource": "policies: and roles:",
        "vars": "variables:",
        "Statement": "policies: NAME: document:",
    }
    version: Annotated[str, BeforeValidator(_version), shown_as("integer", "string")] = Field(
        description="The language's version: 1."
    )
    name: Annotated[str, AfterValidator(_owner_name)] = Field(description="OWNER/NAME: whose it is, unique in the account.")  # fmt: skip
    account: Annotated[Texts, AfterValidator(_accounts)] = Field(
        (), description="Refuse to run in any other account."
    )
    variables: Annotated[dict[str, str], BeforeValidator(_variables)] = Field(default_factory=dict, description="Text for ${var.NAME}.")  # fmt: skip
    tags: dict[str, str] = Field(
        default_factory=dict, description="On everything that takes tags, under its own."
    )
    ownership: Annotated[str, BeforeValidator(_ownership)] = Field(
        "tags", description="tags, or none to leave no mark."
    )
    adopt: Annotated[tuple[str, ...], BeforeValidator(_adopt), shown_also_as("boolean", "string")] = Field(
        (), description="Consent to take over what exists: true, or addresses."
    )
    ignore: Annotated[tuple[TopIgnoreSection, ...], BeforeValidator(listed)] = Field(
        (), description="Differences to leave alone."
    )


def _resource_sections() -> dict[str, Any]:
    """One map by name for each section of the language that a kind describes."""
    sections: dict[str, Any] = {}
    for kind in KINDS:
        section = getattr(kind, "Section", None)
        if section is not None:
            by_name: Any = dict.__class_getitem__((str, section))
            sections[kind.SECTION] = (by_name, Field(default_factory=dict, description=section.__doc__))
    return sections


Spec: Any = create_model("Spec", __base__=SpecBase, __doc__="One spec file.", **_resource_sections())
NAMED = frozenset({kind.SECTION for kind in KINDS}) | {"users", "groups", "oidc_providers", "saml_providers"}
# Top-level keys whose values no one reads: a place for anchors.
EXTENSION = "x-"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a spec file, for editors."""
    schema: dict[str, Any] = Spec.model_json_schema(mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "reconcile spec"
    _plain_scalars(schema)
    schema["patternProperties"] = {"^x-": {}}
    return schema


def _plain_scalars(schema: Any) -> None:
    """Editors apply YAML's own typing, so wherever text is read a bare number or boolean is fine too."""
    if isinstance(schema, list):
        for member in schema:
            _plain_scalars(member)
    elif isinstance(schema, dict):
        if schema.get("type") == "string":
            schema["type"] = ["string", "number", "boolean"]
        for member in schema.values():
            _plain_scalars(member)
