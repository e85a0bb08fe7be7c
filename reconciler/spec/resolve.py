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
from reconciler.core.text import similar
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
    # A file with a mistake elsewhere still names what it names.
    names = _Names.written(specs).beside(_Names.of(checked, run), wins=True)
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


def declared_account(specs: tuple[SpecFile, ...]) -> str | None:
    """The one account that the specs say they are for, as far as they say one."""
    found: set[str] = set()
    for spec in specs:
        node = spec.root.get("account") if isinstance(spec.root, MappingNode) else None
        found |= {node.text} if isinstance(node, Scalar) else {"several"} if node is not None else set()
    only = found.pop() if len(found) == 1 else ""
    return only if arns.ACCOUNT.fullmatch(only) else None


def _in_creation_order(desired: list[Desired]) -> tuple[Desired, ...]:
    """By kind in the registry's order, then by name: the same whatever the order of files and keys."""
    order = {kind.KIND: index for index, kind in enumerate(KINDS)}
    return tuple(sorted(desired, key=lambda d: (order[d.address.kind], d.address.name)))


def _checked_files(
    files: Files, specs: tuple[SpecFile, ...], run: Run, found: list[Located]
) -> list[_Checked]:
    checked = []
    for spec in specs:
        values = Values(run.number, run.partition, {**_own_variables(spec.root), **(run.variables or {})})

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
    rest = change(MappingNode(root.place, tuple(pair for pair in root.pairs if pair not in kept)))
    # A key that only becomes one of these by a variable must not replace them.
    pairs = tuple(pair for pair in rest.pairs if pair[0].text not in untouched)
    return MappingNode(root.place, (*kept, *pairs))


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
                policies[name] = arns.build(run.partition, run.number, "policy", section.path, name)
                if section.deny or '"Deny"' in repr(section.document).replace("'", '"'):
                    denying.add(policies[name])
            for name, section in spec.model.roles.items():
                roles[name] = arns.build(run.partition, run.number, "role", section.path, name)
        return _Names(policies, roles, frozenset(denying))

    @staticmethod
    def written(specs: tuple[SpecFile, ...]) -> "_Names":
        """The bare names that the files have, right or wrong otherwise."""
        return _Names(
            {n: n for s in specs for n in _keys(s.root, "policies")},
            {n: n for s in specs for n in _keys(s.root, "roles")},
            frozenset(),
        )

    def beside(self, others: "_Names", *, wins: bool = False) -> "_Names":
        """These names, and those of the others for what is missing, or instead where they win."""
        if wins:
            return others.beside(self)
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


def _keys(root: Node, section: str) -> list[str]:
    named = root.get(section) if isinstance(root, MappingNode) else None
    return [key.text for key, _ in named.pairs] if isinstance(named, MappingNode) else []


def _desired(spec: _Checked, names: _Names, run: Run, found: list[Located]) -> list[Desired]:
    model = spec.model
    problems = Problems()
    context = SpecContext(
        account=run.number,
        account_is_known=run.account is not None,
        partition=run.partition,
        owner=model.name if model.ownership == "tags" else "",
        tags=frozenset(model.tags.items()),
        policy_arns=names.policies,
        role_arns=names.roles,
        denying=names.denying,
        today=run.today,
    )
    _check_shared_tags(model, problems)
    _check_ignores(model, problems)
    made = []
    seen: set[Problem] = set()
    for kind in KINDS:
        for name, section in getattr(model, kind.SECTION).items():
            here = Problems(prefix=(kind.SECTION, name))
            state = kind.from_spec(name, section, context, here)
            # Two kinds may read one section and find the same fault.
            problems.found.extend(p for p in here if p not in seen)
            seen.update(here)
            if state is None:
                continue
            address = Address(run.number, kind.KIND, state.name)
            made.append(
                Desired(
                    address=address,
                    kind=kind,
                    state=state,
                    spec=model.name,
                    source=_source(spec, (kind.SECTION, name)),
                    ignores=_ignores(
                        model, section if hasattr(kind, "Section") else None, address, run.today
                    ),
                    adopt=any(address.matches(pattern) for pattern in model.adopt),
                    untagged=model.ownership == "none",
                )
            )
    found += [located(problem, spec.positions) for problem in problems]
    return made


def _check_shared_tags(model: Any, problems: Problems) -> None:
    from reconciler.parts import tags  # noqa: PLC0415 - keeps the name free above

    tags.check(model.tags, problems.under("tags"), fold_case=bool(model.roles))


def _check_ignores(model: Any, problems: Problems) -> None:
    """A facet that no kind has would silently do nothing."""
    facets = {kind.KIND: frozenset(kind.FACETS) for kind in KINDS}
    every = frozenset().union(*facets.values())
    entries: list[tuple[Any, frozenset[str], Path]] = [
        (entry, every, ("ignore", index)) for index, entry in enumerate(model.ignore)
    ]
    for kind in KINDS:
        if hasattr(kind, "Section"):
            for name, section in getattr(model, kind.SECTION).items():
                entries += [
                    (entry, facets[kind.KIND], (kind.SECTION, name, "ignore", index))
                    for index, entry in enumerate(section.ignore)
                ]
    for entry, known, path in entries:
        if entry.facet not in known:
            guess = similar(entry.facet, known)
            hint = f"; did you mean {guess}?" if guess else f": {', '.join(sorted(known))}"
            problems.error(f'there is no facet "{entry.facet}"{hint}', *path, "facet")


def _source(spec: _Checked, path: Path) -> Source:
    place = spec.positions.of_key(path)
    return Source(spec.file.shown, place.line if place else 1)


def _ignores(model: Any, section: Any, address: Address, today: date) -> tuple[Ignore, ...]:
    everywhere = tuple(entry for entry in model.ignore if entry.at is None or address.matches(entry.at))
    own = section.ignore if section is not None else ()
    return in_force((*own, *everywhere), today)


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
