"""Which spec files a command line and a project name."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reconciler.core.problems import Located
from reconciler.core.text import escaped, plural
from reconciler.spec.files import ENDINGS, Files, SpecFile, inputs_of, is_folder
from reconciler.spec.model import EXTENSION, RESOURCES
from reconciler.spec.nodes import Mapping, Node
from reconciler.spec.project.environments import FILE, Project

# What is at the top of a file that is a spec, however wrong it may be.
_TOP_OF_A_SPEC = frozenset({"version", "name", *RESOURCES})
_IN_A_LIBRARY = frozenset({"version", "templates"})
# As far as a file is looked at to count it.
_NAME_AT_TOP = re.compile(r"^[\"']?name[\"']?\s*:", re.MULTILINE)
_NAME_IN_BRACES = re.compile(r"[{,\s][\"']?name[\"']?\s*:")


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file to be read. Where it `must_be_spec`, it is an error that it is none."""

    path: Path
    must_be_spec: bool


def named_specs(
    files: Files, paths: tuple[str, ...], project: Project | None, *, recurse: bool
) -> tuple[SpecFile, ...]:
    """The spec files that are meant: those of the project where no path is given.

    What is wrong, and what is left out, is added to the problems of `files`.
    """
    listed: dict[Path, NamedFile] = {}
    if project and not paths:
        named = _of_project(project, files)
    else:
        named = _of_paths(files, paths, project, recurse=recurse)
    for file in named:
        known = listed.setdefault(file.path.resolve(), file)
        if file.must_be_spec and not known.must_be_spec:
            listed[file.path.resolve()] = file
    specs: dict[Path, SpecFile] = {}
    others: list[Path] = []
    for resolved, file in listed.items():
        shown = escaped(str(file.path))
        root = files.read(file.path, shown)
        if root is None or is_library(root):
            if root is not None and str(file.path) in paths:
                files.problems.append(root.place.problem("is a library of templates: a spec names it"))
        elif file.path.name == FILE and not (isinstance(root, Mapping) and root.get("name")):
            files.problems.append(root.place.problem("is the file of a project, and no spec"))
        elif file.must_be_spec or _is_spec(root):
            specs[resolved] = SpecFile(file.path, shown, root)
        else:
            others.append(file.path)
    included = {path.resolve() for spec in specs.values() for path in inputs_of(spec)}
    own = {Path(text).resolve() for text in paths if not is_folder(Path(text))}
    _note_others([path for path in others if path.resolve() not in included], files)
    return tuple(spec for path, spec in specs.items() if path not in included or path in own)


def is_library(root: Node) -> bool:
    """Whether a file has templates and nothing else."""
    keys = {key.text for key, _ in root.pairs} if isinstance(root, Mapping) else set()
    own = {key for key in keys if not key.startswith(EXTENSION)}
    return "templates" in own and own <= _IN_A_LIBRARY


def _is_spec(root: Node) -> bool:
    return isinstance(root, Mapping) and any(key.text in _TOP_OF_A_SPEC for key, _ in root.pairs)


def _note_others(paths: list[Path], files: Files) -> None:
    if paths:
        verb = "is no spec, and is" if len(paths) == 1 else "are no specs, and are"
        names = ", ".join(escaped(str(path)) for path in paths)
        files.problems.append(Located(names, 0, 0, "", f"{verb} not read", "note"))


def project_files(project: Project) -> tuple[Path, ...]:
    """The files that the project's globs name, as they are seen from the working folder."""
    return tuple(file.path for file in _of_project(project, Files()))


def _of_project(project: Project, files: Files) -> Iterator[NamedFile]:
    number = 0
    folders = [glob for glob in project.globs if is_folder(project.folder / glob) and not _is_out(glob)]
    for glob in folders:
        for file in _of_folder(files, seen_from_here(project.folder / glob), project, recurse=False):
            number += 1
            yield file
    for path in _matching(project, project.folder):
        number += 1
        yield NamedFile(seen_from_here(path), must_be_spec=True)
    if not number and not files.problems:
        message = f"specs: {', '.join(project.globs)} names no file"
        files.problems.append(Located(project.shown, 0, 0, "", message))


