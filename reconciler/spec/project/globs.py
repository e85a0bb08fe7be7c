"""Which files a project's globs name, and what lies in and below folders."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reconciler.core.problems import Located
from reconciler.core.text import escaped
from reconciler.spec.files import ENDINGS, is_folder
from reconciler.spec.project.environments import FILE, Project

Problems = list[Located]
_WILD = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True, slots=True)
class ProjectGlobs:
    """A project's globs as patterns of paths from its folder; a glob that names a folder means its files.

    `named` has each with its pattern, `left_out` those that begin with `!`; `folders` are folders among them.
    """

    root: Path
    named: tuple[tuple[str, re.Pattern[str]], ...]
    left_out: tuple[re.Pattern[str], ...]
    folders: tuple[Path, ...]

    @classmethod
    def of(cls, project: Project) -> "ProjectGlobs":
        """Those of this project."""
        root = project.folder.resolve()
        out = [_plain(glob[1:]) for glob in project.globs if glob.startswith("!")]
        positive = [_plain(glob) for glob in project.globs if not glob.startswith("!")]
        folders = [glob for glob in positive if glob and is_folder(root / glob)]
        named = ((glob, _pattern(f"{glob}/*" if glob in folders else glob or "*")) for glob in positive)
        left_out = (pattern for glob in out for pattern in (_pattern(glob), _pattern(f"{glob}/**")))
        return cls(root, tuple(named), tuple(left_out), tuple(root / glob for glob in folders))

    def has(self, path: Path) -> bool:
        """Whether a path in the project is named by one of the globs and left out by none."""
        text = path.relative_to(self.root).as_posix()
        return not self.is_out(path) and any(pattern.fullmatch(text) for _, pattern in self.named)

    def is_out(self, path: Path) -> bool:
        """Whether a glob leaves a path out."""
        text = path.relative_to(self.root).as_posix()
        return any(pattern.fullmatch(text) for pattern in self.left_out)

    def matching(self, below: Path, problems: Problems) -> Iterator[Path]:
        """The files in or below a folder that the globs name."""
        start = below.resolve()
        if start.is_relative_to(self.root):
            yield from (path for path in walk(start, problems) if self.has(path))

    def check(self, project: Project, paths: list[Path], problems: Problems) -> None:
        """Report each glob that names no file: what was meant by it would not be looked at."""
        texts = [path.relative_to(self.root).as_posix() for path in paths]
        for glob, pattern in self.named:
            parts = Path(glob).parts
            if Path(glob).is_absolute() or ".." in parts:
                why = "leads out of the project's folder"
            elif any(part.startswith(".") for part in parts):
                why = "is hidden: no hidden file or folder is read"
            elif any(map(pattern.fullmatch, texts)):
                continue
            else:
                why = "names no .yaml or .yml file"
            message = f"specs: {escaped(glob)} {why}"
            problems.append(Located(project.shown, 0, 0, "", message))


def _plain(glob: str) -> str:
    text = glob.strip().removeprefix("./").rstrip("/")
    return "" if text == "." else text


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    """`*` and `?` stand for what is between two slashes, `**` for folders too."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    return re.compile("".join(_WILD.get(part, re.escape(part)) for part in parts), re.DOTALL)


def walk(folder: Path, problems: Problems) -> Iterator[Path]:
    """The files of a folder and of all below it, without what is hidden and behind links to folders.

    A folder that can't be listed is a problem: what is in it is not looked at.
    """

    def note(error: OSError) -> None:
        _unlisted(str(error.filename), error, problems)

    for at, names, file_names in os.walk(folder, onerror=note):
        names[:] = sorted(name for name in names if not name.startswith("."))
        yield from (Path(at) / name for name in sorted(file_names) if may_be_spec(Path(name)))


def files_in(folder: Path, problems: Problems) -> list[Path]:
    """The files of a folder that may be specs."""
    try:
        return sorted(path for path in folder.iterdir() if may_be_spec(path))
    except OSError as error:
        _unlisted(str(folder), error, problems)
        return []


def _unlisted(folder: str, error: OSError, problems: Problems) -> None:
    shown = escaped(os.path.relpath(folder) if Path(folder).is_absolute() else folder)
    problems.append(Located(shown, 0, 0, "", f"can't be listed: {error.strerror}"))


def may_be_spec(path: Path) -> bool:
    """Whether a file is read where its folder is."""
    return path.suffix in ENDINGS and not path.name.startswith(".") and path.name != FILE
