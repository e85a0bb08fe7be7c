"""Puts the toy into the registry of every Python that starts with this folder on its PYTHONPATH.

As a file in `reconciler/kinds` and a line in its registry would: the folder of the toy is one more folder of
the package.
"""

from pathlib import Path

from reconciler import kinds
from reconciler.kinds.lazy import on_use

kinds.__path__.append(str(Path(__file__).parent.parent))
kinds.KINDS = (*kinds.KINDS, on_use("server-certificate", "server_certificates", "server_certificate"))
