"""Whether a value in a spec is for one run to change: others may share it, or make it."""

from collections.abc import Iterator, Mapping

from reconciler.app.request import SpecSelection
from reconciler.core.address import Source
from reconciler.core.change import FieldChange
from reconciler.core.text import plural
from reconciler.spec import source as sources
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.nodes import Node, items_of
from reconciler.spec.variables import own_variables, used_variables

# The keys that say a field, where these are not called as the field is.
KEYS_OF: Mapping[str, tuple[str, ...]] = {
    "attached": ("attach",),
    "document": ("allow", "deny", "document_file", "document"),
    "trust": ("trust", "trust_document"),
}


def why_shared(
    request: SpecSelection, place: Source, text: str, entry: tuple[str, str], field: FieldChange | None
) -> str:
    """Why a live value must not be written there, and what to change by hand; "" where it may.

    `entry` is the section and the name of the resource, `text` that of its file.
    """
    if place.template:
        return (
            f"the template at {place.template} makes it, and others may use that: change what use: gives at"
            f" {place.file}:{place.line}, or the template"
        )
    names = tuple(request.project.environments) if request.project else ()
    if len(names) > 1:
        return (
            f"{plural(len(names), 'environment')} share it ({', '.join(names)}), and this value is live in"
            f" {request.environment}: use ${{var.NAME}}, with a value for each environment"
        )
    root = sources.parse(text, place.file)
    variables = dict.fromkeys(name for node in _nodes(root, entry, field) for name in used_variables(node))
    if not variables:
        return ""
    origins = ", ".join(f"${{var.{name}}} ({_origin(name, root, request)})" for name in variables)
    return f"its value is made of {origins}: change that"


def _origin(name: str, root: Node, request: SpecSelection) -> str:
    """Where a variable gets its value."""
    if name in request.variables:
        return request.places.get(name, "--var")
    environment = request.project.environments.get(request.environment) if request.project else None
    if environment is not None and name in environment.places:
        return str(environment.places[name])
    if name in own_variables(root) and isinstance(root, MappingNode):
        declared = root.get("variables")
        pairs = declared.pairs if isinstance(declared, MappingNode) else ()
        return next(str(key.place) for key, _ in pairs if key.text == name)
    return "variables: of another file"


def _nodes(root: Node, entry: tuple[str, str], field: FieldChange | None) -> Iterator[Node]:
    """What of the resource would be written anew."""
    section, name = entry
    named = root.get(section) if isinstance(root, MappingNode) else None
    resource = named.get(name) if isinstance(named, MappingNode) else None
    if resource is None and isinstance(named, MappingNode):
        # Its name has variables.
        yield from (key for key, _ in named.pairs if "${" in key.text)
        return
    if not isinstance(resource, MappingNode) or field is None:
        return
    for key in KEYS_OF.get(field.field, (field.field,)):
        value = resource.get(key)
        if value is not None:
            yield from _changed(value, field)


def _changed(value: Node, field: FieldChange) -> Iterator[Node]:
    """The parts of a value that a change is about: tags, attachments, an inline policy, or all of it."""
    changed = {str(item).partition("=")[0] for item in (*field.added, *field.removed)}
    if isinstance(value, MappingNode) and field.field == "tags":
        yield from (node for key, node in value.pairs if key.text in changed or "${" in key.text)
    elif isinstance(value, MappingNode) and field.field == "inline":
        yield from (node for key, node in value.pairs if key.text == field.item or "${" in key.text)
    elif field.field == "attached":
        # What is live beyond the spec is only added; what is not there any more is taken out.
        yield from items_of(value) if field.added else ()
    else:
        yield value
