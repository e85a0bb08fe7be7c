"""Which spec files a command line and a project name."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.core.problems import Located
from reconciler.core.text import escaped, plural
from reconciler.spec.files import ENDINGS, Files, SpecFile, inputs_of, is_folder
from reconciler.spec.model import EXTENSION, RESOURCES
from reconciler.spec.nodes import Mapping, Node
from reconciler.spec.project.environments import FILE, Project
from reconciler.spec.project.globs import ProjectGlobs, files_in, walk

# What is at the top of a file that is a spec, however wrong it may be.
_TOP_OF_A_SPEC = frozenset({"version", "name", *RESOURCES})
_IN_A_LIBRARY = frozenset({"version", "templates"})
# As far as a file is looked at to count it.
_NAME_AT_TOP = re.compile(r"^[\"']?name[\"']?\s*:[ \t]*([^#\n]*)", re.MULTILINE)
_NAME_IN_BRACES = re.compile(r"[{,\s][\"']?name[\"']?\s*:\s*([^,}\n]*)")


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file to be read. Where it `must_be_spec`, it is an error that it is none.

    `written` is how it was named, where that is not its path: a stream's path is its stand-in.
    """

    path: Path
    must_be_spec: bool
    written: str = ""

    @property
    def shown(self) -> str:
        """The file as errors name it."""
        return escaped(self.written or str(self.path))


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
    libraries: list[SpecFile] = []
    files.named.update({file.shown: file.path for file in listed.values()})
    for resolved, file in listed.items():
        shown = file.shown
        root = files.read(file.path, shown)
        if root is None:
            continue
        if is_library(root):
            libraries.append(SpecFile(file.path, shown, root))
            if (file.written or str(file.path)) in paths:
                files.problems.append(root.place.problem("is a library of templates: a spec names it"))
        elif file.path.name == FILE and not (isinstance(root, Mapping) and root.get("name")):
            files.problems.append(root.place.problem("is the file of a project, and no spec"))
        elif file.must_be_spec or _is_spec(root):
            specs[resolved] = SpecFile(file.path, shown, root)
        else:
            others.append(file.path)
    included = {path.resolve() for spec in (*specs.values(), *libraries) for path in inputs_of(spec)}
    own = {_readable(text).resolve() for text in paths if not is_folder(Path(text))}
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


def project_files(project: Project, problems: list[Located]) -> tuple[Path, ...]:
    """The files that the project's globs name, as they are seen from the working folder."""
    globs = ProjectGlobs.of(project)
    return tuple(map(seen_from_here, globs.matching(project.folder, problems)))


def _of_project(project: Project, files: Files) -> Iterator[NamedFile]:
    globs = ProjectGlobs.of(project)
    paths = list(globs.matching(project.folder, files.problems))
    yield from (NamedFile(seen_from_here(path), must_be_spec=_is_named_itself(path, globs)) for path in paths)
    for folder in globs.folders:
        below = [path for path in walk(folder, []) if path.parent != folder]
        _note_below(
            seen_from_here(folder), [p for p in below if p not in paths and not globs.is_out(p)], files
        )
    if not any(problem.severity == "error" for problem in files.problems):
        globs.check(project, paths, files.problems)


def _is_named_itself(path: Path, globs: ProjectGlobs) -> bool:
    """Whether a glob names the file, and not only the folder in which it is."""
    return path.parent not in globs.folders


def _of_paths(
    files: Files, paths: tuple[str, ...], project: Project | None, *, recurse: bool
) -> Iterator[NamedFile]:
    for text in paths:
        path = Path(text)
        if is_folder(path):
            yield from _of_folder(files, path, project, recurse=recurse)
        else:
            yield NamedFile(_readable(text), must_be_spec=True, written=text)


def _readable(text: str) -> Path:
    """The path at which a named file can be read more than once."""
    path = Path(text)
    if path.suffix in ENDINGS and path.is_file():
        return path
    # Start-up: few specs come through a pipe.
    from reconciler.spec import streams  # noqa: PLC0415

    return streams.stand_in(path)


def _of_folder(files: Files, folder: Path, project: Project | None, *, recurse: bool) -> Iterator[NamedFile]:
    """The files of a folder; also those below it where that is asked for, or where the project says so."""
    problems = files.problems
    globs = ProjectGlobs.of(project) if project else None
    covered = {path.resolve() for path in globs.matching(folder, problems)} if globs else set()
    before = len(problems)
    own = files_in(folder, problems)
    yield from (NamedFile(path, path.resolve() in covered) for path in own)
    below = [path for path in walk(folder, problems) if path.parent != folder]
    read = [path for path in below if recurse or path.resolve() in covered]
    yield from (NamedFile(path, path.resolve() in covered) for path in read)
    is_counted = _note_below(folder, [path for path in below if path not in read], files)
    if not (is_counted or own or read) and len(problems) == before:
        problems.append(Located(escaped(str(folder)), 0, 0, "", "has no .yaml or .yml file"))


def _note_below(folder: Path, paths: list[Path], files: Files) -> bool:
    """Say how many specs lie below a folder and are not read; whether there are any."""
    left = sum(1 for path in paths if _looks_like_spec(path))
    if left:
        is_read = "is" if left == 1 else "are"
        message = f"{plural(left, 'spec')} in sub-folders {is_read} not read: --recurse, or specs: in {FILE}"
        files.problems.append(Located(escaped(str(folder)), 0, 0, "", message, "note"))
    return left > 0


def _looks_like_spec(path: Path) -> bool:
    return name_in_text(path) is not None


def name_in_text(path: Path) -> str | None:
    """What a file has at its top as `name:`, as far as that is seen without reading the YAML.

    None where it has none, or can't be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    is_flow = any(line.startswith("{") for line in text.splitlines() if line and not line.startswith("#"))
    match = (_NAME_IN_BRACES if is_flow else _NAME_AT_TOP).search(text)
    return match[1].strip().strip("\"'") if match else None


def seen_from_here(path: Path) -> Path:
    """The path as people in the working folder write it."""
    return Path(os.path.relpath(path))


def other_files(
    specs: Iterable[SpecFile], project: Project | None, files: Files
) -> tuple[tuple[SpecFile, ...], tuple[Path, ...]]:
    """Spec files beside these: those of the project, else of the same folders; and those that can't be read.

    They are read without a word by `files`.
    """
    named = tuple(specs)
    known = {spec.path.resolve() for spec in named}
    folders = sorted({spec.path.absolute().parent for spec in named})
    if project:
        paths: Iterable[Path] = project_files(project, files.problems)
    else:
        paths = [path for at in folders for path in files_in(at, files.problems)]
    others, unreadable = [], []
    for path in paths:
        if path.resolve() in known:
            continue
        root = files.read(path, escaped(str(path)))
        if root is None:
            unreadable.append(path)
        elif isinstance(root, Mapping) and not is_library(root):
            others.append(SpecFile(path, escaped(str(path)), root))
    return tuple(others), tuple(unreadable)
