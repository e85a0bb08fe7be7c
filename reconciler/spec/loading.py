"""From spec files to checked models: variables put in, names known, addresses put in, each section read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from reconciler.core.context import Names
from reconciler.core.problems import Located
from reconciler.policy.document import arns
from reconciler.spec import references
from reconciler.spec.files import Files, SpecFile
from reconciler.spec.includes import contents, with_included
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.nodes import Node, Scalar, Sequence
from reconciler.spec.section_checks import Read, Table, data_of, read
from reconciler.spec.variables import (
    Addresses,
    Values,
    check_definitions,
    has_variables,
    own_variables,
    substituted,
)

FILLER_ACCOUNT = "123456789012"


@dataclass(frozen=True, slots=True)
class SpecRun:
    """What a run gives to all specs."""

    account: str | None
    partition: str = "aws"
    variables: Mapping[str, str] | None = None
    today: date = date.min
    # By the path of a spec file, where it is that of the file and not of credentials.
    partitions: Mapping[str, str] = field(default_factory=dict)
    # Specs that were not named and may describe what these refer to.
    neighbours: Callable[[], tuple[SpecFile, ...]] = tuple

    @property
    def number(self) -> str:
        """The account, or filler where none is known."""
        return self.account or FILLER_ACCOUNT

    def partition_of(self, spec: SpecFile) -> str:
        """The partition for which a file's ARNs are made."""
        return self.partitions.get(spec.shown, self.partition)


@dataclass(frozen=True, slots=True)
class Checked:
    """One file as far as it was read; `contents` has the files that it names."""

    file: SpecFile
    read: Read
    contents: Mapping[str, str]


def declared_account(specs: tuple[SpecFile, ...]) -> str | None:
    """The one account that the specs say they are for, as far as they say one."""
    accounts: set[str] = set()
    for spec in specs:
        node = spec.root.get("account") if isinstance(spec.root, MappingNode) else None
        named = node.items if isinstance(node, Sequence) else () if node is None else (node,)
        accounts |= {entry.text if isinstance(entry, Scalar) else "" for entry in named}
    only = accounts.pop() if len(accounts) == 1 else ""
    return only if arns.ACCOUNT.fullmatch(only) else None


def values_of(spec: SpecFile, run: SpecRun) -> Values:
    """What variables stand for in a file."""
    return Values(run.number, run.partition_of(spec), {**own_variables(spec.root), **(run.variables or {})})


def with_variables(spec: SpecFile, files: Files, run: SpecRun, problems: list[Located]) -> Node:
    """A file's nodes with variables put in and its document files in place.

    Variables without a value are added to `problems`.
    """
    values = values_of(spec, run)
    check_definitions(
        spec.root.get("variables") if isinstance(spec.root, MappingNode) else None, values, problems
    )
    change = partial(substituted, put=values.put_into, problems=problems)
    return with_included(_keeping_header(spec.root, change), spec, files, change)


def _keeping_header(root: Node, change: Any) -> Node:
    """Variables put in, except into `name:` and `variables:` themselves."""
    if not isinstance(root, MappingNode) or not has_variables(root):
        return root
    untouched = ("name", "variables", "version")
    kept = [(key, value) for key, value in root.pairs if key.text in untouched or key.text.startswith("x-")]
    rest = change(MappingNode(root.place, tuple(pair for pair in root.pairs if pair not in kept)))
    # A top-level key is what it says; one with a variable in it stays as it is, and is unknown.
    written = [key for key, _ in root.pairs if key.text not in untouched and not key.text.startswith("x-")]
    pairs = tuple((key, value) for key, (_, value) in zip(written, rest.pairs, strict=True))
    return MappingNode(root.place, (*kept, *pairs))


def known_names(
    specs: tuple[SpecFile, ...], roots: list[Node], data: list[dict[str, Any]], run: SpecRun
) -> tuple[Names, frozenset[str]]:
    """What the specs name, and which policies deny.

    The other files of their folders are read where needed.
    """
    known = _names_of(specs, data, run)
    addresses = Addresses(known)
    for root in roots:
        _keeping_header(root, partial(substituted, put=addresses.put_into, problems=[]))
    if addresses.missing or any(references.lacking(described, known) for described in data):
        siblings = tuple(s for s in run.neighbours() if _is_for(s, run))
        quiet = [with_variables(spec, Files(), run, []) for spec in siblings]
        others = [data_of(root, spec.shown)[0] or {} for spec, root in zip(siblings, quiet, strict=True)]
        data = [*data, *others]
        known = Names({**_names_of(siblings, others, run).arns, **known.arns}, references.audiences(data))
    return known, frozenset().union(*(references.denying(described, known) for described in data))


def _is_for(spec: SpecFile, run: SpecRun) -> bool:
    """Whether a file that was not named could describe this account."""
    node = spec.root.get("account") if isinstance(spec.root, MappingNode) else None
    named = [node] if isinstance(node, Scalar) else list(getattr(node, "items", ()))
    accounts = {entry.text for entry in named if isinstance(entry, Scalar)}
    return run.account is None or not accounts or run.account in accounts


def _names_of(specs: tuple[SpecFile, ...], data: list[dict[str, Any]], run: SpecRun) -> Names:
    arns = {
        key: arn
        for spec, content in zip(specs, data, strict=True)
        for key, arn in references.named(content, run.number, run.partition_of(spec)).items()
    }
    return Names(arns, references.audiences(data))


def read_all(
    specs: tuple[SpecFile, ...],
    roots: list[Node],
    tables: list[Table],
    files: Files,
    known: Names,
    problems: list[Located],
    unknown: list[Located],
) -> Iterator[Checked]:
    """Each file's models, with addresses put in.

    Errors are added to `problems`, addresses without a resource to `unknown`.
    """
    addresses = Addresses(known)
    for spec, with_variables, table in zip(specs, roots, tables, strict=True):
        root = _keeping_header(with_variables, partial(substituted, put=addresses.put_into, problems=unknown))
        data, positions, file_problems = table if root is with_variables else data_of(root, spec.shown)
        if data is not None:
            models, more = read(data, positions, file_problems)
            file_problems = [*file_problems, *more]
            if models is not None:
                yield Checked(spec, models, contents(root, spec, files))
        problems += file_problems
