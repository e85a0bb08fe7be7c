"""A plan with all that its reports show: what is kept of it where it is saved."""

from dataclasses import dataclass

from reconciler.core.plan import Plan
from reconciler.core.principal_view import PrincipalView
from reconciler.core.problems import Located


@dataclass(frozen=True, slots=True)
class Saved:
    """Where and how a saved plan was made.

    `folder` is where the command ran and `paths` the specs as they were named there; `agreed` are the options
    that consent, `environment` is "" for none.
    """

    folder: str
    paths: tuple[str, ...]
    environment: str = ""
    agreed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanReport:
    """A plan, the warnings beside it, and the principals that reports draw.

    `ended` is when it was made, in seconds since 1970, by which `version`; `paths` name the specs. `saved` is
    set where it comes from a file.
    """

    plan: Plan
    warnings: tuple[Located, ...] = ()
    views: tuple[PrincipalView, ...] = ()
    ended: float = 0.0
    version: str = ""
    paths: tuple[str, ...] = ()
    saved: Saved | None = None
