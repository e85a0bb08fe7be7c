"""Loading as many of the specs as are right: one that is wrong doesn't silence the others."""

from reconciler.app.offline import Opened
from reconciler.core.drift import Failure
from reconciler.core.errors import SpecError
from reconciler.core.problems import Located
from reconciler.spec.resolve import Specs


def load_what_can_be(
    opened: Opened, account: str | None = None, partition: str = "aws"
) -> tuple[Specs, tuple[Failure, ...]]:
    """The specs that are right, and those that are wrong, each with its problems: one doesn't silence the others.

    Raises:
        SpecError: what is wrong belongs to no spec file, or none is left.
    """
    named = opened.named
    failures = _by_file(opened.problems)
    while named:
        try:
            return opened.resolved(named, account, partition), tuple(failures)
        except SpecError as error:
            failed = _by_file(list(error.problems))
            wrong = {failure.spec for failure in failed}
            left = tuple(spec for spec in named if spec.shown not in wrong)
            if len(left) == len(named):
                raise
            failures += failed
            named = left
    raise SpecError(tuple(Located(f.spec, 0, 0, "", text) for f in failures for text in f.problems))


def _by_file(problems: list[Located]) -> list[Failure]:
    """Errors by the file that they stand in, in order."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        if problem.severity == "error":
            found.setdefault(problem.file, []).append(str(problem))
    return [Failure(file, tuple(lines)) for file, lines in found.items()]
