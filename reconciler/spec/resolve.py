"""From spec files to desired states: variables, names across files, defaults, every rule of IAM."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from reconciler.core.address import Address, Source
from reconciler.core.context import Names, SpecContext
from reconciler.core.desired import Desired, Ignore, Removed
from reconciler.core.errors import SpecError
from reconciler.core.expectation import Expectation
from reconciler.core.kind import AnyKind
from reconciler.core.problems import Located, Path, Problem, Problems
from reconciler.kinds import KINDS
from reconciler.language import acknowledge, expect, limits
from reconciler.language.ignore import in_force
from reconciler.spec import cross_checks
from reconciler.spec.files import Files, SpecFile
from reconciler.spec.lint import Origin, admins_from_every_branch, limiting, linted, without_effect
from reconciler.spec.loading import Checked, SpecRun, known_names, read_all, with_variables
from reconciler.spec.model import ONE_OF_A_KIND
from reconciler.spec.name_variables import name_variables, shape_of, variables_of
from reconciler.spec.section_checks import data_of, located
from reconciler.spec.suppressions import Silences, SpecComments


@dataclass(frozen=True, slots=True)
class Specs:
    """All specs of a run: their names, accounts and files, the resources in order of creation, and warnings.

    `tagging` names the specs that mark their resources with tags, also those that no longer describe any.
    `removed` are the patterns of resources that they no longer manage. `partitions` are those that they
    declare, "" where they declare none. `parts` are the files that they are written in. `variables` are those
    of each spec, with their values.
    """

    names: tuple[str, ...]
    accounts: Mapping[str, tuple[str, ...]]
    desired: tuple[Desired, ...]
    warnings: tuple[Located, ...]
    expectations: tuple[Expectation, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    tagging: frozenset[str] = frozenset()
    removed: tuple[Removed, ...] = ()
    origins: tuple[Origin, ...] = field(default=(), repr=False, compare=False)
    partitions: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def lint(self, addresses: Collection[Address] | None = None) -> tuple[Located, ...]:
        """What a reviewer would say of these resources, of all where none are named."""
        origins = [o for o in self.origins if addresses is None or o.address in addresses]
        findings = linted(origins, self.warnings, limiting(self.desired))
        return tuple(sorted({*findings, *admins_from_every_branch(origins, self.desired)}))

    @property
    def about_files(self) -> tuple[Located, ...]:
        """What is said of files as files: which are not read."""
        return tuple(entry for entry in self.warnings if not entry.line)

    def without_effect(self) -> tuple[Located, ...]:
        """Comments that silence nothing, after everything was linted."""
        return without_effect(self.origins)

    def of_other_accounts(self, account: str, partition: str) -> Mapping[str, str]:
        """The specs that are not for this account or partition, each with the reason."""
        reasons = {
            name: f"is for partition {wanted}, and these are credentials of {partition}"
            for name, wanted in sorted(self.partitions.items())
            if wanted and wanted != partition
        }
        return reasons | {
            name: f"is for account {', '.join(accounts)}, and these are credentials of account {account}"
            for name, accounts in sorted(self.accounts.items())
            if accounts and account not in accounts
        }


def resolve(files: Files, specs: tuple[SpecFile, ...], run: SpecRun) -> Specs:
    """The desired states of all specs.

    Raises:
        SpecError: with every problem of every file, in the order of their places.
    """
    unknown: list[Located] = []
    roots = [with_variables(spec, files, run, unknown) for spec in specs]
    tables = [data_of(root, spec.shown) for spec, root in zip(specs, roots, strict=True)]
    known, denying = known_names(specs, roots, [data or {} for data, _, _ in tables], run)
    before = list(files.problems)
    problems: list[Located] = []
    checked = list(read_all(specs, roots, tables, files, known, problems, unknown))
    _check_spec_names(checked, problems)
    named: list[tuple[Desired, Located]] = []
    origins: list[Origin] = []
    written = SpecComments(files.path_of)
    for spec in checked:
        named += _resources(spec, known, denying, run, problems, origins, written)
    accounts = {spec.read.header.name: spec.read.header.account for spec in checked}
    _check_unique(named, accounts, problems)
    problems += cross_checks.between_specs(named, accounts)
    unknown = _without_echoes(unknown, before)
    problems = [p for p in unknown if p.message] + _without_echoes(problems, [*unknown, *before])
    # A file that more than one spec includes is read once and its problems noted on first sight.
    problems += [p for p in (*before, *files.problems) if p not in problems]
    if any(problem.severity == "error" for problem in problems):
        raise SpecError(tuple(sorted(set(problems))))
    return Specs(
        names=tuple(sorted(spec.read.header.name for spec in checked)),
        accounts=accounts,
        desired=_in_creation_order([resource for resource, _ in named]),
        warnings=tuple(sorted(set(problems))),
        files={spec.read.header.name: spec.file.shown for spec in checked},
        parts=tuple(dict.fromkeys(part for spec in checked for part in (spec.file.shown, *spec.file.parts))),
        origins=tuple(origins),
        tagging=frozenset(s.read.header.name for s in checked if s.read.header.ownership == "tags"),
        removed=tuple(r for spec in checked for r in _removed(spec)),
        partitions={spec.read.header.name: spec.read.header.partition for spec in checked},
        expectations=tuple(e for spec in checked for e in _expectations(spec)),
        variables={spec.read.header.name: variables_of(spec.file, run) for spec in checked},
    )


def _removed(spec: Checked) -> Iterator[Removed]:
    header = spec.read.header
    for index, pattern in enumerate(header.removed):
        yield Removed(header.name, pattern, _source(spec, ("removed", index)))


def _expectations(spec: Checked) -> Iterator[Expectation]:
    header = spec.read.header
    for key in ("allowed", "denied") if header.expect else ():
        for index, entry in enumerate(getattr(header.expect, key)):
            place = located(Problem("error", ("expect", key, index), ""), spec.read.positions)
            yield expect.expectation_of(key, entry, place, header.name)


def _without_echoes(problems: list[Located], unknown: list[Located]) -> list[Located]:
    """The problems without those at the place of an unknown variable or address, which follow from it."""
    places = {(p.file, p.line, p.column, p.used_at) for p in unknown}
    return [p for p in problems if (p.file, p.line, p.column, p.used_at) not in places]


def _in_creation_order(resources: list[Desired]) -> tuple[Desired, ...]:
    """By kind in the registry's order, then by name, whatever the order of files and keys."""
    order = {kind.KIND: index for index, kind in enumerate(KINDS)}
    return tuple(sorted(resources, key=lambda r: (order[r.address.kind], r.address.name)))


