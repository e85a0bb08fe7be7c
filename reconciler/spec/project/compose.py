"""From the files that were named to specs: names filled in, files of one name joined, templates put in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reconciler.core.problems import Located
from reconciler.core.text import escaped
from reconciler.spec.files import Files, SpecFile
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.nodes import Node, Scalar, Sequence, items_of
from reconciler.spec.project.environments import Environment, Project
from reconciler.spec.project.join import TEMPLATE_KEYS, join
from reconciler.spec.project.listing import name_in_text, other_files, project_files
from reconciler.spec.variables import Unknown, Values, only_of_specs, own_variables

# What stands for the account and the partition, which depend on what is read here; in no text.
_NOT_YET = "\0"
_NAME, _ACCOUNT, _PARTITION = "name", "account", "partition"


@dataclass(frozen=True, slots=True)
class Composition:
    """What a run gives to the files: its project, environment, and variables that win over the specs' own."""

    project: Project | None = None
    environment: Environment | None = None
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def variables(self) -> Mapping[str, str]:
        """Those of the environment, and over these what was given."""
        own = self.environment.variables if self.environment else {}
        return {**own, **self.given}


def compose(parts: tuple[SpecFile, ...], files: Files, composition: Composition) -> tuple[SpecFile, ...]:
    """The specs of these files; what is wrong is added to the problems of `files`.

    Without a project each file is a spec of its own.
    """
    problems = files.problems
    groups = named_groups(parts, composition, problems)
    if composition.project is None:
        groups = [[part] for group in groups for part in group]
    broken = _broken(files, groups) if composition.project else []
    specs = []
    for group in groups:
        spec = join(group, problems)
        spec = replace(
            spec, others=(*spec.others, *(shown for shown, name in broken if _may_be(name, group)))
        )
        spec = replace(spec, root=_with_header(spec.root, composition, problems))
        specs.append(spec)
    order = {part.shown: index for index, part in enumerate(parts)}
    return _with_templates(sorted(specs, key=lambda spec: order[spec.shown]), files, composition)


def _broken(files: Files, groups: list[list[SpecFile]]) -> list[tuple[str, str | None]]:
    """Files that can't be read, and files whose name can't be told, with what their text has as a name.

    A spec of which one may be a part is not whole.
    """
    unnamed = [
        (part.shown, None)
        for group in groups
        for part in group
        if "${" in (node.text if (node := _scalar(part.root, _NAME)) else "")
    ]
    return [*((shown, name_in_text(path)) for shown, path in files.unreadable()), *unnamed]


def _may_be(name: str | None, group: list[SpecFile]) -> bool:
    """Whether a file whose text has this name may be a part of the spec that these files are."""
    own = {node.text for part in group for node in (_scalar(part.root, _NAME),) if node}
    return name is None or "${" in name or name in own


def _with_templates(specs: list[SpecFile], files: Files, composition: Composition) -> tuple[SpecFile, ...]:
    """The specs with what they make of templates in place."""
    if not any(
        isinstance(spec.root, MappingNode) and any(map(spec.root.get, TEMPLATE_KEYS)) for spec in specs
    ):
        return tuple(specs)
    # Start-up: not every spec has templates.
    from reconciler.spec.project.templates import Templates  # noqa: PLC0415

    templates = Templates(files, composition.project.folder if composition.project else None)
    return tuple(map(templates.expanded, specs))


def with_other_parts(
    parts: tuple[SpecFile, ...], files: Files, composition: Composition
) -> tuple[SpecFile, ...]:
    """These files with the others of the project that have a name of theirs: a spec is loaded whole.

    What can't be read and may be a part of them is a problem: without it they would lack what it says.
    """
    project = composition.project
    if project is None:
        return parts
    quiet = Files()
    others, unreadable = other_files(parts, project, quiet)
    inside = {path.resolve() for path in project_files(project, files.problems)}
    own = tuple(part for part in parts if part.path.resolve() in inside)
    outside = tuple(part for part in parts if part not in own)
    names = {node.text for part in own if (node := _scalar(part.root, _NAME))}
    for path in unreadable if own else ():
        name = name_in_text(path)
        if name is None or "${" in name or name in names:
            files.read(path, escaped(str(path)))
    named = {part.shown for part in own}
    added = []
    for group in named_groups((*own, *others), composition, files.problems if own else []):
        known = [part for part in group if part.shown in named]
        for part in group if known else ():
            root = files.read(part.path, part.shown) if part.shown not in named else None
            if root is not None:
                added.append(SpecFile(part.path, part.shown, root))
                message = f"is of the same spec as {known[0].shown}, and is read with it"
                files.problems.append(Located(part.shown, 0, 0, "", message, "note"))
    return (*sorted((*own, *added), key=lambda part: part.shown), *outside) if added else parts


