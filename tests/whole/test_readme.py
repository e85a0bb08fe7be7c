"""README is true: its examples print what it shows, its specs validate, its table has every command."""

import re
from pathlib import Path

from reconciler.cli import _COMMANDS
from tests.conftest import Cli
from tests.readme import README, regenerated


def test_the_console_examples_print_what_readme_shows(cli: Cli) -> None:
    text = README.read_text()
    assert regenerated(text, cli) == text


def test_the_specs_in_readme_validate(offline: Cli, tmp_path: Path) -> None:
    specs = re.findall(r"```yaml\n(.*?)```", README.read_text(), re.DOTALL)
    assert len(specs) == 2
    (tmp_path / "own.json").write_text(
        '{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'
    )
    # The second is the whole language with placeholders for names.
    placeholders = (
        ("policies:\n  NAME:", "policies:\n  P:"),
        ("roles:\n  NAME:", "roles:\n  R:"),
        ("[NAME,", "[P,"),
        ("[OtherRole,", "[R,"),
    )
    for number, text in enumerate(specs):
        named = text
        for placeholder, name in placeholders:
            named = named.replace(placeholder, name)
        (tmp_path / f"{number}.yaml").write_text(named)
        offline("validate", tmp_path / f"{number}.yaml")


def test_every_command_is_in_the_table() -> None:
    text = README.read_text()
    assert all(f"| `reconcile {command}" in text for command in _COMMANDS)
