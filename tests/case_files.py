"""The files of cases: a folder for each kind. MORE_CASES names where those of further kinds are."""

import os
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT

_MORE = os.environ.get("MORE_CASES")
FOLDERS = (ROOT / "tests" / "cases", *([Path(_MORE)] if _MORE else []))
FILES = tuple(sorted(path for folder in FOLDERS for path in folder.rglob("*.yaml")))


def entries(section: str) -> list[dict[str, Any]]:
    """What the specs of all cases say of the resources of a section."""
    specs = [_loaded(_loaded(path.read_text())["spec"]) for path in FILES]
    return [entry for spec in specs for entry in spec.get(section, {}).values()]


def _loaded(text: str) -> Any:
    return yaml.load(text, yaml.CSafeLoader)
