"""The JSON Schema of a spec file, for editors: the same models, with scalars as the language reads them."""

import re
from typing import Any

from pydantic import Field, create_model

from reconciler.language.template import TemplateSection
from reconciler.spec.json_schema.forms import by_type
from reconciler.spec.model import EXTENSION, IN_TEMPLATES, NAMED, ONE_OF_A_KIND, RESOURCES, SpecBase
from reconciler.spec.project.settings import ProjectSection


def json_schema() -> dict[str, Any]:
    """The schema; resources' sections in place of the maps that `Spec` reads them into."""
    schema: dict[str, Any] = _tidied(typed_spec().model_json_schema(mode="validation"))
    for name in NAMED:
        section = schema["properties"][name]
        section["additionalProperties"] = _or_bare(section["additionalProperties"], schema)
    _loosen_template(schema)
    schema = by_type(schema, schema["$defs"])
    return _HEAD | {"title": "reconcile spec"} | schema | {"patternProperties": {f"^{EXTENSION}": {}}}


def _or_bare(entry: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """`mara:` with nothing under it is a resource with every setting left out."""
    is_bare = "required" not in schema["$defs"][entry["$ref"].rpartition("/")[2]]
    return {"anyOf": [entry, {"type": "null"}]} if is_bare else entry


def _loosen_template(schema: dict[str, Any]) -> None:
    """In a template a parameter may stand for any text, so only the keys of what it makes are checked.

    What the keys say else is left for editors to show.
    """
    template = schema["$defs"]["Template"]["properties"]
    for name in IN_TEMPLATES:
        section = schema["$defs"][template[name]["additionalProperties"]["$ref"].rpartition("/")[2]]
        keys = {key: _loose(field) for key, field in section["properties"].items()}
        entry = {"type": "object", "properties": keys, "additionalProperties": False}
        template[name]["additionalProperties"] = {"anyOf": [entry, {"type": "null"}]}
    parameters = template["parameters"]
    parameters["additionalProperties"] = {"anyOf": [parameters["additionalProperties"], {"type": "null"}]}
    for name in ("expect", "ignore", "acknowledge"):
        template[name] = _loose(schema["properties"][name])


def _loose(field: dict[str, Any]) -> dict[str, Any]:
    """Anything, shown as this field."""
    described = {"description": field["description"]} if "description" in field else {}
    return {**described, "anyOf": [{k: v for k, v in field.items() if k != "default"}, {}]}


_HEAD = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


def project_schema() -> dict[str, Any]:
    """The schema of reconcile.yaml."""
    schema: dict[str, Any] = _tidied(ProjectSection.model_json_schema(mode="validation"))
    environments = schema["properties"]["environments"]
    environments["additionalProperties"] = {"anyOf": [environments["additionalProperties"], {"type": "null"}]}
    schema = by_type(schema, schema["$defs"])
    return _HEAD | {"title": "reconcile project"} | schema | {"patternProperties": {f"^{EXTENSION}": {}}}


def typed_spec() -> Any:
    """The model of a whole spec, with each resource's own section."""
    sections = _sections()
    template = typed_template()
    described = SpecBase.model_fields["templates"].description
    sections["templates"] = (dict.__class_getitem__((str, template)), Field({}, description=described))
    return create_model("Spec", __base__=SpecBase, __doc__="One spec file.", **sections)


def typed_template() -> Any:
    """The model of a template, with each resource's own section."""
    sections = _sections()
    in_templates = {name: sections[name] for name in IN_TEMPLATES}
    return create_model("Template", __base__=TemplateSection, __doc__=TemplateSection.__doc__, **in_templates)


def _sections() -> dict[str, Any]:
    """One map by name for each section of a kind, or one field where there is a single resource of it."""
    sections: dict[str, Any] = {}
    for name, kind in RESOURCES.items():
        section: Any = kind.MODEL
        by_name: Any = dict.__class_getitem__((str, section))
        if name in ONE_OF_A_KIND:
            sections[name] = (section | None, Field(None, description=section.__doc__))
        else:
            sections[name] = (by_name, Field(default_factory=dict, description=section.__doc__))
    return sections


# A kind in a folder has its section in `desired`.
_SECTION_OF_KIND = re.compile(r"reconciler__kinds__(\w+?)(?:__desired)?__Section")


def _tidied(schema: Any) -> Any:
    """Without what only pydantic needs, and with plain scalars as the language reads them.

    Editors apply YAML's own typing, so wherever text is read a bare number or boolean is fine too. An empty
    value is never fine, and a default of nothing says nothing.
    """
    if isinstance(schema, list):
        return [_tidied(member) for member in schema if member != {"type": "null"}]
    if isinstance(schema, str):
        return _SECTION_OF_KIND.sub(r"\1", schema)
    if not isinstance(schema, dict):
        return schema
    tidied = {
        _SECTION_OF_KIND.sub(r"\1", key): _tidied(member)
        for key, member in schema.items()
        if not (key == "title" and isinstance(member, str)) and (key, member) != ("default", None)
    }
    if tidied.get("type") == "string" and "pattern" not in tidied:
        tidied["type"] = ["string", "number", "boolean"]
    only = tidied.get("anyOf", ())
    return {**{k: v for k, v in tidied.items() if k != "anyOf"}, **only[0]} if len(only) == 1 else tidied
