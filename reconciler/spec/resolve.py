"""From spec files to desired states: variables, names across files, defaults, every rule of IAM."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from reconciler.core.address import Address, Source
from reconciler.core.context import Names, SpecContext
from reconciler.core.errors import SpecError
from reconciler.core.kind import Described
from reconciler.core.problems import Located, Path, Problem, Problems
from reconciler.kinds import EVERY, KINDS
from reconciler.parts import acknowledgements, quotas
from reconciler.parts.ignores import Ignore, in_force
from reconciler.plan.desired import Desired, Resource
from reconciler.policy import arns
from reconciler.spec import cross_checks, names
from reconciler.spec.checks import Read, data_of, located, read
from reconciler.spec.files import Files, SpecFile
from reconciler.spec.includes import contents, with_included
from reconciler.spec.model import ONE_OF_A_KIND
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.nodes import Node, Scalar
from reconciler.spec.variables import Addresses, Values, substituted

FILLER_ACCOUNT = "123456789012"


@dataclass(frozen=True, slots=True)
class Run:
    """What a run gives to all specs alike."""

    account: str | None
    partition: str = "aws"
    variables: Mapping[str, str] | None = None
    today: date = date.min

    @property
    def number(self) -> str:
        """The account, or filler where none is known."""
        return self.account or FILLER_ACCOUNT


@dataclass(frozen=True, slots=True)
class Specs:
    """All specs of a run: their names and accounts, the resources in order of creation, and mere warnings."""

    names: tuple[str, ...]
    accounts: Mapping[str, tuple[str, ...]]
    resources: tuple[Resource, ...]
    warnings: tuple[Located, ...]

    @property
    def desired(self) -> tuple[Desired, ...]:
        """Those that are planned."""
        return tuple(r for r in self.resources if isinstance(r, Desired))


@dataclass(frozen=True, slots=True)
class _Checked:
    """One file as far as it was read; `contents` has the files that it names."""

    file: SpecFile
    read: Read
    contents: Mapping[str, str]


def resolve(files: Files, specs: tuple[SpecFile, ...], run: Run) -> Specs:
    """The desired states of all specs.

    Raises:
        SpecError: with every problem of every file, in the order of their places.
    """
    unknown: list[Located] = []
    roots = [_with_variables(spec, files, run, unknown) for spec in specs]
    known, denying = _known(files, specs, roots, run)
    found: list[Located] = list(files.problems)
    checked = list(_read(specs, roots, files, known, found, unknown))
    _check_spec_names(checked, found)
    resources: list[Resource] = []
    for spec in checked:
        resources += _resources(spec, known, denying, run, found)
    _check_unique(resources, found)
    found = unknown + _without_echoes(found, unknown)
    # A file that more than one spec includes is read once and its problems noted on first sight.
    found += [p for p in files.problems if p not in found]
    if any(problem.severity == "error" for problem in found):
        raise SpecError(tuple(sorted(set(found))))
    return Specs(
        names=tuple(sorted(spec.read.header.name for spec in checked)),
        accounts={spec.read.header.name: spec.read.header.account for spec in checked},
        resources=_in_creation_order(resources),
        warnings=tuple(sorted(set(found))),
    )


def _without_echoes(found: list[Located], unknown: list[Located]) -> list[Located]:
    """What stands where a variable or an address has no value only says that the text makes no sense."""
    places = {(p.file, p.line, p.column) for p in unknown}
    return [p for p in found if (p.file, p.line, p.column) not in places]


def declared_account(specs: tuple[SpecFile, ...]) -> str | None:
    """The one account that the specs say they are for, as far as they say one."""
    found: set[str] = set()
    for spec in specs:
        node = spec.root.get("account") if isinstance(spec.root, MappingNode) else None
        found |= {node.text} if isinstance(node, Scalar) else {"several"} if node is not None else set()
    only = found.pop() if len(found) == 1 else ""
    return only if arns.ACCOUNT.fullmatch(only) else None


def _in_creation_order(resources: list[Resource]) -> tuple[Resource, ...]:
    """By kind in the registry's order, then by name: the same whatever the order of files and keys."""
    order = {kind.KIND: index for index, kind in enumerate(EVERY)}
    return tuple(sorted(resources, key=lambda r: (order[r.address.kind], r.address.name)))


def _with_variables(spec: SpecFile, files: Files, run: Run, found: list[Located]) -> Node:
    values = Values(run.number, run.partition, {**_own_variables(spec.root), **(run.variables or {})})
    change = partial(substituted, put=values.put_into, problems=found)
    return with_included(_keeping_header(spec.root, change), spec, files, change)


def _own_variables(root: Node) -> dict[str, str]:
    declared = root.get("variables") if isinstance(root, MappingNode) else None
    if not isinstance(declared, MappingNode):
        return {}
    return {key.text: value.text for key, value in declared.pairs if isinstance(value, Scalar)}


def _keeping_header(root: Node, change: Any) -> Node:
    """Variables put in, except into `name:` and `variables:` themselves."""
    if not isinstance(root, MappingNode):
        return root
    untouched = ("name", "variables", "version")
    kept = [(key, value) for key, value in root.pairs if key.text in untouched or key.text.startswith("x-")]
    rest = change(MappingNode(root.place, tuple(pair for pair in root.pairs if pair not in kept)))
    # A key that only becomes one of these by a variable must not replace them.
    pairs = tuple(pair for pair in rest.pairs if pair[0].text not in untouched)
    return MappingNode(root.place, (*kept, *pairs))


