"""What a command line asks for: which specs, and which of their resources."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError

if TYPE_CHECKING:
    # Start-up: help texts need no specs.
    from reconciler.spec.project.environments import Project


@dataclass(frozen=True, slots=True)
class SpecSelection:
    """Which specs, with which variables; only these addresses, or one finding, if any.

    Where no path is given, the project's specs are meant. `prune` is whether to delete what the specs own and
    no longer describe. `places` says of variables that come from a file where they are set; `recurse` is
    whether a folder means what lies below it too.
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
        return (*self.paths, *environment, *recurse, *variables)


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
