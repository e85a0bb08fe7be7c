"""What a command line asks for: which specs, and which of their resources."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError


@dataclass(frozen=True, slots=True)
class SpecSelection:
    """Which specs, with which variables; only these addresses, or one finding, if any.

    `prune` is whether to delete what the specs own and no longer describe.
    """

    paths: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    finding: str = ""
    prune: bool = False


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
