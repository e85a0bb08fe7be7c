"""The variables of which names of resources are made."""

from collections.abc import Iterator, Mapping

from reconciler.spec.files import SpecFile
from reconciler.spec.loading import SpecRun, values_of
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.variables import Unknown, Values, own_variables, variables_in

# By section and name.
Shapes = Mapping[tuple[str, str], tuple[tuple[str, str], ...]]


def name_variables(spec: SpecFile, run: SpecRun) -> Shapes:
    """Of each resource whose name has variables in it: which, with their values."""
    return dict(_shapes(spec.root, values_of(spec, run))) if isinstance(spec.root, MappingNode) else {}


def _shapes(
    root: MappingNode, values: Values
) -> Iterator[tuple[tuple[str, str], tuple[tuple[str, str], ...]]]:
    for section, named in root.pairs:
        for key, _ in named.pairs if isinstance(named, MappingNode) else ():
            variables = sorted(set(variables_in(key.text))) if "${" in key.text else ()
            try:
                filled = tuple((name, values.put_into(f"${{var.{name}}}")) for name in variables)
                name = values.put_into(key.text) if variables else ""
            except Unknown:
                continue
            if filled:
                yield (section.text, name), filled


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
