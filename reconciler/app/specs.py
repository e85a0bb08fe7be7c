"""Loads the spec files that a command names. Loads neither boto3 nor the planner."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property

from reconciler.app.request import SpecSelection
from reconciler.core.errors import SpecError
from reconciler.core.problems import Located
from reconciler.core.results.beside import Failure
from reconciler.spec.files import Files, SpecFile
from reconciler.spec.loading import FILLER_ACCOUNT, SpecRun, declared_account
from reconciler.spec.outline import Outline, outline
from reconciler.spec.partitions import of_all, partition_of
from reconciler.spec.project.compose import Composition, compose, with_other_parts
from reconciler.spec.project.listing import named_specs, other_files
from reconciler.spec.resolve import Specs, resolve


class OpenedSpecs:
    """Spec files, read once. They are resolved once for each account and partition, too."""

    def __init__(self, request: SpecSelection, today: date | None = None) -> None:
        self._request = request
        self.today = today or datetime.now(UTC).date()
        self._files = Files()
        self._composition = _composition(request)
        self._parts = self._read_parts()
        self.named = compose(self._parts, self._files, self._composition)
        self.misnamed = self._unused_variables()
        self.declared = declared_account(self.named)
        self._resolved: dict[tuple[tuple[tuple[str, str], ...], str | None], Specs] = {}

    def _read_parts(self) -> tuple[SpecFile, ...]:
        """The files that the request names, and what else belongs to their specs."""
        request = self._request
        parts = named_specs(self._files, request.paths, request.project, recurse=request.recurse)
        return with_other_parts(parts, self._files, self._composition) if request.paths else parts

    def _unused_variables(self) -> tuple[Located, ...]:
        """Variables that no spec knows; not looked for where a file can't be read, which may use them."""
        if any(problem.severity == "error" for problem in self._files.problems):
            return ()
        places = self._request.places
        if not self._composition.variables:
            return ()
        # Start-up: few runs set variables.
        from reconciler.spec.project.unused import unused_variables  # noqa: PLC0415

        return tuple(unused_variables(self._parts, self.named, self._composition, places, self._files))

    def _neighbours(self) -> tuple[SpecFile, ...]:
        """Specs that the request does not name and that may describe what its specs refer to."""
        others, _ = other_files(self._parts, self._request.project, Files())
        return compose(others, Files(), self._composition)

    @property
    def filler(self) -> str:
        """What stands for the account where none is known, "" where the specs name one."""
        return "" if self.declared else FILLER_ACCOUNT

    @property
    def other_environments(self) -> tuple[Mapping[str, str], ...]:
        """The variables of the project's other environments."""
        project = self._request.project
        others = project.environments.values() if project else ()
        return tuple(other.variables for other in others if other.name != self._request.environment)

    @cached_property
    def outline(self) -> Outline:
        """What the files describe, as far as it is known before they are resolved."""
        return outline(self.named)

    @property
    def is_narrowed(self) -> bool:
        """Whether the request names only some of the resources."""
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
        if self.misnamed:
            raise SpecError(self.misnamed)
        if self.named and not any(problem.severity == "error" for problem in self.problems):
            return self.resolved(self.named, account, partition)
        if not self.named and not any(problem.severity == "error" for problem in self.problems):
            self.problems.append(Located(", ".join(self._request.named), 0, 0, "", "names no spec file"))
        # Always raises: the files themselves are wrong.
        return resolve(
            self._files.again(self.problems), self.named, self._run(self.named, account, partition)
        )

    def resolved(self, specs: tuple[SpecFile, ...], account: str | None, partition: str) -> Specs:
        """The desired states of some of the files, all of which could be read.

        Raises:
            SpecError: with every problem of every file.
        """
        run = self._run(specs, account, partition)
        known = (tuple((spec.shown, run.partition_of(spec)) for spec in specs), run.account)
        if known not in self._resolved:
            notes = [problem for problem in self.problems if problem.severity != "error"]
            self._resolved[known] = resolve(self._files.again(notes), specs, run)
        return self._resolved[known]

    def _run(self, specs: tuple[SpecFile, ...], account: str | None, partition: str) -> SpecRun:
        own = {} if partition else {spec.shown: partition_of(spec, self._files) for spec in specs}
        partition = partition or of_all(specs, self._files)
        return SpecRun(
            account or declared_account(specs),
            partition,
            self._composition.variables,
            self.today,
            own,
            self._neighbours,
        )


def _composition(request: SpecSelection) -> Composition:
    """What the project and the command line give to the files.

    Raises:
        PlanError: the project has no such environment.
    """
    project = request.project
    environment = project.environment(request.environment) if project and request.environment else None
    return Composition(project, environment, request.variables)


def load(
    request: SpecSelection, account: str | None = None, partition: str = "", today: date | None = None
) -> Specs:
    """The desired states, offline; see `OpenedSpecs.specs`.

    Raises:
        SpecError: with every problem of every file.
    """
    return OpenedSpecs(request, today).specs(account, partition)


def load_valid(
    opened: OpenedSpecs, account: str | None = None, partition: str = ""
) -> tuple[Specs, tuple[Failure, ...]]:
    """The specs that are right, and the files that are wrong, each with its problems.

    A wrong file does not keep the others from being loaded.

    Raises:
        SpecError: a problem belongs to no spec file, or no file is right.
    """
    errors = [problem for problem in opened.problems if problem.severity == "error"]
    named = _without(opened.named, errors)
    if opened.misnamed:
        raise SpecError(opened.misnamed)
    while named:
        try:
            return opened.resolved(named, account, partition), _by_file(errors)
        except SpecError as error:
            new_errors = [problem for problem in error.problems if problem.severity == "error"]
            right = _without(named, new_errors)
            if len(right) == len(named):
                raise
            errors += new_errors
            named = right
    raise SpecError(tuple(errors))


def _without(specs: tuple[SpecFile, ...], errors: list[Located]) -> tuple[SpecFile, ...]:
    """The specs that none of the errors is about: a template's is about those that use it so."""
    wrong = {error.used_at.rsplit(":", 2)[0] if error.used_at else error.file for error in errors}
    return tuple(spec for spec in specs if spec.made_of.isdisjoint(wrong))


def _by_file(errors: list[Located]) -> tuple[Failure, ...]:
    """Errors by the file that they stand in, in order."""
    lines: dict[str, list[str]] = {}
    for error in errors:
        lines.setdefault(error.file, []).append(str(error))
    return tuple(Failure(file, tuple(texts)) for file, texts in lines.items())
