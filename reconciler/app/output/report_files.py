"""Reports are written into files whole, or not at all."""

from pathlib import Path

from reconciler.app.output.files import put
from reconciler.core.errors import ReconcileError


def put_report(file: Path, text: str) -> None:
    """Write one report in one step.

    Raises:
        ReconcileError: the file can't be written.
    """
    try:
        put(file, text)
    except OSError as error:
        raise ReconcileError(f"the report {file} can't be written: {error.strerror}") from None


def withdraw(file: Path) -> None:
    """Delete the report of an older run.

    Raises:
        ReconcileError: it can't be.
    """
    try:
        if file.is_file() and not file.is_symlink():
            file.unlink()
    except OSError as error:
        raise ReconcileError(f"the report {file} can't be deleted: {error.strerror}") from None
