"""Templates: what `use` makes of them, as nodes of the spec that uses them."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reconciler.core.problems import Located
from reconciler.core.text import escaped, similar
from reconciler.language.template import UseSection
from reconciler.spec.files import Files, SpecFile
from reconciler.spec.model import IN_TEMPLATES, template_model
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.nodes import Node, Place, Scalar, Sequence, items_of
from reconciler.spec.project.instances import PARAMETER, instance
from reconciler.spec.project.join import TEMPLATE_KEYS, joined_list, joined_values
from reconciler.spec.project.listing import is_library
from reconciler.spec.section_checks import data_of, validated

_LISTS = ("ignore", "acknowledge")
# Parameters with the keys that give them, and their text.
Given = Mapping[str, tuple[Scalar, str]]


@dataclass(frozen=True, slots=True)
class Template:
    """One template: its parameters' defaults (None where a value must be given), and their places."""

    name: Scalar
    root: MappingNode
    defaults: Mapping[str, str | None]
    places: Mapping[str, Place]


@dataclass(slots=True)
class Templates:
    """Reads templates and puts in what `use` makes of them. Each library is read once for all specs.

    Libraries lie in `inside`, the project's folder; without a project beside the file that names them.
    """

    files: Files
    inside: Path | None = None
    _libraries: dict[Path, tuple[Template, ...]] = field(default_factory=dict)

    def expanded(self, spec: SpecFile) -> SpecFile:
        """The spec with all that it uses in place; what is wrong is added to the problems of the files."""
        root = spec.root
        if not isinstance(root, MappingNode) or not any(root.get(key) for key in TEMPLATE_KEYS):
            return spec
        known, libraries = self._known(root, spec)
        rest = MappingNode(
            root.place, tuple(pair for pair in root.pairs if pair[0].text not in TEMPLATE_KEYS)
        )
        for result in self._results(root.get("use"), known):
            rest = self._added(rest, result)
        return replace(spec, root=rest, others=(*spec.others, *libraries))

    def _known(self, root: MappingNode, spec: SpecFile) -> tuple[dict[str, Template], tuple[str, ...]]:
        """The templates by name, of the spec and of its libraries; and the libraries' files."""
        known: dict[str, Template] = {}
        libraries = tuple(self._library_files(root.get("library"), spec))
        templates = [*self._read(root), *(t for path, _ in libraries for t in self._library(path))]
        for template in templates:
            twin = known.setdefault(template.name.text, template)
            if twin is not template:
                self._report(
                    template.name, f"the template stands at {twin.name.place} too: a name is its own"
                )
        return known, tuple(shown for _, shown in libraries)

    def _library_files(self, named: Node | None, spec: SpecFile) -> Iterator[tuple[Path, str]]:
        for entry in items_of(named):
            if not isinstance(entry, Scalar):
                self._report(entry, "a library is the path of a file")
                continue
            folder = self.files.folder_of(entry, spec)
            inside = (self.inside or folder).resolve()
            where = "the project" if self.inside else "the spec's folder"
            matching = sorted(folder.glob(entry.text)) if _is_pattern(entry.text) else []
            paths = [Path(os.path.normpath(path)) for path in matching]
            if not paths:
                self._report(entry, f'"{entry.text[:60]}" is no file: library: names files, from this one on')
            for path in paths:
                if path.resolve().is_relative_to(inside):
                    yield path, escaped(str(path))
                else:
                    self._report(entry, f'"{escaped(str(path))}" is outside {where}')

    def _library(self, path: Path) -> tuple[Template, ...]:
        key = path.resolve()
        if key not in self._libraries:
            root = self.files.read(path, escaped(str(path)))
            if root is not None and not is_library(root):
                message = "is named under library: and is none: a library has version: and templates: alone"
                self.files.problems.append(root.place.problem(message))
                root = None
            version = root.get("version") if isinstance(root, MappingNode) else None
            if root is not None and not (isinstance(version, Scalar) and version.text == "1"):
                self.files.problems.append(root.place.problem("a library begins with `version: 1`"))
            self._libraries[key] = tuple(self._read(root)) if isinstance(root, MappingNode) else ()
        return self._libraries[key]

    def _read(self, root: MappingNode) -> Iterator[Template]:
        """The templates of a file; one that is wrong is left out."""
        templates = root.get("templates")
        if templates is not None and not isinstance(templates, MappingNode):
            self._report(templates, "expected a map of templates by name")
        for name, node in templates.pairs if isinstance(templates, MappingNode) else ():
            if not isinstance(node, MappingNode):
                self._report(name, "a template is a map: policies:, roles:, users: or groups: below it")
                continue
            keys = _checked(template_model(), node, ("templates", name.text), self.files.problems)
            if keys is not None:
                yield _template(name, node, keys)

    def _results(self, uses: Node | None, known: Mapping[str, Template]) -> Iterator[MappingNode]:
        """What each entry of `use`, and each item of its `for_each`, makes."""
        if uses is not None and not isinstance(uses, Sequence):
            self._report(uses, "expected a list: - template: NAME")
            return
        for index, node in enumerate(items_of(uses)):
            section = _checked(UseSection, node, ("use", index), self.files.problems)
            if section is None or not isinstance(node, MappingNode):
                continue
            template = known.get(section.template)
            if template is None:
                guess = similar(section.template, known)
                hint = (
                    f"; did you mean {guess}?"
                    if guess
                    else ": write it under templates:, or name its library"
                )
                at = node.get("template") or node
                self._report(at, f'there is no template "{section.template[:60]}"{hint}')
                continue
            shared = _given(node.get("with"))
            items = items_of(node.get("for_each"))
            for entry in items or (node,):
                own = _given(entry) if items else {}
                values = self._values(template, shared, own, entry)
                if values is not None:
                    result = instance(template.root, values, entry.place, self.files.problems)
                    yield result if isinstance(result, MappingNode) else template.root

    def _values(
        self,
        template: Template,
        shared: Given,
        own: Given,
        at: Node,
    ) -> Mapping[str, str] | None:
        """The text of each parameter; None where one is wrong."""
        before = len(self.files.problems)
        for name, (key, text) in (*shared.items(), *own.items()):
            if name not in template.defaults:
                guess = similar(name, template.defaults)
                known = ", ".join(template.defaults) or "none"
                hint = f"; did you mean {guess}?" if guess else f"; it has {known}"
                message = f'the template {template.name.text} has no parameter "{name[:60]}"{hint}'
                self._report(_at(template.name, key.place), message)
            elif name in own and name in shared and key is own[name][0]:
                self._report(key, f"{name} stands in with: too, and that holds for all of for_each")
            elif PARAMETER.search(text):
                self._report(key, "${param.…} stands in templates, and this is where one is used")
        # What seems to be missing where another is unknown is most likely what was meant by that.
        is_misspelt = len(self.files.problems) > before
        for name, default in () if is_misspelt else template.defaults.items():
            if default is None and name not in shared and name not in own:
                place = replace(template.places[name], used=at.place)
                self.files.problems.append(
                    place.problem(f"the parameter {name} has no value: give it in with:")
                )
        if len(self.files.problems) > before:
            return None
        given = {name: text for name, (_, text) in (*shared.items(), *own.items())}
        return {**{n: d for n, d in template.defaults.items() if d is not None}, **given}

    def _added(self, root: MappingNode, result: MappingNode) -> MappingNode:
        """The spec with the result of one use."""
        pairs = {key.text: (key, value) for key, value in root.pairs}
        for key, value in result.pairs:
            if key.text not in (*IN_TEMPLATES, *_LISTS, "expect"):
                continue
            if key.text not in pairs:
                pairs[key.text] = (key, value)
                continue
            first, known = pairs[key.text]
            if key.text in _LISTS:
                pairs[key.text] = (first, joined_list(known, value))
            else:
                pairs[key.text] = (first, joined_values(key, known, value, self.files.problems))
        return MappingNode(root.place, tuple(pairs.values()))

    def _report(self, node: Node, message: str) -> None:
        self.files.problems.append(node.place.problem(message))


