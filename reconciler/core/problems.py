"""What is wrong with a spec, and where: collected, so that all of it can be said at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Path = tuple[str | int, ...]
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding at a path inside one spec; `on_key` when the key and not its value is at fault.

    `other` is the second path of a clash of two: the finding stands at the later one and names the other's
    line. `lacks` where it says that something is not there, which a misspelt key beside it may well be.
    `code` is the rule's, by which a warning or a note can be silenced; errors have none.
    """

    severity: Severity
    path: Path
    message: str
    on_key: bool = False
    other: Path | None = None
    lacks: bool = False
    code: str = ""

    @property
    def map(self) -> Path:
        """The map that it is about."""
        return self.path[:-1] if self.on_key else self.path


@dataclass(frozen=True, slots=True, order=True)
class Located:
    """A finding with its place in a file; line and column count from 1.

    `used_at` is the place where a template is used, for what is wrong in that.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    severity: Severity = "error"
    code: str = ""
    used_at: str = ""

    def __str__(self) -> str:
        """`file:line:column path: message [code]`, the path left out at the top of a file."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        place += f", used at {self.used_at}" if self.used_at else ""
        middle = f" {self.path}:" if self.path else ""
        word = "" if self.severity == "error" else f" {self.severity}:"
        code = f" [{self.code}]" if self.code else ""
        return f"{place}{middle if self.path else ':'}{word} {self.message}{code}"


@dataclass(frozen=True, slots=True)
class Problems:
    """A collector that knows where it stands; children made by `under` share one list."""

    found: list[Problem] = field(default_factory=list)
    prefix: Path = ()

    def under(self, *path: str | int) -> "Problems":
        """The same collector, one or more steps deeper."""
        return Problems(self.found, self.prefix + path)

    def error(self, message: str, *path: str | int, on_key: bool = False) -> None:
        """Note something that must be mended."""
        self.found.append(Problem("error", self.prefix + path, message, on_key))

    def lacking(self, message: str, *path: str | int, on_key: bool = False) -> None:
        """Note that something is not there."""
        self.found.append(Problem("error", self.prefix + path, message, on_key, lacks=True))

    def clash(self, message: str, earlier: Path, other: Path) -> None:
        """Note two places that can't stand together."""
        self.found.append(
            Problem("error", self.prefix + earlier, message, on_key=True, other=self.prefix + other)
        )

    def warning(self, code: str, message: str, *path: str | int, on_key: bool = False) -> None:
        """Note something that is likely wrong, by the code of its rule; an error with `--strict`."""
        self.found.append(Problem("warning", self.prefix + path, message, on_key, code=code))

    def note(self, code: str, message: str, *path: str | int) -> None:
        """Note something worth knowing, by the code of its rule."""
        self.found.append(Problem("note", self.prefix + path, message, code=code))

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.found)

    @property
    def has_errors(self) -> bool:
        """Whether anything below this collector's place must be mended."""
        depth = len(self.prefix)
        return any(p.severity == "error" and p.path[:depth] == self.prefix for p in self.found)


def path_text(path: Path) -> str:
    """A path as people write it: `policies.Read.allow[0].list[1]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
