"""What a command line asks for: which specs, and which of their resources."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError

if TYPE_CHECKING:
    # Start-up: help texts need no specs.
    from reconciler.spec.project.environments import Project

# A format, and a file; none for a format that may stand alone.
Report = tuple[str, Path | None]


@dataclass(frozen=True, slots=True)
class SpecSelection:
    """Which specs, with which variables; only these addresses, or one finding, if any.

    Where no path is given, the project's specs are meant. `prune` is whether to delete what the specs own and
    no longer describe. `places` says of variables that come from a file where they are set; `recurse` is
    whether a folder means what lies below it too. `options` are how the project was named, `again` reads the
    project and the files of variables once more.
    """

    paths: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    finding: str = ""
    prune: bool = False
    project: "Project | None" = None
    environment: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    recurse: bool = False
    options: tuple[str, ...] = ()
    again: "Callable[[], SpecSelection] | None" = field(default=None, compare=False, repr=False)

    @property
    def named(self) -> tuple[str, ...]:
        """The paths, as people see them: those of the project where none was given."""
        return self.paths or ((self.project.shown,) if self.project else ())

    @property
    def arguments(self) -> tuple[str, ...]:
        """The words of a command line that ask for the same specs."""
        variables = [f"--var={name}={text}" for name, text in self.variables.items()]
        environment = ("-e", self.environment) if self.environment else ()
        recurse = ("--recurse",) if self.recurse else ()
        # What begins like an option would be taken for one.
        paths = (f"./{path}" if path.startswith("-") else path for path in self.paths)
        return (*paths, *environment, *self.options, *recurse, *variables)

    def anew(self) -> "SpecSelection":
        """The same, with the project and the files of variables read again, as they are now.

        Raises:
            SpecError, PlanError: one of them is wrong now.
        """
        if self.again is None:
            return self
        return replace(self.again(), only=self.only, finding=self.finding, prune=self.prune)


def chosen(request: SpecSelection, resources: tuple[Desired, ...]) -> tuple[Desired, ...]:
    """The resources that `--only` names, or all. With `--prune` it may name what is no longer in a spec."""
    if not request.only:
        return resources
    for pattern in () if request.prune else request.only:
        if not any(r.address.matches(pattern) for r in resources):
            raise PlanError(
                f"--only {pattern}: no loaded spec has such a resource",
                "addresses look like role.NAME or policy.NAME",
            )
    return tuple(r for r in resources if any(r.address.matches(pattern) for pattern in request.only))
