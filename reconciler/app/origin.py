"""Which repository, or which project, specs come from: what their resources are marked with.

A repository is known by its first commit, the same in every clone; a project in it by its folder, and a spec
outside of projects by its file. A project's `id:` stands for both.
"""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from reconciler.app.request import SpecSelection
from reconciler.core.errors import ReconcileError
from reconciler.facets.mark import short_digest
from reconciler.spec.project.environments import Project, find_project

# In seconds: a repository that takes longer has no mark.
_PATIENCE = 60.0
_ADVICE = "write id: in reconcile.yaml"


@dataclass(frozen=True, slots=True)
class Origins:
    """The origin of each spec by its name; `why_unknown` says why some have none, "" where all have one."""

    by_spec: Mapping[str, str] = field(default_factory=dict)
    why_unknown: str = ""


def origins_of(request: SpecSelection, files: Mapping[str, str]) -> Origins:
    """The origins of these specs, which have their files by name."""
    by_spec: dict[str, str] = {}
    unknown = ""
    for name, file in files.items():
        project = _project_of(request, Path(file).absolute())
        if project is not None and project.id:
            by_spec[name] = short_digest(f"id\n{project.id}")
            continue
        place = project.folder if project is not None else Path(file)
        root, path = _place_in_repository(str(place.absolute()), is_file=project is None)
        if root:
            by_spec[name] = short_digest(f"{root}\n{path}")
        else:
            unknown = path
    return Origins(by_spec, unknown)


def _project_of(request: SpecSelection, file: Path) -> Project | None:
    """The project of a spec's file, wherever the command runs: the run's own, else one above the file."""
    own = request.project
    if own is not None and (not request.paths or file.is_relative_to(own.folder.absolute())):
        return own
    if "--no-project" in request.options:
        return None
    above = find_project(file.parent, Path.home())
    if above is None:
        return None
    try:
        # Start-up: few specs have a project that is not the run's own.
        from reconciler.spec.project.settings import read_project  # noqa: PLC0415

        return read_project(above, str(above))
    except ReconcileError:
        return None


@cache
def _place_in_repository(place: str, *, is_file: bool) -> tuple[str, str]:
    """The repository's first commit and the path in it; else "" and why there is none."""
    folder = Path(place).parent if is_file else Path(place)
    printed = _git(folder, "rev-parse", "--is-shallow-repository", "--show-prefix", "--show-toplevel")
    if printed is None:
        return "", f"no git repository could be read: {_ADVICE}"
    shallow, prefix, top = (*printed.split("\n"), "", "")[:3]
    if shallow != "false":
        return "", f"this clone is shallow: fetch all of its history, or {_ADVICE}"
    root = _first_commit(top)
    if not root:
        return "", f"the repository has no commit: {_ADVICE}"
    return root, prefix + Path(place).name if is_file else prefix


@cache
def _first_commit(top: str) -> str:
    """The smallest of the commits without a parent: histories that were joined have several."""
    return min((_git(Path(top), "rev-list", "--max-parents=0", "HEAD") or "").split(), default="")


def _git(folder: Path, *words: str) -> str | None:
    """What git prints, None where it can't be asked."""
    # Hooks and aliases name the repository that runs them: the specs' own is meant.
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k == "GIT_CEILING_DIRECTORIES"}
    try:
        done = subprocess.run(  # noqa: S603 - a folder and words of ours
            ["git", "-C", str(folder), *words],  # noqa: S607 - the user's own git
            env={**kept, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout.rstrip("\n") if done.returncode == 0 else None