def _known(
    files: Files, specs: tuple[SpecFile, ...], roots: list[Node], run: Run
) -> tuple[Names, frozenset[str]]:
    """What the specs name, and which policies deny. The other files of their folders are looked into where needed."""
    data = [data_of(root, spec.shown)[0] or {} for spec, root in zip(specs, roots, strict=True)]
    known = _names_of(data, run)
    addresses = Addresses(known)
    for root in roots:
        _keeping_header(root, partial(substituted, put=addresses.put_into, problems=[]))
    if addresses.missing or any(names.lacking(one, known) for one in data):
        siblings = files.siblings(specs)
        quiet = [_with_variables(spec, Files(), run, []) for spec in siblings]
        data += [data_of(root, spec.shown)[0] or {} for spec, root in zip(siblings, quiet, strict=True)]
        known = Names({**_names_of(data[len(specs) :], run).arns, **known.arns})
    return known, frozenset().union(*(names.denying(one, known) for one in data))


def _names_of(data: list[dict[str, Any]], run: Run) -> Names:
    return Names({k: arn for one in data for k, arn in names.named(one, run.number, run.partition).items()})


def _read(
    specs: tuple[SpecFile, ...],
    roots: list[Node],
    files: Files,
    known: Names,
    found: list[Located],
    unknown: list[Located],
) -> Iterator[_Checked]:
    addresses = Addresses(known)
    for spec, with_variables in zip(specs, roots, strict=True):
        root = _keeping_header(with_variables, partial(substituted, put=addresses.put_into, problems=unknown))
        data, positions, problems = data_of(root, spec.shown)
        if data is not None:
            made, more = read(data, positions, problems)
            problems = [*problems, *more]
            if made is not None:
                yield _Checked(spec, made, contents(root, spec, files))
        found += problems


def _check_spec_names(checked: list[_Checked], found: list[Located]) -> None:
    first: dict[str, _Checked] = {}
    for spec in checked:
        twin = first.setdefault(spec.read.header.name.lower(), spec)
        if twin is not spec:
            message = f"{twin.file.shown} has this name too: a spec's name is its own"
            found.append(located(Problem("error", ("name",), message), spec.read.positions))


def _resources(
    spec: _Checked, known: Names, denying: frozenset[str], run: Run, found: list[Located]
) -> list[Resource]:
    header = spec.read.header
    problems = Problems()
    context = SpecContext(
        account=run.number,
        account_is_known=run.account is not None,
        partition=run.partition,
        owner=header.name if header.ownership == "tags" else "",
        tags=frozenset(header.tags.items()),
        names=known,
        denying=denying,
        today=run.today,
        quotas=quotas.of(header.limits),
        contents=spec.contents,
    )
    made: list[Resource] = []
    seen: set[Problem] = set()
    for kind in EVERY:
        for name, section in spec.read.sections[kind.SECTION].items():
            if section is None:
                continue
            path: Path = (kind.SECTION,) if kind.SECTION in ONE_OF_A_KIND else (kind.SECTION, name)
            here = Problems(prefix=path)
            state = kind.from_spec(name or run.number, section, context, here)
            # Two kinds may read one section and find the same fault.
            problems.found.extend(p for p in here if p not in seen)
            seen.update(here)
            if state is not None:
                made.append(_resource(spec, kind, state, section, path, run))
    cross_checks.check(spec.read, [resource.address for resource in made], context, problems)
    found += [located(problem, spec.read.positions) for problem in problems]
    return made


def _resource(spec: _Checked, kind: Described, state: Any, section: Any, path: Path, run: Run) -> Resource:
    header = spec.read.header
    address = Address(run.number, kind.KIND, state.name)
    source = _source(spec, path)
    planned = next((one for one in KINDS if one is kind), None)
    if planned is None:
        return Resource(address, kind, state, header.name, source)
    own = section if hasattr(kind, "Section") else None
    return Desired(
        address=address,
        kind=planned,
        state=state,
        spec=header.name,
        source=source,
        ignores=_ignores(header, own, address, run.today),
        adopt=any(address.matches(pattern) for pattern in header.adopt),
        untagged=header.ownership == "none",
        acknowledged=_acknowledged(header, own, address, run.today),
    )


def _source(spec: _Checked, path: Path) -> Source:
    place = spec.read.positions.of_key(path)
    return Source(spec.file.shown, place.line if place else 1)


def _ignores(header: Any, section: Any, address: Address, today: date) -> tuple[Ignore, ...]:
    own = section.ignore if section is not None else ()
    return in_force((*own, *_fitting(header.ignore, address)), today)


def _acknowledged(header: Any, section: Any, address: Address, today: date) -> frozenset[str]:
    own = section.acknowledge if section is not None else ()
    return acknowledgements.in_force((*own, *_fitting(header.acknowledge, address)), today)


def _fitting(entries: Any, address: Address) -> tuple[Any, ...]:
    return tuple(entry for entry in entries if entry.at is None or address.matches(entry.at))


def _check_unique(resources: list[Resource], found: list[Located]) -> None:
    """IAM's names ignore case and path, so two specs may not claim one name."""
    first: dict[tuple[str, str], Resource] = {}
    for resource in resources:
        key = (resource.address.kind, resource.address.name.lower())
        twin = first.setdefault(key, resource)
        # Two keys of one map are equal only once variables are put in, and that is said already.
        same_map = twin.source.file == resource.source.file and hasattr(resource.kind, "Section")
        if twin is not resource and not same_map:
            message = f"{resource.address} is described here and in {twin.source}: IAM has one of a name"
            file, line = resource.source.file, resource.source.line
            found.append(Located(file, line, 1, "", message))
