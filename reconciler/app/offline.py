"""The use cases that need no AWS: load, validate, render. Loads neither boto3 nor the planner."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from reconciler.core.errors import PlanError, SpecError
from reconciler.core.problems import Located
from reconciler.plan.desired import Resource
from reconciler.spec.files import Files
from reconciler.spec.loading import Run, declared_account
from reconciler.spec.resolve import Specs, resolve


@dataclass(frozen=True, slots=True)
class Request:
    """What a command line asks for: which specs, with which variables; only these addresses, or one finding, if any."""

    paths: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    finding: str = ""


def load(
    request: Request, account: str | None = None, partition: str = "aws", today: date | None = None
) -> Specs:
    """The desired states, offline. Without an account the specs' own is used, else twelve digits of filler.

    Raises:
        SpecError: with every problem of every file.
    """
    files = Files()
    named = files.named(request.paths)
    if not named and not files.problems:
        files.problems.append(Located(", ".join(request.paths), 0, 0, "", "names no spec file"))
    day = today or datetime.now(UTC).date()
    run = Run(account or declared_account(named), partition, request.variables, day)
    return resolve(files, named, run)


def validate(request: Request, account: str | None, *, strict: bool) -> Specs:
    """The specs, or all that is wrong with them; `strict` makes warnings errors.

    Raises:
        SpecError: with every problem of every file.
    """
    specs = load(request, account)
    if specs.expectations:
        from reconciler.app import asking  # noqa: PLC0415 - start-up: few specs expect anything

        failed = asking.failed_expectations(specs)
        if failed:
            raise SpecError(failed)
    warnings = [w for w in specs.warnings if w.severity == "warning"]
    if strict and warnings:
        raise SpecError(tuple(warnings))
    return specs


def render(
    request: Request, account: str | None, partition: str, today: date | None = None
) -> dict[str, Any]:
    """Address to settings, as IAM will have them on that day."""
    found = load(request, account, partition, today)
    return {str(r.address): r.kind.render(r.state) for r in chosen(request, found.resources)}


def chosen(request: Request, resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """The resources that `--only` names, or all."""
    if not request.only:
        return resources
    for pattern in request.only:
        if not any(r.address.matches(pattern) for r in resources):
            raise PlanError(f"--only {pattern}: no loaded spec has such a resource", "addresses look like role.NAME or policy.NAME")  # fmt: skip
    return tuple(r for r in resources if any(r.address.matches(pattern) for pattern in request.only))