def _at(node: Scalar, used: Place) -> Scalar:
    return replace(node, place=replace(node.place, used=used))


def _checked(model: Any, node: Node, path: tuple[str | int, ...], problems: list[Located]) -> Any:
    """The section of a map, None where it is wrong."""
    data, positions, faults = data_of(node, node.place.file, "expected a map")
    if data is None:
        problems += faults
        return None
    # A parameter without settings is one that must be given; what a template makes is read where it is used.
    read_later = (*IN_TEMPLATES, "expect", *_LISTS)
    bare = [p for p in positions.empty if p[0] in read_later or (p[0] == "parameters" and len(p) == 2)]
    for _, name in (p for p in bare if p[0] == "parameters" and len(p) == 2):
        data["parameters"][name] = {}
    kept = {str(positions.of_key(p)) for p in bare}
    faults = [f for f in faults if f"{f.file}:{f.line}:{f.column}" not in kept]
    section, more = validated(model, data, positions, faults)
    # What stands below an unknown key is as unknown.
    faults = [fault for fault in faults if not any(fault.path.startswith(wrong.path) for wrong in more)]
    prefix = path_prefix(path)
    problems += [replace(f, path=f"{prefix}.{f.path}" if f.path else prefix) for f in (*faults, *more)]
    return None if faults or more else section


def path_prefix(path: tuple[str | int, ...]) -> str:
    """The path of a map as people write it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _template(name: Scalar, node: MappingNode, keys: Any) -> Template:
    parameters = node.get("parameters")
    pairs = parameters.pairs if isinstance(parameters, MappingNode) else ()
    defaults = {key.text: keys.parameters[key.text].default for key, _ in pairs}
    return Template(name, node, defaults, {key.text: key.place for key, _ in pairs})


def _given(node: Node | None) -> Given:
    """Parameters with the keys that give them, and their text."""
    pairs = node.pairs if isinstance(node, MappingNode) else ()
    return {key.text: (key, value.text) for key, value in pairs if isinstance(value, Scalar)}


def _is_pattern(text: str) -> bool:
    """Whether `Path.glob` takes it."""
    return bool(text) and not text.startswith("/") and "\0" not in text and "**" not in text
