"""Findings that a spec says are meant so: by a comment at the line, or by an entry under `ignore:`.

    # reconcile: ignore[IAM306] the backup reads every bucket

A comment on a line of its own is about the entry that follows, one behind an entry about that one; either way with all
that is indented below it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path as File
from typing import Any

from reconciler.core.address import Address
from reconciler.core.problems import Located, Path, Problem
from reconciler.spec import source
from reconciler.spec.checks import Read

_COMMENT = re.compile(r"(?:^|(?<=\s))#\s*reconcile:\s*ignore\[([^\]]*)\][ \t]*(.*)$")
_CODE = "IAM620"


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: where it stands, which lines it is about, and which rules it silences there."""

    line: int
    column: int
    first: int
    last: int
    codes: frozenset[str]
    reason: str

    def covers(self, place: Located) -> bool:
        """Whether the finding is one that it silences. A comment without a reason silences nothing."""
        return bool(self.reason) and place.code in self.codes and self.first <= place.line <= self.last


def comments(text: str) -> tuple[Comment, ...]:
    """All comments of a spec's text."""
    if "reconcile:" not in text:
        return ()
    lines = text.splitlines()
    return tuple(
        _comment(lines, index, found) for index, line in enumerate(lines) if (found := _COMMENT.search(line))
    )


def _comment(lines: list[str], index: int, found: re.Match[str]) -> Comment:
    is_alone = not lines[index][: found.start()].strip()
    first = index
    while is_alone and first < len(lines) and not _is_entry(lines[first]):
        first += 1
    last = first
    depth = _indent(lines[first]) if first < len(lines) else 0
    for at in range(first + 1, len(lines)):
        if _is_entry(lines[at]):
            if _indent(lines[at]) <= depth:
                break
            last = at
    codes = frozenset(code.strip() for code in found[1].split(",") if code.strip())
    return Comment(index + 1, found.start() + 1, first + 1, last + 1, codes, found[2].strip())


def _is_entry(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


@dataclass(slots=True)
class Silences:
    """What one spec silences; remembers which comments did something."""

    shown: str
    file: File
    read: Read
    today: date
    addresses: Mapping[Path, tuple[Address, ...]] = field(default_factory=dict)
    _comments: tuple[Comment, ...] | None = None
    _used: set[Comment] = field(default_factory=set)

    def silence(self, problem: Problem, place: Located) -> bool:
        """Whether the spec says that this warning or note is meant so."""
        if problem.severity == "error" or not problem.code:
            return False
        if any(entry.rule == problem.code for entry in self._entries(problem.path)):
            return True
        fitting = [c for c in self.comments if place.file == self.shown and c.covers(place)]
        self._used.update(fitting)
        return bool(fitting)

    @property
    def comments(self) -> tuple[Comment, ...]:
        """The comments of the file, which is read again for them: nodes have none."""
        if self._comments is None:
            try:
                self._comments = comments(source.read_text(self.file, self.shown))
            except source.Unreadable:
                self._comments = ()
        return self._comments

    def unused(self, known: frozenset[str]) -> Iterator[Located]:
        """Comments that did nothing, once everything has been looked at."""
        for comment in self.comments:
            strange = sorted(comment.codes - known)
            if strange or not comment.codes:
                why = f"there is no rule {', '.join(strange) or 'without a code'}: docs/lint.md has them all"
            elif not comment.reason:
                why = "it gives no reason, and so silences nothing: write one behind the bracket"
            elif comment not in self._used:
                why = "there is nothing here that it could silence: take it out"
            else:
                continue
            yield Located(self.shown, comment.line, comment.column, "", why, "note", _CODE)

    def _entries(self, path: Path) -> Iterator[Any]:
        """Those of `ignore:` in force that are about this place: of the resource, and of the spec."""
        own = self.read.sections.get(str(path[0]), {}).get(str(path[1])) if len(path) > 1 else None
        addresses = next((self.addresses[path[:n]] for n in (2, 1) if path[:n] in self.addresses), ())
        entries = [
            *getattr(own, "ignore", ()),
            *(e for e in self.read.header.ignore if e.at is None or any(a.matches(e.at) for a in addresses)),
        ]
        yield from (e for e in entries if e.rule and (e.until is None or self.today <= e.until))
