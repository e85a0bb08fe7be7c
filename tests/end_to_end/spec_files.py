"""A spec in a file, and what its plan refuses."""

from functools import cache
from pathlib import Path
from tempfile import gettempdir

from tests.conftest import Cli

HEAD = "version: 1\nname: t/hostile\n"


def spec(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def refusals(cli: Cli, path: Path, *args: str) -> list[str | None]:
    return [r["consent"] for r in cli("plan", path, "--format", "json", *args, code=None).json["refusals"]]


# So many times the work of an ordinary spec is more than any text may make.
MUCH = 500


@cache
def usual_work() -> float:
    """The work of validating an ordinary spec, in seconds of a processor."""
    return Cli(None, Path(gettempdir()))("validate", "specs/ecr.yaml").work
