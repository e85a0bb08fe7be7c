"""Reports a defect of our own: one line, and a file with the traceback."""

import os
import tempfile
import traceback

from reconciler.core.errors import ReconcileError


def as_error(error: Exception) -> ReconcileError:
    """The defect as an error.

    Its traceback is in the file that the advice names, which only its owner can read.
    """
    text = "".join(traceback.format_exception(error))
    what = f"internal error: {type(error).__name__}: {error}"
    try:
        handle, path = tempfile.mkstemp(prefix="reconcile-defect-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as why:
        return ReconcileError(what, f"a defect of reconcile: please report it (no file with details: {why})")
    return ReconcileError(what, f"a defect of reconcile: please report it with {path}")
