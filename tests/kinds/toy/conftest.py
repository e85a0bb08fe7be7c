"""A spec of toys, and what stands beside them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Server
from tests.kinds.toy.certificates import FIRST, certificate


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "toys.yaml"
    path.write_text(FIRST)
    return path


@pytest.fixture
def outsider(sandbox: Server) -> Mapping[str, Any]:
    """A certificate that no spec describes, and what IAM answers about it."""
    sandbox.iam().upload_server_certificate(
        ServerCertificateName="outside.example", CertificateBody="outside", PrivateKey="x"
    )
    return certificate(sandbox, "outside.example")
