"""Where the specs of a saved plan are: a plan is found from any folder, and in any checkout."""

import os
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

from reconciler.app import saved_plan
from reconciler.core.errors import PlanError, ReconcileError
from reconciler.core.text import escaped


def described_as(file: Path) -> dict[str, str]:
    """What a plan that is saved in this file says of the folder that it is made in."""
    here = Path.cwd()
    return {"folder": str(here), "from_file": os.path.relpath(here, file.absolute().parent)}


def of(document: dict[str, Any], file: Path) -> Path:
    """The folder in which the specs of a saved plan are named as they were: what it names is there.

    This one, or the one that is as far from the file, or the one that it was made in. Where several have
    such specs, the one whose specs describe what was planned.

    Raises:
        PlanError: there is none.
    """
    folders = [folder for folder in _candidates(document, file) if _has_specs(folder, document)]
    if not folders:
        names = ", ".join(_named(document)) or "the specs"
        raise PlanError(
            f"the specs of {escaped(str(file))} are not here: {escaped(names)} in"
            f" {escaped(str(document.get('folder', '')) or 'an unknown folder')}",
            "run it where they are, or plan again",
        )
    fitting = (folder for folder in folders if _describes_it(folder, document))
    return folders[0] if len(folders) == 1 else next(fitting, folders[0])


def _candidates(document: dict[str, Any], file: Path) -> Iterator[Path]:
    seen: set[Path] = set()
    for folder in (
        Path.cwd(),
        file.absolute().parent / str(document.get("from_file", ".")),
        Path(str(document.get("folder", "."))),
    ):
        try:
            resolved = folder.resolve()
        except (OSError, ValueError):
            continue
        if resolved not in seen:
            seen.add(resolved)
            yield resolved


def _named(document: dict[str, Any]) -> tuple[str, ...]:
    paths = document.get("paths")
    project = str(document.get("project", ""))
    return (*map(str, paths if isinstance(paths, list) else ()), *([project] if project else []))


def _has_specs(folder: Path, document: dict[str, Any]) -> bool:
    try:
        return all((folder / name).exists() for name in _named(document))
    except (OSError, ValueError):
        # No name that a file can have.
        return False


def _describes_it(folder: Path, document: dict[str, Any]) -> bool:
    with chdir(folder):
        try:
            saved = saved_plan.parsed(document, folder)
            return saved.specs == saved_plan.described(saved.request, saved.account, saved.partition)
        except ReconcileError:
            return False
