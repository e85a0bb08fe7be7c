"""From options to a plan. Imported by commands that talk to AWS only."""

import gc
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import wraps
from typing import Any

import click

from reconciler.app.pipeline.review import Planned
from reconciler.app.plan import plan
from reconciler.app.project import with_credentials
from reconciler.app.request import SpecSelection
from reconciler.aws.client import Client, Target
from reconciler.cli import completions, options, terminal
from reconciler.plan.guard import ALLOWABLE, Consent
from reconciler.report.words.style import Style

# Large answers are many objects that all stay: looking through them again and again finds nothing.
COLLECTS_AFTER = (200_000, 20, 50)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The input of every command that reads AWS: which specs, where, as whom, and how to print."""

    request: SpecSelection
    target: Target
    style: Style
    verbose: bool

    def planned(
        self, consent: Consent, *, judge: bool = True, rewrite: bool = False, seconds: float | None = None
    ) -> Planned:
        """Read and plan, with progress shown; see `app.plan.plan`."""
        with terminal.progressing() as progress:
            return plan(self.request, self.client(seconds), consent, progress, judge=judge, rewrite=rewrite)

    def of(self, request: SpecSelection) -> "Inputs":
        """The same for these specs, with the credentials of their environment where no option names any.

        Raises:
            PlanError: the project has environments, and none was named.
        """
        target = Target(**with_credentials(request, asdict(self.target)))
        return replace(self, request=request, target=target)

    def client(self, seconds: float | None = None) -> Client:
        """The client for the target; `seconds` is how long it may read."""
        client = Client(self.target, terminal.log(verbose=self.verbose))
        client.give_up_after(seconds)
        # However the command ends, also by Ctrl-C while specs are read: nothing is waited for that was sent
        # ahead. A watch, whose runs are no commands, sees to it itself.
        if context := click.get_current_context(silent=True):
            context.call_on_close(client.leave)
        return client


def reading_later(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a command that may read a saved plan, which says for which environment it is."""

    @options.specs
    @reading_without_specs
    @wraps(function)
    def command(inputs: Inputs, request: SpecSelection, **more: Any) -> Any:
        return function(inputs=replace(inputs, request=replace(request, only=inputs.request.only)), **more)

    return command


def reading(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of such a command, handed over as `inputs`."""

    @options.specs
    @reading_without_specs
    @wraps(function)
    def command(inputs: Inputs, request: SpecSelection, **more: Any) -> Any:
        return function(inputs=inputs.of(replace(request, only=inputs.request.only)), **more)

    return command


def reading_without_specs(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that reads AWS and no specs, handed over as `inputs`."""

    @options.only
    @options.target
    @options.output
    @wraps(function)
    def command(
        only: tuple[str, ...],
        profile: str | None,
        role_arn: str | None,
        region: str | None,
        endpoint_url: str | None,
        no_color: bool,
        verbose: bool,
        **more: Any,
    ) -> Any:
        gc.set_threshold(*COLLECTS_AFTER)
        gc.enable()
        # Empty values (an unset variable in a script) count as not given.
        target = Target(profile or None, role_arn or None, region or None, endpoint_url or None)
        inputs = Inputs(SpecSelection((), {}, only), target, terminal.style(no_color=no_color), verbose)
        return function(inputs=inputs, **more)

    return command


_consent: Callable[[Callable[..., Any]], Callable[..., Any]] = options.stacked(
    click.option("--adopt", is_flag=True, help="Take over what exists and no spec owns."),
    click.option("--take-over", is_flag=True, help="Take over what another spec or tool owns."),
    click.option("--force", is_flag=True, help="Even if much of what the spec owns is emptied."),
    click.option(
        "--allow",
        metavar="WHAT,…",
        default="",
        shell_complete=completions.several(ALLOWABLE),
        help=f"Let these guards pass: {', '.join(ALLOWABLE)}.",
    ),
)


finding: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--finding", default="", metavar="ID", help="Only the difference that drift shows under this id."
)
rewriting: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--rewrite", is_flag=True, help="Also documents that mean the same and are written differently."
)


def consenting(function: Callable[..., Any]) -> Callable[..., Any]:
    """The consents of a run, handed over as `consent`."""

    @_consent
    @wraps(function)
    def command(adopt: bool, take_over: bool, force: bool, allow: str, **more: Any) -> Any:
        consent = _consented(adopt=adopt, take_over=take_over, force=force, allow=allow)
        return function(consent=consent, **more)

    return command


def _consented(*, adopt: bool, take_over: bool, force: bool, allow: str) -> Consent:
    """What the flags agree to."""
    words = frozenset(word for word in allow.split(",") if word)
    unknown = words - set(ALLOWABLE)
    if unknown:
        raise click.BadParameter(f"--allow takes {', '.join(ALLOWABLE)}; not {', '.join(sorted(unknown))}")
    return Consent(adopt, take_over, force, words)
