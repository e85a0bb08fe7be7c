"""The use cases, thin: load, read, plan, guard, apply. What they print is `cli`'s business.

What needs boto3 is imported when it is needed: validate and render never load it.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.core.errors import PlanError, SpecError
from reconciler.core.outcome import Applied, CallOutcome
from reconciler.core.plan import Header, Plan
from reconciler.core.problems import Located
from reconciler.plan import guard, planner
from reconciler.plan.desired import Desired
from reconciler.spec.files import Files
from reconciler.spec.resolve import FILLER_ACCOUNT, Run, Specs, resolve

if TYPE_CHECKING:
    from reconciler.aws.session import Client, Target

Progress = Callable[[str], None]
_READ_BACK_PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


def _silent(_text: str) -> None:
    """No progress."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a command line asks for: which specs, with which variables; and only these addresses, if any."""

    paths: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()


def load(request: Request, account: str | None = None, partition: str = "aws") -> Specs:
    """The desired states, offline. Without an account the specs' own is used, else twelve digits of filler.

    Raises:
        SpecError: with every problem of every file.
    """
    files = Files()
    named = files.named(request.paths)
    if not named and not files.problems:
        files.problems.append(Located(", ".join(request.paths), 0, 0, "", "names no spec file"))
    today = datetime.now(UTC).date()
    run = Run(account or FILLER_ACCOUNT, partition, request.variables, today)
    specs = resolve(files, named, run)
    own = sorted({number for numbers in specs.accounts.values() for number in numbers})
    if account is None and len(own) == 1 and own[0] != FILLER_ACCOUNT:
        specs = resolve(files, named, replace(run, account=own[0]))
    return specs


def validate(request: Request, account: str | None, *, strict: bool) -> Specs:
    """The specs, or all that is wrong with them; `strict` makes warnings errors.

    Raises:
        SpecError: with every problem of every file.
    """
    specs = load(request, account)
    warnings = [w for w in specs.warnings if w.severity == "warning"]
    if strict and warnings:
        raise SpecError(tuple(warnings))
    return specs


def render(request: Request, account: str | None, partition: str) -> dict[str, Any]:
    """Address to settings, as IAM will have them."""
    return {
        str(d.address): d.kind.render(d.state) for d in _chosen(request, load(request, account, partition))
    }


def _chosen(request: Request, specs: Specs) -> tuple[Desired, ...]:
    """The resources that `--only` names, or all."""
    if not request.only:
        return specs.desired
    for pattern in request.only:
        if not any(d.address.matches(pattern) for d in specs.desired):
            raise PlanError(f"--only {pattern}: no loaded spec has such a resource", "addresses look like role.NAME or policy.NAME")  # fmt: skip
    return tuple(d for d in specs.desired if any(d.address.matches(pattern) for pattern in request.only))


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what it was made from, so that it can be applied and read back."""

    plan: Plan
    desired: tuple[Desired, ...]
    client: "Client"
    warnings: tuple[Located, ...]


def plan(request: Request, target: "Target", consent: guard.Consent, progress: Progress = _silent, log: Progress = _silent) -> Planned:  # fmt: skip
    """What apply would do, with the guards' refusals in it.

    Raises:
        SpecError: the specs are wrong; nothing was asked of AWS.
        AwsError: there are no credentials, or no answer at all.
    """
    load(request)
    from reconciler.aws.session import Client  # noqa: PLC0415 - boto3 only where it is needed

    client = Client(target, log)
    caller = client.caller()
    specs = load(request, caller.account, caller.partition)
    _check_account(specs, caller.account)
    desired = _chosen(request, specs)
    made = _read_and_plan(desired, client, _header(specs, caller, client), progress)
    made = replace(made, refusals=guard.refusals(made, desired, consent))
    return Planned(made, desired, client, specs.warnings)


def _header(specs: Specs, caller: Any, client: "Client") -> Header:
    return Header(specs.names, caller.account, caller.partition, caller.arn, client.endpoint)


def _check_account(specs: Specs, account: str) -> None:
    for name, accounts in sorted(specs.accounts.items()):
        if accounts and account not in accounts:
            raise PlanError(
                f"the spec {name} is for account {', '.join(accounts)}, and these are credentials of account {account}",
                "use the other account's --profile, or change `account:`",
            )


def _read_and_plan(
    desired: tuple[Desired, ...], client: "Client", header: Header, progress: Progress
) -> Plan:
    from reconciler.aws.reader import read_all  # noqa: PLC0415 - boto3 only where it is needed

    def report(done: int, all_: int) -> None:
        progress(f"reading {done} of {all_} resources · {client.count} calls")

    seen = read_all(desired, client, report)
    return planner.make(replace(header, reads=client.count), seen)


@dataclass(frozen=True, slots=True)
class Result:
    """What an apply came to. `left` is the plan that a last look made: empty when all is as it should be."""

    applied: Applied
    journal: Path
    left: Plan | None

    @property
    def verdict(self) -> str:
        """In a few words."""
        if self.applied.interrupted:
            return "interrupted"
        if not self.applied.complete:
            return "failed"
        return "done" if self.left is None or not (self.left.calls or self.left.unread) else "not yet visible"


def apply(planned: Planned, journal_path: Path | None, stop: threading.Event, progress: Progress, report: Callable[[CallOutcome], None]) -> Result:  # fmt: skip
    """Carry the plan out, then look until live is as desired or the deadline is over.

    Raises:
        PlanError: a guard refuses, or not everything could be read.
    """
    check_may_apply(planned.plan)
    from reconciler.aws.executor import execute  # noqa: PLC0415 - boto3 only where it is needed
    from reconciler.aws.journal import Journal, default_path  # noqa: PLC0415

    path = journal_path or default_path(planned.plan.header.account)
    total, done = len(planned.plan.calls), 0

    def counted(outcome: CallOutcome) -> None:
        nonlocal done
        done += 1
        progress(f"writing {done} of {total} calls")
        report(outcome)

    with Journal(path) as journal:
        journal.plan(planned.plan)
        applied = execute(planned.plan.calls, planned.client, journal, stop, counted)
    left = _read_back(planned, stop, progress) if applied.complete and not applied.interrupted else None
    return Result(applied, path, left)


def check_may_apply(plan: Plan) -> None:
    """Raise if the plan must not be carried out as it is.

    Raises:
        PlanError: with what stands in the way.
    """
    if plan.unread:
        raise PlanError(f"{len(plan.unread)} resources could not be read, so nothing is changed", "see the plan for the permission that is missing")  # fmt: skip
    if plan.refusals:
        wanted = sorted({r.consent for r in plan.refusals if r.consent})
        advice = (
            f"if that is what you want: {' '.join(wanted)}"
            if wanted
            else "change the spec, or the account by hand"
        )
        raise PlanError(f"{len(plan.refusals)} objections, so nothing is changed", advice)


def _read_back(planned: Planned, stop: threading.Event, progress: Progress) -> Plan:
    """The plan for what is left after the writes: IAM may take a while until it shows them."""
    left = planned.plan
    for pause in _READ_BACK_PAUSES:
        if stop.wait(pause):
            break
        progress("reading back what was written")
        left = _read_and_plan(planned.desired, planned.client, planned.plan.header, _silent)
        if not left.calls and not left.unread:
            break
    return left