def named_groups(
    parts: tuple[SpecFile, ...], composition: Composition, problems: list[Located]
) -> list[list[SpecFile]]:
    """The files by the name that they have, variables put into it; a file without a name is by itself.

    A variable of a name may be declared in any file that is written with the same name.
    """
    as_written: dict[str, list[SpecFile]] = {}
    for part in parts:
        node = _scalar(part.root, _NAME)
        as_written.setdefault(node.text if node else f"\0{part.shown}", []).append(part)
    groups: dict[str, list[SpecFile]] = {}
    for text, group in as_written.items():
        values = _values(group, composition)
        for part in group:
            named = _with_name(part, values, problems) if "${" in text else part
            node = _scalar(named.root, _NAME)
            groups.setdefault(node.text if node else text, []).append(named)
    return list(groups.values())


def _with_name(part: SpecFile, values: Values, problems: list[Located]) -> SpecFile:
    root = part.root
    if not isinstance(root, MappingNode):
        return part
    pairs = tuple((k, _filled(v, values, problems)) if k.text == _NAME else (k, v) for k, v in root.pairs)
    return replace(part, root=MappingNode(root.place, pairs))


def _with_header(root: Node, composition: Composition, problems: list[Located]) -> Node:
    """The spec with variables put into `account:`, and with the environment's account and partition."""
    if not isinstance(root, MappingNode):
        return root
    values = Values(_NOT_YET, _NOT_YET, {**own_variables(root), **composition.variables})
    pairs = tuple((k, _filled(v, values, problems)) if k.text == _ACCOUNT else (k, v) for k, v in root.pairs)
    root = MappingNode(root.place, pairs)
    environment = composition.environment
    if environment is None:
        return root
    for key, text in ((_ACCOUNT, environment.account), (_PARTITION, environment.partition)):
        if text:
            root = _agreeing(root, key, text, environment, problems)
    return root


def _agreeing(
    root: MappingNode, key: str, text: str, environment: Environment, problems: list[Located]
) -> MappingNode:
    """The spec with what its environment says of its account or partition, which must be what it says."""
    place = environment.account_place if key == _ACCOUNT else environment.place
    declared = root.get(key)
    if declared is not None and text not in {n.text for n in items_of(declared) if isinstance(n, Scalar)}:
        message = (
            f"{key}: does not agree with the environment {environment.name}, which says {text} ({place}):"
            " take it out of the spec, or use ${var.NAME}"
        )
        problems.append(declared.place.problem(message))
        return root
    own = Scalar(declared.place if declared else place, text, plain=False)
    pairs = tuple(pair for pair in root.pairs if pair[0].text != key)
    return MappingNode(root.place, (*pairs, (Scalar(own.place, key, plain=True), own)))


def _filled(node: Node, values: Values, problems: list[Located]) -> Node:
    if isinstance(node, Sequence):
        return Sequence(node.place, tuple(_filled(item, values, problems) for item in node.items))
    if not isinstance(node, Scalar) or "${" not in node.text:
        return node
    try:
        only_of_specs(node.text)
        text = values.put_into(node.text)
    except Unknown as unknown:
        problems.append(node.place.problem(str(unknown)))
        return node
    if _NOT_YET in text:
        message = "is made of a variable that has ${account} or ${partition} in it, which are not known yet"
        problems.append(node.place.problem(message))
        return node
    return Scalar(node.place, text, plain=False)


def _values(group: list[SpecFile], composition: Composition) -> Values:
    own = {name: text for part in group for name, text in own_variables(part.root).items()}
    return Values(_NOT_YET, _NOT_YET, {**own, **composition.variables})


def _scalar(root: Node, key: str) -> Scalar | None:
    node = root.get(key) if isinstance(root, MappingNode) else None
    return node if isinstance(node, Scalar) else None
