"""The spec that most of these tests tamper with."""

from pathlib import Path

import pytest

from tests.conftest import Cli, Server
from tests.end_to_end.drift.tampering import SPEC, applied_once


@pytest.fixture
def path(cli: Cli, sandbox: Server, tmp_path: Path) -> Path:
    """The spec, applied."""
    return applied_once(SPEC, cli, sandbox, tmp_path)
