"""Files and their nodes, each read once, and the files that a spec names."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler.core.problems import Located
from reconciler.spec import source, syntax_errors
from reconciler.spec.nodes import Mapping, Node, Scalar

_LONGEST_PATH = 1000
ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class SpecFile:
    """A parsed spec file; `shown` is its path as the user wrote it.

    `parts` are further files in which the same spec is written, `others` those, its libraries and files that
    may belong to it and can't be read, as they are shown.
    """

    path: Path
    shown: str
    root: Node
    others: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def made_of(self) -> frozenset[str]:
        """All files of the spec, as they are shown."""
        return frozenset((self.shown, *self.others))


@dataclass(slots=True)
class Files:
    """Reads files, remembers them, and collects what is wrong with them."""

    problems: list[Located] = field(default_factory=list)
    # The files that the run names, by how they are shown: those that may have an anchor of another.
    named: dict[str, Path] = field(default_factory=dict)
    _nodes: dict[Path, Node | None] = field(default_factory=dict)
    _paths: dict[str, Path] = field(default_factory=dict)

    def again(self, problems: list[Located]) -> "Files":
        """The same files with these problems; what was read is kept."""
        nodes: dict[Path, Node | None] = {
            path: node for path, node in self._nodes.items() if node is not None
        }
        return Files(problems, self.named, nodes, self._paths)

    def read(self, path: Path, shown: str) -> Node | None:
        """The file's node, or None after noting why there is none."""
        key = path.absolute()
        self._paths.setdefault(shown, path)
        if len(str(path)) > _LONGEST_PATH or "\0" in str(path):
            self.problems.append(Located(f"{shown[:60]}…", 0, 0, "", "is no path"))
            return None
        if key not in self._nodes:
            try:
                self._nodes[key] = source.parse(source.read_text(path, shown), shown)
            except source.Unreadable as unreadable:
                self.problems.append(self._with_anchor(unreadable))
                self._nodes[key] = None
        return self._nodes[key]

    def _with_anchor(self, unreadable: source.Unreadable) -> Located:
        """What is wrong; of an alias, in which of the other files its anchor is."""
        problem = unreadable.problem
        for shown, path in self.named.items() if unreadable.alias else ():
            with suppress(source.Unreadable):
                line = syntax_errors.anchor_line(source.read_text(path, shown), unreadable.alias)
                if line and shown != problem.file:
                    words = syntax_errors.unknown_alias(unreadable.alias, elsewhere=f"{shown}:{line}")
                    return replace(problem, message=words)
        return problem

    def unreadable(self) -> list[tuple[str, Path]]:
        """The files that could not be read, by how they are shown."""
        nodes = ((shown, path, path.absolute()) for shown, path in self._paths.items())
        return [
            (shown, path) for shown, path, key in nodes if key in self._nodes and self._nodes[key] is None
        ]

    def path_of(self, shown: str) -> Path | None:
        """The path of a file that was read, by how it is shown."""
        return self._paths.get(shown)

    def folder_of(self, node: Scalar, spec: "SpecFile") -> Path:
        """The folder of the file in which something is written: another part's, or a library's."""
        return self._paths.get(node.place.file, spec.path).parent


def is_folder(path: Path) -> bool:
    """Whether it is one, as far as can be told."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


_VARIABLE = re.compile(r"\$\{[^}]*\}")


def inputs_of(spec: SpecFile, files: "Files | None" = None) -> Iterator[Path]:
    """Every file that the spec names, documents and metadata, whatever a variable in a name may stand for.

    `files` are those that a spec of several was read from.
    """
    roots = (spec.root, *entries(spec.root, "templates"))
    named = [body.get("document_file") for root in roots for body in bodies(root)]
    named += [provider.get("metadata_file") for provider in entries(spec.root, "saml_providers")]
    for value in named:
        if isinstance(value, Scalar):
            with suppress(OSError, ValueError, RuntimeError):
                folder = files.folder_of(value, spec) if files else spec.path.parent
                pattern = _VARIABLE.sub("*", value.text)
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
