"""Which files a command line names, and their nodes, each read once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.core.problems import Located
from reconciler.core.text import escaped
from reconciler.spec import source
from reconciler.spec.nodes import Mapping, Node, Scalar, Sequence

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

    def read(self, path: Path, shown: str) -> Node | None:
        """The file's node, or None after noting why there is none."""
        key = path.absolute()
        if key not in self._nodes:
            try:
                self._nodes[key] = source.parse(source.read_text(path, shown), shown)
            except source.Unreadable as unreadable:
                self.problems.append(unreadable.problem)
                self._nodes[key] = None
        return self._nodes[key]

    def named(self, paths: tuple[str, ...]) -> tuple[SpecFile, ...]:
        """The spec files that the paths mean: files themselves, folders without what is below them."""
        found: dict[Path, SpecFile] = {}
        for text in paths:
            path = Path(text)
            for file in self._in_folder(path) if path.is_dir() else [path]:
                node = self.read(file, escaped(str(file)))
                if node is not None:
                    found.setdefault(file.absolute(), SpecFile(file, escaped(str(file)), node))
        folders = {Path(text).absolute() for text in paths if Path(text).is_dir()}
        included = {path for spec in found.values() for path in _included(spec)}
        return tuple(s for p, s in found.items() if not (p.parent in folders and p.resolve() in included))

    def _in_folder(self, folder: Path) -> list[Path]:
        files = sorted(p for p in folder.iterdir() if p.suffix in _ENDINGS and not p.name.startswith("."))
        if not files:
            self.problems.append(Located(escaped(str(folder)), 0, 0, "", "has no .yaml or .yml file"))
        return files

    def siblings(self, files: tuple[SpecFile, ...]) -> tuple[SpecFile, ...]:
        """The other spec files of the same folders, for their names alone; unreadable ones are passed over."""
        known = {file.path.absolute() for file in files}
        quiet = Files()
        others = []
        for folder in sorted({file.path.absolute().parent for file in files}):
            for path in sorted(folder.iterdir()):
                if path.suffix in _ENDINGS and path not in known:
                    node = quiet.read(path, str(path))
                    if node is not None:
                        others.append(SpecFile(path, str(path), node))
        return tuple(others)


def _included(spec: SpecFile) -> Iterator[Path]:
    """What the spec names as document_file, as far as that can be told without variables."""
    todo: list[Node] = [spec.root]
    while todo:
        node = todo.pop()
        if isinstance(node, Sequence):
            todo += node.items
        elif isinstance(node, Mapping):
            for key, value in node.pairs:
                if key.text == "document_file" and isinstance(value, Scalar):
                    yield (spec.path.parent / value.text).resolve()
                todo.append(value)
