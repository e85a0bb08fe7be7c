"""`reconcile sandbox`."""

import gc
import json
import os
import shlex
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import click

from reconciler.cli import options, terminal
from reconciler.core.errors import ReconcileError
from reconciler.core.host_header import is_loopback
from reconciler.report.install_advice import INSTALL_SANDBOX

# A local account is there to try things on: nothing that a seed grants opens anything.
_CONSENT = ("--yes", "--allow", "admin,public,escalation,lockout", "--no-color")


@click.command(
    "sandbox",
    context_settings={"ignore_unknown_options": False},
    epilog="""\b
Example:
  reconcile sandbox --port 5000 --seed specs/ecr.yaml
  reconcile sandbox --fault lost-answer=0.3 --fault seed=7 -- reconcile apply specs/ecr.yaml --yes
\b
Faults, and what the sandbox does not model: docs/sandbox.md.
Exit codes: with a command that command's own, 1 the sandbox could not start, 130 and 143 stopped \
by a signal.""",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on; a free one where not given."
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address to listen on; only loopback without --expose.",
)
@click.option(
    "--expose", is_flag=True, help="Listen where others can reach it: whoever does can do anything in it."
)
@click.option(
    "--account", default="123456789012", show_default=True, metavar="ID", help="The account that it plays."
)
@click.option(
    "--seed",
    "seeds",
    multiple=True,
    type=options.PlaceType(path_type=Path),
    metavar="FILE",
    help="Start from a spec, or from the JSON of get-account-authorization-details. Can be repeated.",
)
@click.option(
    "--quota",
    "quotas",
    multiple=True,
    metavar="NAME=N",
    help="An adjustable quota as if AWS had raised it, PoliciesPerRole=20. Can be repeated.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME=VALUE",
    help="Something that goes wrong, lost-answer=0.3; seed=N draws otherwise. Can be repeated.",
)
@click.option(
    "--authorize", is_flag=True, help="Evaluate the caller's policies and answer AccessDenied as IAM does."
)
@click.option("--plain", is_flag=True, help="Be plain moto: no rules.")
@click.option(
    "--rules",
    "list_rules",
    is_flag=True,
    help="List how IAM differs from plain moto, with sources, and stop.",
)
@click.argument("argv", nargs=-1, metavar="[-- COMMAND...]")
def command(argv: tuple[str, ...], *, list_rules: bool, **options: Any) -> int:
    """Run a local IAM to try things on: no AWS account, nothing leaves the machine.

    Prints the variables to export and serves until interrupted; with a COMMAND, runs that inside and stops.
    """
    gc.enable()
    if list_rules:
        _list_rules()
        return 0
    running = _started(**options)
    try:
        if argv:
            return _inside(argv, running)
        for name, value in running.environment.items():
            terminal.result(f"export {name}={shlex.quote(value)}\n")
        terminal.result(f"unset {' '.join(running.cleared)}\n")
        sys.stdout.flush()
        terminal.aside(f"sandbox: account {options['account']} at {running.url}, until Ctrl-C")
        threading.Event().wait()
    finally:
        running.stop()
    return 0


def _started(
    port: int,
    host: str,
    *,
    expose: bool,
    account: str,
    seeds: tuple[Path, ...],
    quotas: tuple[str, ...],
    faults: tuple[str, ...],
    authorize: bool,
    plain: bool,
) -> Any:
    _check_options(host, account, expose=expose, is_adjusted=bool(quotas or authorize), plain=plain)
    try:
        from reconciler.sandbox import server  # noqa: PLC0415 - moto only where it is needed
        from reconciler.sandbox.faults import Faults, changed  # noqa: PLC0415
        from reconciler.sandbox.quotas import parsed  # noqa: PLC0415

        raised = dict(_parsed_option(parsed, quota, "--quota") for quota in quotas)
        wanted = dict(fault.partition("=")[::2] for fault in faults)
        _parsed_option(lambda settings: changed(Faults(), settings), wanted, "--fault")
        running = server.start(
            port, account, host=host, strict=not plain, authorise=authorize, quotas=raised, exposed=expose
        )
    except ImportError:
        raise ReconcileError("the sandbox is not installed", INSTALL_SANDBOX) from None
    except OSError as error:
        raise ReconcileError(
            f"the sandbox can't listen on {host} port {port}: {error.strerror}", "take another --port"
        ) from None
    try:
        for seed in seeds:
            _seed(running, seed)
        running.begin(wanted)
    except BaseException:
        running.stop()
        raise
    return running


def _check_options(host: str, account: str, *, expose: bool, is_adjusted: bool, plain: bool) -> None:
    """Raise for options that make no sandbox; `is_adjusted` is whether quotas or authorisation are set."""
    if not (len(account) == 12 and account.isascii() and account.isdigit()):
        raise click.BadParameter("an account is twelve digits", param_hint="--account")
    if not expose and not is_loopback(host):
        raise click.BadParameter(
            f"{host} is no loopback address: whoever reaches the sandbox can do anything in it; --expose if"
            " that is meant",
            param_hint="--host",
        )
    if plain and is_adjusted:
        raise click.UsageError("--plain is moto as it is: without --quota and --authorize")


def _parsed_option(parse: Any, text: Any, option: str) -> Any:
    try:
        return parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


def _seed(running: Any, path: Path) -> None:
    """A dump goes in as it is; a spec is applied, as its user would."""
    if path.suffix == ".json":
        try:
            running.control.seed(json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise ReconcileError(f"{path} can't be read: {error.strerror}") from None
        except (ValueError, TypeError, AttributeError) as error:
            raise ReconcileError(
                f"{path} is no dump of an account: {error}",
                "write one with aws iam get-account-authorization-details",
            ) from None
        return
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "reconciler", "apply", str(path), *_CONSENT],
        env=_environment(running),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ReconcileError(
            f"the seed {path} can't be applied:\n{done.stderr.strip()}",
            "see what plan says of it inside a sandbox",
        )


def _environment(running: Any) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in running.cleared}
    path = os.pathsep.join([os.path.dirname(sys.executable), inherited.get("PATH", "")])  # noqa: PTH120
    return {**inherited, **running.environment, "PATH": path}


def _inside(argv: tuple[str, ...], running: Any) -> int:
    try:
        code = subprocess.run(argv, env=_environment(running), check=False).returncode  # noqa: S603
    except OSError as error:
        raise ReconcileError(f"{argv[0]} can't be run: {error.strerror}") from None
    return code if code >= 0 else 128 - code


def _list_rules() -> None:
    try:
        from reconciler.sandbox.rule import STATUS  # noqa: PLC0415
        from reconciler.sandbox.rules import RULES  # noqa: PLC0415 - moto only where it is needed
    except ImportError:
        raise ReconcileError("the sandbox is not installed", INSTALL_SANDBOX) from None
    for rule in RULES:
        codes = ", ".join(f"{STATUS[code]} {code}" for code in rule.codes)
        operations = "every call" if "*" in rule.operations else ", ".join(sorted(rule.operations))
        terminal.result(
            f"{rule.name}{f' · {codes}' if codes else ''}\n    {rule.says}\n    calls: {operations}\n   "
            f" source: {rule.source}\n"
        )
    terminal.result(f"{len(RULES)} rules\n")
