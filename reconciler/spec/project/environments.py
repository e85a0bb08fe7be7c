"""A project and its environments, and where its file is."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.core.errors import PlanError
from reconciler.core.results.unmanaged import Coverage, UnmanagedRules
from reconciler.core.text import escaped, similar
from reconciler.spec.nodes import Place

FILE = "reconcile.yaml"


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment: where the specs belong in it, and their variables there; "" where it does not say.

    `place` is its own, `account_place` where it names its account, `places` are those of its variables.
    """

    name: str
    account: str
    variables: Mapping[str, str]
    profile: str
    role_arn: str
    region: str
    partition: str
    place: Place
    account_place: Place
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Project:
    """A project as its file says; `shown` is the file as people see it.

    `coverage` and `unmanaged` are None where it says nothing of what no spec describes.
    """

    file: Path
    shown: str
    globs: tuple[str, ...]
    environments: Mapping[str, Environment] = field(default_factory=dict)
    id: str = ""
    coverage: Coverage | None = None
    unmanaged: UnmanagedRules | None = None

    @property
    def folder(self) -> Path:
        """The folder that its paths start from."""
        return self.file.parent

    @property
    def asks_for_unmanaged(self) -> bool:
        """Whether a drift job is to look for what no spec describes."""
        return self.coverage is not None or self.unmanaged is not None

    def environment(self, name: str) -> Environment:
        """The one of this name.

        Raises:
            PlanError: there is none.
        """
        if name in self.environments:
            return self.environments[name]
        guess = similar(name, self.environments)
        known = ", ".join(self.environments) or "none"
        raise PlanError(
            f"{self.shown} has no environment {escaped(name)}{f'; did you mean {guess}?' if guess else ''}",
            f"its environments: {known}",
        )


def find_project(start: Path, home: Path) -> Path | None:
    """The nearest `reconcile.yaml` from this folder upwards, up to the repository's root or home."""
    for folder in (start, *start.parents):
        # Whatever it is: a folder or a broken link of that name is an error, and not no project.
        if os.path.lexists(folder / FILE):
            return folder / FILE
        if folder == home or (folder / ".git").exists():
            return None
    return None
