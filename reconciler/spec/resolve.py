"""From checked models to desired states: names across files, variables, defaults, every rule of IAM."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from reconciler.core.address import Address, Source
from reconciler.core.context import SpecContext
from reconciler.core.errors import SpecError
from reconciler.core.problems import Located, Path, Problem, Problems
from reconciler.kinds import KINDS
from reconciler.parts.ignores import Ignore, in_force
from reconciler.plan.desired import Desired
from reconciler.policy import arns
from reconciler.spec.checks import located, model_of
from reconciler.spec.files import Files, SpecFile
from reconciler.spec.includes import with_included
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.nodes import Node, Positions, Scalar
from reconciler.spec.variables import Values, substituted

FILLER_ACCOUNT = "123456789012"


@dataclass(frozen=True, slots=True)
class Run:
    """What a run gives to all specs alike."""

    account: str
    partition: str = "aws"
    variables: Mapping[str, str] | None = None
    today: date = date.min


@dataclass(frozen=True, slots=True)
class Specs:
    """All specs of a run: their names and accounts, the desired resources in order, and mere warnings."""

    names: tuple[str, ...]
    accounts: Mapping[str, tuple[str, ...]]
    desired: tuple[Desired, ...]
    warnings: tuple[Located, ...]


@dataclass(frozen=True, slots=True)
class _Checked:
    file: SpecFile
    model: Any
    positions: Positions


def resolve(files: Files, specs: tuple[SpecFile, ...], run: Run) -> Specs:
    """The desired states of all specs.

    Raises:
        SpecError: with every problem of every file, in the order of their places.
    """
    found: list[Located] = list(files.problems)
    checked = _checked_files(files, specs, run, found)
    _check_names(checked, found)
    names = _Names.of(checked, run)
    if names.lack(checked):
        quiet: list[Located] = []
        names = names.beside(_Names.of(_checked_files(Files(), files.siblings(specs), run, quiet), run))
    desired: list[Desired] = []
    for spec in checked:
        desired += _desired(spec, names, run, found)
    _check_unique(desired, found)
    # A file that more than one spec includes is read once and its problems noted on first sight.
    found += [p for p in files.problems if p not in found]
    errors = sorted({p for p in found if p.severity == "error"})
    if errors:
        raise SpecError(tuple(sorted(set(found))))
    return Specs(
        names=tuple(sorted(spec.model.name for spec in checked)),
        accounts={spec.model.name: spec.model.account for spec in checked},
        desired=_in_creation_order(desired),
        warnings=tuple(sorted(set(found))),
    )


def _in_creation_order(desired: list[Desired]) -> tuple[Desired, ...]:
    """By kind in the registry's order, then by name: the same whatever the order of files and keys."""
    order = {kind.KIND: index for index, kind in enumerate(KINDS)}
    return tuple(sorted(desired, key=lambda d: (order[d.address.kind], d.address.name)))


def _checked_files(
    files: Files, specs: tuple[SpecFile, ...], run: Run, found: list[Located]
) -> list[_Checked]:
    checked = []
    for spec in specs:
        values = Values(run.account, run.partition, {**_own_variables(spec.root), **(run.variables or {})})

        change = partial(substituted, put=values.put_into, problems=found)
        root = with_included(_keeping_header(spec.root, change), spec, files, change)
        model, positions, problems = model_of(root, spec.shown)
        found += problems
        if model is not None:
            checked.append(_Checked(spec, model, positions))
    return checked


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
    rest = MappingNode(root.place, tuple(pair for pair in root.pairs if pair not in kept))
    return MappingNode(root.place, (*kept, *change(rest).pairs))


def _check_names(checked: list[_Checked], found: list[Located]) -> None:
    first: dict[str, _Checked] = {}
    for spec in checked:
        twin = first.setdefault(spec.model.name.lower(), spec)
        if twin is not spec:
            message = f"{twin.file.shown} has this name too: a spec's name is its own"
            found.append(located(Problem("error", ("name",), message), spec.positions))


