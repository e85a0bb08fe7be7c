"""A freeze: no applies, for a reason that is shown. For incidents, holidays, and migrations."""

import os
from pathlib import Path

from reconciler.core.errors import UnsafePlan
from reconciler.core.text import escaped

VARIABLE = "RECONCILE_FREEZE"
FILE = ".reconcile-freeze"
_LONGEST = 500


def check_not_frozen(paths: tuple[str, ...]) -> None:
    """Raise while applies are frozen: by the variable, or by a file here or beside the specs that are named.

    Raises:
        UnsafePlan: with the reason.
    """
    reason = os.environ.get(VARIABLE, "")
    if reason:
        raise UnsafePlan(
            f"applies are frozen: {_shown(reason)}", f"{VARIABLE} says so; plan works all the same"
        )
    named = [Path(path) for path in paths]
    for folder in dict.fromkeys([Path(), *(path if path.is_dir() else path.parent for path in named)]):
        file = folder / FILE
        if file.exists():
            raise UnsafePlan(
                f"applies are frozen: {_shown(_reason(file))}", f"{file} says so; plan works all the same"
            )


def _reason(file: Path) -> str:
    """What the file says; one that can't be read is a freeze as well."""
    try:
        with file.open(encoding="utf-8", errors="replace") as text:
            return text.read(_LONGEST).strip() or "no reason is given"
    except OSError as error:
        return f"{file} can't be read: {error.strerror}"


def _shown(reason: str) -> str:
    return escaped(" ".join(reason.split())[:_LONGEST])
