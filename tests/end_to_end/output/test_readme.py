"""README is true: examples print what it shows, its specs validate, it names every command and format."""

from reconciler.app.output import drift_reports
from reconciler.cli import _COMMANDS
from reconciler.report import plan
from tests.conftest import Cli
from tests.readme import README, regenerated


def test_the_console_examples_print_what_readme_shows(cli: Cli) -> None:
    text = README.read_text()
    assert regenerated(text, cli) == text


def test_every_command_is_in_the_table() -> None:
    text = README.read_text()
    assert all(f"| `reconcile {command}" in text for command in _COMMANDS)


def test_every_format_is_named() -> None:
    text = README.read_text()
    assert f"`--format {'/'.join(plan.FORMATS)}`" in text
    unnamed = [
        name for name in drift_reports.FORMATS if f"`{name}`" not in text and f"--report {name}=" not in text
    ]
    assert unnamed == []