def _check_spec_names(checked: list[Checked], problems: list[Located]) -> None:
    first: dict[str, tuple[Checked, Located]] = {}
    for spec in checked:
        place = located(Problem("error", ("name",), ""), spec.read.positions)
        twin, other = first.setdefault(spec.read.header.name.lower(), (spec, place))
        if twin is not spec:
            message = f"{other.file}:{other.line} has this name too: a spec's name is its own"
            problems.append(replace(place, message=message))


def _resources(
    spec: Checked,
    known: Names,
    denying: frozenset[str],
    run: SpecRun,
    problems: list[Located],
    origins: list[Origin],
    written: SpecComments,
) -> list[tuple[Desired, Located]]:
    """The file's resources, each with the place of its name; their sources are added to `origins`."""
    file_problems = Problems()
    context = _context(spec, known, denying, run)
    own_files = (spec.file.shown, *spec.file.parts)
    silences = Silences(spec.file.made_of, own_files, written, spec.read, run.today)
    described: list[tuple[Desired, Path]] = []
    seen: set[Problem] = set()
    shapes = name_variables(spec.file, run)
    for kind in KINDS:
        for name, section in spec.read.sections[kind.SECTION].items():
            if section is None:
                continue
            path: Path = (kind.SECTION,) if kind.SECTION in ONE_OF_A_KIND else (kind.SECTION, name)
            here = Problems(prefix=path)
            state = kind.from_spec(name or run.number, section, context, here)
            # Two kinds may read one section and find the same fault.
            file_problems.found.extend(p for p in here if p not in seen)
            seen.update(here)
            if state is not None:
                resource = _resource(spec, kind, state, section, path, run)
                resource = replace(resource, shaped_by=shape_of(shapes, kind, name))
                described.append((resource, path))
                origins.append(Origin(resource.address, kind, section, path, context, silences))
    silences.addresses = _addresses(described)
    cross_checks.check(spec.read, {r.address: path for r, path in described}, context, file_problems)
    for problem in file_problems:
        place = located(problem, spec.read.positions)
        if not (problem.lacks and problem.map in spec.read.misspelt) and not silences.silence(problem, place):
            problems.append(place)
    return [(resource, _name_of(spec, resource, path)) for resource, path in described]


