"""The JSON Schema of a spec file, for editors: the same models, with plain scalars as the language reads them."""

from typing import Any

from pydantic import Field, create_model

from reconciler.spec.model import EXTENSION, ONE_OF_A_KIND, RESOURCES, SpecBase


def json_schema() -> dict[str, Any]:
    """The schema; resources' sections in place of the maps that `Spec` reads them into."""
    typed: Any = create_model("Spec", __base__=SpecBase, __doc__="One spec file.", **_sections())
    schema: dict[str, Any] = typed.model_json_schema(mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "reconcile spec"
    _plain_scalars(schema)
    for name, section in schema["properties"].items():
        if name in RESOURCES and name not in ONE_OF_A_KIND:
            # `mara:` with nothing under it is a resource with every setting left out.
            section["additionalProperties"] = {"anyOf": [section["additionalProperties"], {"type": "null"}]}
    schema["patternProperties"] = {f"^{EXTENSION}": {}}
    return schema


def _sections() -> dict[str, Any]:
    """One map by name for each section that a kind describes; a field of its own where there is one of a kind."""
    sections: dict[str, Any] = {}
    for name, kind in RESOURCES.items():
        section: Any = kind.Section
        by_name: Any = dict.__class_getitem__((str, section))
        if name in ONE_OF_A_KIND:
            sections[name] = (section | None, Field(None, description=section.__doc__))
        else:
            sections[name] = (by_name, Field(default_factory=dict, description=section.__doc__))
    return sections


def _plain_scalars(schema: Any) -> None:
    """Editors apply YAML's own typing, so wherever text is read a bare number or boolean is fine too."""
    if isinstance(schema, list):
        for member in schema:
            _plain_scalars(member)
    elif isinstance(schema, dict):
        if schema.get("type") == "string" and "pattern" not in schema:
            schema["type"] = ["string", "number", "boolean"]
        for member in schema.values():
            _plain_scalars(member)
