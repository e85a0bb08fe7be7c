"""The variables of which names of resources are made."""

from collections.abc import Iterator, Mapping

from reconciler.core.kind import AnyKind
from reconciler.spec.files import SpecFile
from reconciler.spec.loading import SpecRun, values_of
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.nodes import Node, Scalar
from reconciler.spec.variables import Unknown, Values, own_variables, variables_in

# What stands in the place of a section for the instance profile that an entry makes.
PROFILES = "instance_profile"
# By section and name.
Shapes = Mapping[tuple[str, str], tuple[tuple[str, str], ...]]


def name_variables(spec: SpecFile, run: SpecRun) -> Shapes:
    """Of each resource whose name has variables in it: which, with their values."""
    return dict(_shapes(spec.root, values_of(spec, run))) if isinstance(spec.root, MappingNode) else {}


def shape_of(shapes: Shapes, kind: AnyKind, name: str) -> tuple[tuple[str, str], ...]:
    """The variables in the name of what an entry of a kind's section describes."""
    return shapes.get((kind.SECTION if kind.MODEL is not None else PROFILES, name), ())


def _shapes(
    root: MappingNode, values: Values
) -> Iterator[tuple[tuple[str, str], tuple[tuple[str, str], ...]]]:
    for section, named in root.pairs:
        for key, entry in named.pairs if isinstance(named, MappingNode) else ():
            name = _filled(key.text, values)
            own, profile = _used(key.text, values), _profile_name(entry)
            if own:
                yield (section.text, name), own
            # The profile of a role has the role's name, or one of its own.
            shaping = _used(profile, values) if profile else own
            if shaping:
                yield (PROFILES, name), shaping


def _profile_name(entry: Node) -> str:
    option = entry.get("instance_profile") if isinstance(entry, MappingNode) else None
    if isinstance(option, MappingNode):
        option = option.get("name")
    return option.text if isinstance(option, Scalar) and option.text not in ("true", "false") else ""


def _used(text: str, values: Values) -> tuple[tuple[str, str], ...]:
    names = sorted(set(variables_in(text))) if "${" in text else ()
    return tuple((name, _filled(f"${{var.{name}}}", values)) for name in names)


def _filled(text: str, values: Values) -> str:
    try:
        return values.put_into(text)
    except Unknown:
        return text


def variables_of(spec: SpecFile, run: SpecRun) -> dict[str, str]:
    """Every variable of a spec that has a value, with it."""
    values = values_of(spec, run)
    filled = {}
    for name in {**own_variables(spec.root), **(run.variables or {})}:
        try:
            filled[name] = values.put_into(f"${{var.{name}}}")
        except Unknown:
            continue
    return filled
