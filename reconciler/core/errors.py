"""Every error that a user can see, with the exit code it leads to.

    ReconcileError
    ├── SpecError        the specs are wrong: all problems of all files at once
    ├── PlanError        the plan can't be made, or must not be carried out as it is
    │   ├── UnsafePlan   a guard needs consent that was not given
    │   └── StalePlan    a saved plan is not what would be done now
    └── AwsError         AWS refused or could not be reached; which call, which code
        ├── NoCredentials
        ├── Unreachable
        ├── OutOfTime    the time that the user gave is over
        └── AccessDenied names the permission that is missing

A write that fails is no error of this tree: `core/outcome.py` says what became of every call.

`message` says what happened and where, `advice` what to do next.
"""

from reconciler.core.problems import Located


class ReconcileError(Exception):
    """Root of all errors that are shown without a traceback."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class SpecError(ReconcileError):
    """Problems in the specs, each with its place; `problems` is never empty."""

    def __init__(self, problems: tuple[Located, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class PlanError(ReconcileError):
    """The plan can't be made or carried out."""


class UnsafePlan(PlanError):
    """Guards object; the plan itself shows each objection and the consent that lifts it."""


class StalePlan(PlanError):
    """The world or the specs have moved since a plan was saved."""


class AwsError(ReconcileError):
    """AWS answered with an error; `operation` and `code` are AWS's own words."""

    def __init__(self, message: str, advice: str = "", *, operation: str = "", code: str = "") -> None:
        super().__init__(message, advice)
        self.operation = operation
        self.code = code


class NoCredentials(AwsError):
    """There are no credentials, or they are expired or not valid."""


class Unreachable(AwsError):
    """The endpoint could not be reached at all."""


class OutOfTime(AwsError):
    """The time that the user gave for reading is over."""


class AccessDenied(AwsError):
    """A permission is missing; `permission` is it, as a policy's Action would spell it."""

    def __init__(self, message: str, advice: str = "", *, operation: str = "", code: str = "") -> None:
        super().__init__(message, advice, operation=operation, code=code)
        self.permission = operation
