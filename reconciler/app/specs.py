"""Loads the spec files that a command names. Loads neither boto3 nor the planner."""

from datetime import UTC, date, datetime
from functools import cached_property

from reconciler.app.request import SpecSelection
from reconciler.core.errors import SpecError
from reconciler.core.problems import Located
from reconciler.core.results.drift import Failure
from reconciler.spec.files import Files, SpecFile
from reconciler.spec.loading import FILLER_ACCOUNT, SpecRun, declared_account
from reconciler.spec.outline import Outline, outline
from reconciler.spec.partitions import of_all, partition_of
from reconciler.spec.resolve import Specs, resolve


class OpenedSpecs:
    """Spec files, read once. They are resolved once for each account and partition, too."""

    def __init__(self, request: SpecSelection, today: date | None = None) -> None:
        self._request = request
        self.today = today or datetime.now(UTC).date()
        self._files = Files()
        self.named = self._files.named(request.paths)
        self.declared = declared_account(self.named)
        self._resolved: dict[tuple[tuple[tuple[str, str], ...], str | None], Specs] = {}

    @property
    def filler(self) -> str:
        """What stands for the account where none is known, "" where the specs name one."""
        return "" if self.declared else FILLER_ACCOUNT

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
        if not self.problems and self.named:
            return self.resolved(self.named, account, partition)
        if not self.named and not self.problems:
            self.problems.append(Located(", ".join(self._request.paths), 0, 0, "", "names no spec file"))
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
            self._resolved[known] = resolve(self._files.again([]), specs, run)
        return self._resolved[known]

    def _run(self, specs: tuple[SpecFile, ...], account: str | None, partition: str) -> SpecRun:
        own = {} if partition else {spec.shown: partition_of(spec, self._files) for spec in specs}
        partition = partition or of_all(specs, self._files)
        return SpecRun(
            account or declared_account(specs), partition, self._request.variables, self.today, own
        )


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
    named = opened.named
    errors = [problem for problem in opened.problems if problem.severity == "error"]
    while named:
        try:
            return opened.resolved(named, account, partition), _by_file(errors)
        except SpecError as error:
            new_errors = [problem for problem in error.problems if problem.severity == "error"]
            wrong = {problem.file for problem in new_errors}
            right = tuple(spec for spec in named if spec.shown not in wrong)
            if len(right) == len(named):
                raise
            errors += new_errors
            named = right
    raise SpecError(tuple(errors))


def _by_file(errors: list[Located]) -> tuple[Failure, ...]:
    """Errors by the file that they stand in, in order."""
    lines: dict[str, list[str]] = {}
    for error in errors:
        lines.setdefault(error.file, []).append(str(error))
    return tuple(Failure(file, tuple(texts)) for file, texts in lines.items())
