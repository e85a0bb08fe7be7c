"""Loading as many of the specs as are right: one that is wrong doesn't silence the others."""

from reconciler.app.specs import OpenedSpecs
from reconciler.core.errors import SpecError
from reconciler.core.problems import Located
from reconciler.core.results.drift import Failure
from reconciler.spec.resolve import Specs


def load_what_can_be(
    opened: OpenedSpecs, account: str | None = None, partition: str = ""
) -> tuple[Specs, tuple[Failure, ...]]:
    """The specs that are right, and those that are wrong, each with its problems.

    One doesn't silence the others.

    Raises:
        SpecError: what is wrong belongs to no spec file, or none is left.
    """
    named = opened.named
    errors = [problem for problem in opened.problems if problem.severity == "error"]
    while named:
        try:
            return opened.resolved(named, account, partition), _by_file(errors)
        except SpecError as error:
            found = [problem for problem in error.problems if problem.severity == "error"]
            wrong = {problem.file for problem in found}
            left = tuple(spec for spec in named if spec.shown not in wrong)
            if len(left) == len(named):
                raise
            errors += found
            named = left
    raise SpecError(tuple(errors))


def _by_file(errors: list[Located]) -> tuple[Failure, ...]:
    """Errors by the file that they stand in, in order."""
    found: dict[str, list[str]] = {}
    for error in errors:
        found.setdefault(error.file, []).append(str(error))
    return tuple(Failure(file, tuple(lines)) for file, lines in found.items())