def _of_paths(
    files: Files, paths: tuple[str, ...], project: Project | None, *, recurse: bool
) -> Iterator[NamedFile]:
    for text in paths:
        path = Path(text)
        if is_folder(path):
            yield from _of_folder(files, path, project, recurse=recurse)
        else:
            yield NamedFile(path, must_be_spec=True)


def _of_folder(files: Files, folder: Path, project: Project | None, *, recurse: bool) -> Iterator[NamedFile]:
    """The files of a folder; also those below it where that is asked for, or where the project says so."""
    covered = {path.resolve() for path in _matching(project, folder)} if project else set()
    own = _files_in(folder)
    yield from (NamedFile(path, path.resolve() in covered) for path in own)
    below = [path for path in _walk(folder) if path.parent != folder]
    read = [path for path in below if recurse or path.resolve() in covered]
    yield from (NamedFile(path, path.resolve() in covered) for path in read)
    left = sum(1 for path in below if path not in read and _looks_like_spec(path))
    if left:
        is_read = "is" if left == 1 else "are"
        message = f"{plural(left, 'spec')} in sub-folders {is_read} not read: --recurse, or specs: in {FILE}"
        files.problems.append(Located(escaped(str(folder)), 0, 0, "", message, "note"))
    elif not own and not read:
        files.problems.append(Located(escaped(str(folder)), 0, 0, "", "has no .yaml or .yml file"))


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if _may_be_spec(path))


def _may_be_spec(path: Path) -> bool:
    return path.suffix in ENDINGS and not path.name.startswith(".") and path.name != FILE


def _walk(folder: Path) -> Iterator[Path]:
    """The files of a folder and of all below it, without what is hidden and behind links to folders."""
    for at, names, file_names in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        yield from (Path(at) / name for name in sorted(file_names) if _may_be_spec(Path(name)))


def _matching(project: Project, below: Path) -> Iterator[Path]:
    """The files in or below a folder that the project's globs name."""
    root = project.folder.resolve()
    start = below.resolve()
    if not start.is_relative_to(root):
        return
    for path in _walk(start):
        if _is_named(path.relative_to(root).as_posix(), project.globs):
            yield path


def _is_out(glob: str) -> bool:
    return glob.startswith("!")


def _is_named(path: str, globs: Sequence[str]) -> bool:
    """Whether a path is named by one of the globs and left out by none."""
    if any(_pattern(glob[1:]).fullmatch(path) for glob in globs if _is_out(glob)):
        return False
    return any(_pattern(glob).fullmatch(path) for glob in globs if not _is_out(glob))


_WILD = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    """`*` and `?` stand for what is between two slashes, `**` for folders too."""
    text = glob.removeprefix("./").rstrip("/")
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", text)
    return re.compile("".join(_WILD.get(part, re.escape(part)) for part in parts), re.DOTALL)


def _looks_like_spec(path: Path) -> bool:
    with suppress(OSError, UnicodeDecodeError):
        text = path.read_text(encoding="utf-8-sig")
        return (_NAME_IN_BRACES if text.startswith("{") else _NAME_AT_TOP).search(text) is not None
    return False


def seen_from_here(path: Path) -> Path:
    """The path as people in the working folder write it."""
    return Path(os.path.relpath(path))


def other_files(specs: Iterable[SpecFile], project: Project | None) -> Iterator[SpecFile]:
    """Spec files beside these, as far as they can be read: those of the project, else of the same folders."""
    named = tuple(specs)
    known = {spec.path.resolve() for spec in named}
    quiet = Files()
    folders = sorted({spec.path.absolute().parent for spec in named})
    paths = project_files(project) if project else [path for at in folders for path in _files_in(at)]
    for path in paths:
        if path.resolve() in known:
            continue
        root = quiet.read(path, escaped(str(path)))
        if isinstance(root, Mapping) and not is_library(root):
            yield SpecFile(path, escaped(str(path)), root)
