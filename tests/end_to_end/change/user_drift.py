"""What drift finds about users, in short."""

import json
from pathlib import Path

from tests.conftest import Cli


def findings(cli: Cli, path: Path) -> list[tuple[str, str, str]]:
    reported = json.loads(cli("drift", path, "--format", "json", code=None).out)["findings"]
    return sorted((f["address"], f["rule"], f["severity"]) for f in reported)
