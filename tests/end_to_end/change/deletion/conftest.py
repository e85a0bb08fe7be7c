"""The spec that is deleted."""

from pathlib import Path

import pytest

from tests.conftest import Cli, Server
from tests.end_to_end.change.deletion.resources import HEAD, POLICIES, ROLE


@pytest.fixture
def path(cli: Cli, sandbox: Server, tmp_path: Path) -> Path:
    """A spec with a policy, a role, and its profile, applied."""
    path = tmp_path / "app.yaml"
    path.write_text(HEAD + POLICIES + "roles:\n" + ROLE)
    cli("apply", path, "--yes")
    return path
