"""README is true: its examples print what it shows, its specs validate, its table has every command."""

from reconciler.cli import _COMMANDS
from tests.conftest import Cli
from tests.readme import README, regenerated


def test_the_console_examples_print_what_readme_shows(cli: Cli) -> None:
    text = README.read_text()
    assert regenerated(text, cli) == text


def test_every_command_is_in_the_table() -> None:
    text = README.read_text()
    assert all(f"| `reconcile {command}" in text for command in _COMMANDS)