def _context(spec: Checked, known: Names, denying: frozenset[str], run: SpecRun) -> SpecContext:
    header = spec.read.header
    return SpecContext(
        account=run.number,
        account_is_known=run.account is not None,
        partition=run.partition_of(spec.file),
        owner=header.name if header.ownership == "tags" else "",
        tags=frozenset(header.tags.items()),
        names=known,
        denying=denying,
        today=run.today,
        quotas=limits.of(header.limits),
        contents=spec.contents,
    )


def _addresses(described: list[tuple[Desired, Path]]) -> dict[Path, tuple[Address, ...]]:
    """What each section describes: a role's section may describe its instance profile too."""
    by_path: dict[Path, tuple[Address, ...]] = {}
    for resource, path in described:
        by_path[path] = (*by_path.get(path, ()), resource.address)
    return by_path


def _name_of(spec: Checked, resource: Desired, path: Path) -> Located:
    """Where a resource gets its name: its key, or the option of the role that it is made for."""
    option = (*path, "instance_profile") if resource.address.kind == "instance-profile" else path
    return located(Problem("error", option, "", on_key=True), spec.read.positions)


def _resource(spec: Checked, kind: AnyKind, state: Any, section: Any, path: Path, run: SpecRun) -> Desired:
    header = spec.read.header
    address = Address(run.number, kind.KIND, state.name)
    source = _source(spec, path)
    own = section if kind.MODEL is not None else None
    return Desired(
        address=address,
        kind=kind,
        state=state,
        spec=header.name,
        source=source,
        ignores=_ignores(header, own, address, run.today),
        adopt=any(address.matches(pattern) for pattern in header.adopt),
        # What IAM can't tag is claimed by being named.
        untagged=header.ownership == "none" or "tags" not in kind.FACETS,
        acknowledged=_acknowledged(header, own, address, run.today),
    )


def _source(spec: Checked, path: Path) -> Source:
    """Where it is described: of what a template makes, where that is used."""
    place = spec.read.positions.of_key(path)
    if place is None:
        return Source(spec.file.shown, 1)
    used = place.used
    if used is None:
        return Source(place.file, place.line)
    return Source(used.file, used.line, f"{place.file}:{place.line}")


def _ignores(header: Any, section: Any, address: Address, today: date) -> tuple[Ignore, ...]:
    own = section.ignore if section is not None else ()
    return in_force((*own, *_fitting(header.ignore, address)), today)


def _acknowledged(header: Any, section: Any, address: Address, today: date) -> frozenset[str]:
    own = section.acknowledge if section is not None else ()
    return acknowledge.in_force((*own, *_fitting(header.acknowledge, address)), today)


def _fitting(entries: Any, address: Address) -> tuple[Any, ...]:
    return tuple(entry for entry in entries if entry.at is None or address.matches(entry.at))


def _used(place: Located) -> str:
    return f", used at {place.used_at}" if place.used_at else ""


def _check_unique(
    named: list[tuple[Desired, Located]], accounts: Mapping[str, tuple[str, ...]], problems: list[Located]
) -> None:
    """IAM's names ignore case and path, so two specs for one account may not claim one name."""
    first: dict[tuple[str, str], list[tuple[Desired, Located]]] = {}
    for resource, place in named:
        key = (resource.address.kind, resource.address.name.lower())
        for twin, other in first.setdefault(key, []):
            accounts_here, accounts_there = set(accounts[resource.spec]), set(accounts[twin.spec])
            # Two keys of one map are equal only once variables are put in, and that is said already.
            same_map = resource.spec == twin.spec and resource.kind.MODEL is not None
            if not same_map and (not accounts_here or not accounts_there or accounts_here & accounts_there):
                late, early = (
                    (place, other)
                    if (place.file != other.file or place.line >= other.line)
                    else (other, place)
                )
                twin_place = f"{early.file}:{early.line}{_used(early)}"
                message = f"{resource.address} is described here and in {twin_place}: IAM has one of a name"
                problems.append(replace(late, message=message))
                break
        first[key].append((resource, place))