@dataclass(frozen=True, slots=True)
class _Names:
    """What the loaded specs name: ARNs of policies and roles, and which policies deny."""

    policies: Mapping[str, str]
    roles: Mapping[str, str]
    denying: frozenset[str]

    @staticmethod
    def of(checked: list[_Checked], run: Run) -> "_Names":
        policies: dict[str, str] = {}
        roles: dict[str, str] = {}
        denying: set[str] = set()
        for spec in checked:
            for name, section in spec.model.policies.items():
                policies[name] = arns.build(run.partition, run.account, "policy", section.path, name)
                if section.deny or '"Deny"' in repr(section.document).replace("'", '"'):
                    denying.add(policies[name])
            for name, section in spec.model.roles.items():
                roles[name] = arns.build(run.partition, run.account, "role", section.path, name)
        return _Names(policies, roles, frozenset(denying))

    def beside(self, others: "_Names") -> "_Names":
        """These names, and those of the neighbours for what is missing."""
        return _Names({**others.policies, **self.policies}, {**others.roles, **self.roles}, self.denying | others.denying)  # fmt: skip

    def lack(self, checked: list[_Checked]) -> bool:
        """Whether a spec refers to a bare name that is not among them."""
        return any(name not in known for spec in checked for known, name in self._references(spec.model))

    def _references(self, model: Any) -> Iterator[tuple[Mapping[str, str], str]]:
        for role in model.roles.values():
            named = [item.policy for item in role.attach] + ([role.boundary] if role.boundary else [])
            yield from ((self.policies, text) for text in named if ":" not in text and "/" not in text)
            for item in role.trust or ():
                yield from ((self.roles, text) for text in item.role or () if ":" not in text)


def _desired(spec: _Checked, names: _Names, run: Run, found: list[Located]) -> list[Desired]:
    model = spec.model
    problems = Problems()
    context = SpecContext(
        account=run.account,
        partition=run.partition,
        owner=model.name if model.ownership == "tags" else "",
        tags=frozenset(model.tags.items()),
        policy_arns=names.policies,
        role_arns=names.roles,
        denying=names.denying,
        today=run.today,
    )
    _check_shared_tags(model, problems)
    made = []
    for kind in KINDS:
        for name, section in getattr(model, kind.SECTION).items():
            here = Problems(prefix=(kind.SECTION, name))
            state = kind.from_spec(name, section, context, here)
            problems.found.extend(p for p in here if p not in problems.found)
            if state is None:
                continue
            address = Address(run.account, kind.KIND, state.name)
            made.append(
                Desired(
                    address=address,
                    kind=kind,
                    state=state,
                    spec=model.name,
                    source=_source(spec, (kind.SECTION, name)),
                    ignores=_ignores(model, section, address, run.today),
                    adopt=any(address.matches(pattern) for pattern in model.adopt),
                    untagged=model.ownership == "none",
                )
            )
    found += [located(problem, spec.positions) for problem in problems]
    return made


def _check_shared_tags(model: Any, problems: Problems) -> None:
    from reconciler.parts import tags  # noqa: PLC0415 - keeps the name free above

    tags.check(model.tags, problems.under("tags"), fold_case=bool(model.roles))


def _source(spec: _Checked, path: Path) -> Source:
    place = spec.positions.of_key(path)
    return Source(spec.file.shown, place.line if place else 1)


def _ignores(model: Any, section: Any, address: Address, today: date) -> tuple[Ignore, ...]:
    everywhere = tuple(entry for entry in model.ignore if entry.at is None or address.matches(entry.at))
    return in_force((*section.ignore, *everywhere), today)


def _check_unique(desired: list[Desired], found: list[Located]) -> None:
    """IAM's names ignore case and path, so two specs may not claim one name."""
    first: dict[tuple[str, str], Desired] = {}
    for resource in desired:
        key = (resource.address.kind, resource.address.name.lower())
        twin = first.setdefault(key, resource)
        if twin is not resource:
            message = f"{resource.address} is described here and in {twin.source}: IAM has one of a name"
            file, line = resource.source.file, resource.source.line
            found.append(Located(file, line, 1, "", message))
