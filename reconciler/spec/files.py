"""Which files a command line names, and their nodes, each read once."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.core.problems import Located
from reconciler.core.text import escaped
from reconciler.spec import source
from reconciler.spec.nodes import Mapping, Node, Scalar

_LONGEST_PATH = 1000
_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class SpecFile:
    """A parsed spec file; `shown` is its path as the user wrote it."""

    path: Path
    shown: str
    root: Node


@dataclass(slots=True)
class Files:
    """Reads files, remembers them, and collects what is wrong with them."""

    problems: list[Located] = field(default_factory=list)
    _nodes: dict[Path, Node | None] = field(default_factory=dict)

    def again(self, problems: list[Located]) -> "Files":
        """The same files with these problems; what was read is kept."""
        return Files(problems, {path: node for path, node in self._nodes.items() if node is not None})

    def read(self, path: Path, shown: str) -> Node | None:
        """The file's node, or None after noting why there is none."""
        key = path.absolute()
        if len(str(path)) > _LONGEST_PATH or "\0" in str(path):
            self.problems.append(Located(f"{shown[:60]}…", 0, 0, "", "is no path"))
            return None
        if key not in self._nodes:
            try:
                self._nodes[key] = source.parse(source.read_text(path, shown), shown)
            except source.Unreadable as unreadable:
                self.problems.append(unreadable.problem)
                self._nodes[key] = None
        return self._nodes[key]

    def named(self, paths: tuple[str, ...]) -> tuple[SpecFile, ...]:
        """The spec files that the paths mean: files themselves, folders without what is below them."""
        specs: dict[Path, SpecFile] = {}
        folders: set[Path] = set()
        for text in paths:
            path = Path(text)
            if _is_folder(path):
                folders.add(path.resolve())
            for file in self._in_folder(path) if _is_folder(path) else [path]:
                node = self.read(file, escaped(str(file)))
                if node is not None:
                    specs.setdefault(file.resolve(), SpecFile(file, escaped(str(file)), node))
        included = {path for spec in specs.values() for path in _included(spec)}
        return tuple(s for p, s in specs.items() if not (p.parent in folders and p in included))

    def _in_folder(self, folder: Path) -> list[Path]:
        files = sorted(p for p in folder.iterdir() if p.suffix in _ENDINGS and not p.name.startswith("."))
        if not files:
            self.problems.append(Located(escaped(str(folder)), 0, 0, "", "has no .yaml or .yml file"))
        return files

    def siblings(self, files: tuple[SpecFile, ...]) -> tuple[SpecFile, ...]:
        """The other spec files of the same folders, for their names alone.

        Unreadable ones are left out.
        """
        known = {file.path.absolute() for file in files}
        quiet = Files()
        others = []
        for folder in sorted({file.path.absolute().parent for file in files}):
            for path in sorted(folder.iterdir()):
                if path.suffix in _ENDINGS and path not in known and not path.name.startswith("."):
                    node = quiet.read(path, str(path))
                    if node is not None:
                        others.append(SpecFile(path, str(path), node))
        return tuple(others)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _included(spec: SpecFile) -> Iterator[Path]:
    """The files that the spec names as document_file, as far as they are known without variables."""
    for body in bodies(spec.root):
        value = body.get("document_file")
        if isinstance(value, Scalar):
            with suppress(OSError, ValueError, RuntimeError):
                yield (spec.path.parent / value.text).resolve()


_VARIABLE = re.compile(r"\$\{[^}]*\}")


def inputs_of(spec: SpecFile) -> Iterator[Path]:
    """Every file that the spec names, documents and metadata, whatever a variable in a name may stand for."""
    named = [body.get("document_file") for body in bodies(spec.root)]
    named += [provider.get("metadata_file") for provider in entries(spec.root, "saml_providers")]
    for value in named:
        if isinstance(value, Scalar):
            with suppress(OSError, ValueError, RuntimeError):
                folder, pattern = spec.path.parent, _VARIABLE.sub("*", value.text)
                yield from (
                    folder.glob(pattern) if pattern != value.text else [(folder / value.text).resolve()]
                )


def bodies(root: Node) -> Iterator[Mapping]:
    """Every map of a spec that may be a policy: under `policies:`, and under `inline:` of principals."""
    yield from entries(root, "policies")
    for section in ("roles", "users", "groups"):
        for principal in entries(root, section):
            yield from entries(principal, "inline")


def entries(node: Node, key: str) -> Iterator[Mapping]:
    """The maps by name under a key."""
    named = node.get(key) if isinstance(node, Mapping) else None
    for _, value in named.pairs if isinstance(named, Mapping) else ():
        if isinstance(value, Mapping):
            yield value
