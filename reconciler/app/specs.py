"""The use cases that need no AWS: load, validate, render. Loads neither boto3 nor the planner."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError, SpecError
from reconciler.core.problems import Located
from reconciler.spec.files import Files, SpecFile
from reconciler.spec.loading import FILLER_ACCOUNT, SpecRun, declared_account
from reconciler.spec.outline import Outline, outline
from reconciler.spec.partitions import of_all, partition_of
from reconciler.spec.resolve import Specs, resolve


@dataclass(frozen=True, slots=True)
class SpecSelection:
    """What a command line asks for: which specs, with which variables.

    Only these addresses, or one finding, if any.

    `prune` is whether what the specs own and describe no more is to be deleted.
    """

    paths: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    finding: str = ""
    prune: bool = False


class OpenedSpecs:
    """Spec files, read once; what they come to for one account and partition is worked out once, too."""

    def __init__(self, request: SpecSelection, today: date | None = None) -> None:
        self._request = request
        self.today = today or datetime.now(UTC).date()
        self._files = Files()
        self.named = self._files.named(request.paths)
        self.declared = declared_account(self.named)
        self._resolved: dict[tuple[tuple[tuple[str, str], ...], str | None], Specs] = {}

    @property
    def filler(self) -> str:
        """What stands for the account where none is known, "" where the specs say which it is."""
        return "" if self.declared else FILLER_ACCOUNT

    @cached_property
    def outline(self) -> Outline:
        """What the files describe, as far as that can be told without working it out."""
        return outline(self.named)

    @property
    def is_narrowed(self) -> bool:
        """Whether only some of it is asked for."""
        return bool(self._request.only or self._request.finding)

    @property
    def problems(self) -> list[Located]:
        """What is wrong with the files as files."""
        return self._files.problems

    def specs(self, account: str | None = None, partition: str = "") -> Specs:
        """The desired states. Without an account the specs' own is used, else twelve digits of filler.

        Without a partition each spec's own is used, else the one that its ARNs agree on.

        Raises:
            SpecError: with every problem of every file.
        """
        if not self.problems and self.named:
            return self.resolved(self.named, account, partition)
        if not self.named and not self.problems:
            self.problems.append(Located(", ".join(self._request.paths), 0, 0, "", "names no spec file"))
        # Raises: nothing makes good what is wrong with the files themselves.
        return resolve(
            self._files.again(self.problems), self.named, self._run(self.named, account, partition)
        )

    def resolved(self, some: tuple[SpecFile, ...], account: str | None, partition: str) -> Specs:
        """The same of some of the files, all of which could be read.

        Raises:
            SpecError: with every problem of every file.
        """
        run = self._run(some, account, partition)
        known = (tuple((spec.shown, run.partition_of(spec)) for spec in some), run.account)
        if known not in self._resolved:
            self._resolved[known] = resolve(self._files.again([]), some, run)
        return self._resolved[known]

    def _run(self, some: tuple[SpecFile, ...], account: str | None, partition: str) -> SpecRun:
        own = {} if partition else {spec.shown: partition_of(spec, self._files) for spec in some}
        partition = partition or of_all(some, self._files)
        return SpecRun(account or declared_account(some), partition, self._request.variables, self.today, own)


def load(
    request: SpecSelection, account: str | None = None, partition: str = "", today: date | None = None
) -> Specs:
    """The desired states, offline; see `OpenedSpecs.specs`.

    Raises:
        SpecError: with every problem of every file.
    """
    return OpenedSpecs(request, today).specs(account, partition)


@dataclass(frozen=True, slots=True)
class Validated:
    """Specs that are right, and all that is to be said of them all the same."""

    specs: Specs
    said: tuple[Located, ...]


def validate(request: SpecSelection, account: str | None, partition: str = "", *, strict: bool) -> Validated:
    """The specs with what a reviewer would say, or all that is wrong with them.

    `strict` makes warnings errors.

    Raises:
        SpecError: with every problem of every file.
    """
    specs = load(request, account, partition)
    if specs.expectations:
        from reconciler.app import can  # noqa: PLC0415 - start-up: few specs expect anything

        failed = can.failed_expectations(specs)
        if failed:
            raise SpecError(failed)
    said = {*specs.warnings, *specs.lint()}
    said |= set(specs.without_effect())
    warnings = sorted(one for one in said if one.severity == "warning")
    if strict and warnings:
        # Notes on comments that silence nothing say why others fail.
        raise SpecError(
            tuple(sorted(one for one in said if one.severity == "warning" or one.code == "IAM620"))
        )
    return Validated(specs, tuple(sorted(said)))


def render(
    request: SpecSelection, account: str | None, partition: str, today: date | None = None
) -> dict[str, Any]:
    """Address to settings, as IAM will have them on that day."""
    found = load(request, account, partition, today)
    return {str(r.address): r.kind.render(r.state) for r in chosen(request, found.desired)}


def chosen(request: SpecSelection, resources: tuple[Desired, ...]) -> tuple[Desired, ...]:
    """The resources that `--only` names, or all. With `--prune` it may name what is in no spec any more."""
    if not request.only:
        return resources
    for pattern in () if request.prune else request.only:
        if not any(r.address.matches(pattern) for r in resources):
            raise PlanError(
                f"--only {pattern}: no loaded spec has such a resource",
                "addresses look like role.NAME or policy.NAME",
            )
    return tuple(r for r in resources if any(r.address.matches(pattern) for pattern in request.only))
