"""What a parsed YAML file is here: a tree of text, lists and maps, every node with its place.

YAML's own typing is never applied: a plain `no`, `0x1F` or `2012-10-17` is text, and the field that wants a
boolean, a number or a date reads it as one.
"""

from dataclasses import dataclass, field
from typing import Any

from reconciler.core.problems import Located, Path, Severity
from reconciler.core.text import escaped


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; line and column count from 1. In a template, `used` is where that is used."""

    file: str
    line: int
    column: int
    used: "Place | None" = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def in_full(self) -> str:
        """The same with where the template is used."""
        return f"{self}, used at {self.used}" if self.used else str(self)

    def problem(self, message: str, severity: Severity = "error") -> Located:
        """A finding at this place."""
        used = str(self.used) if self.used else ""
        return Located(self.file, self.line, self.column, "", escaped(message), severity, used_at=used)


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text; `plain` where it was written without quotes."""

    place: Place
    text: str
    plain: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was written."""
        return self.plain and self.text == ""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    place: Place
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map; the pairs in the order written, keys unique without regard to case."""

    place: Place
    pairs: tuple[tuple[Scalar, "Node"], ...]

    def get(self, key: str) -> "Node | None":
        """The value under a key, or None."""
        return next((value for name, value in self.pairs if name.text == key), None)


Node = Scalar | Sequence | Mapping


def items_of(node: "Node | None") -> tuple["Node", ...]:
    """The items of a list; one value stands for a list of one, nothing for none."""
    return () if node is None else node.items if isinstance(node, Sequence) else (node,)


@dataclass(frozen=True, slots=True)
class Positions:
    """Where each path of a spec was written, its value and its key, and where nothing was written."""

    values: dict[Path, Place]
    keys: dict[Path, Place]
    empty: list[Path] = field(default_factory=list)

    def of(self, path: Path, *, on_key: bool = False) -> Place | None:
        """The place of a path, or of the nearest part of it that was written."""
        if on_key and path in self.keys:
            return self.keys[path]
        for length in range(len(path), -1, -1):
            if path[:length] in self.values:
                return self.values[path[:length]]
        return None

    def of_key(self, path: Path) -> Place | None:
        """The place of the key itself, else of the value."""
        return self.keys.get(path) or self.of(path)


def plain_data(node: Node, positions: Positions, path: Path = ()) -> Any:
    """The tree as dicts, lists and text; the place of everything is noted in passing."""
    positions.values[path] = node.place
    if isinstance(node, Scalar):
        if node.is_empty:
            positions.empty.append(path)
        return node.text
    if isinstance(node, Sequence):
        return [plain_data(item, positions, (*path, index)) for index, item in enumerate(node.items)]
    data: dict[str, Any] = {}
    for key, value in node.pairs:
        here = (*path, key.text)
        positions.keys[here] = key.place
        data[key.text] = plain_data(value, positions, here)
    return data
