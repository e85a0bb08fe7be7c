"""Findings that a spec says are meant so: by a comment at the line, or by an entry under `ignore:`.

    # reconcile: ignore[IAM306] the backup reads every bucket

A comment on a line of its own is about the entry that follows, one behind an entry about that one; either way
with all that is indented below it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path as File
from typing import Any

import yaml

from reconciler.core.address import Address
from reconciler.core.problems import Located, Path, Problem
from reconciler.policy import lint_codes
from reconciler.spec import source
from reconciler.spec.section_checks import Read

_COMMENT = re.compile(r"(?:^|(?<=\s))#\s*reconcile:\s*ignore\[([^\]]*)\][ \t]*(.*)$", re.MULTILINE)
# As YAML 1.1 counts lines, and so the places of findings; Python's own count knows more ends of lines.
_NEW_LINE = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


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
    """All comments of a spec's text; what looks like one inside a value is none."""
    if not _COMMENT.search(text):
        return ()
    lines = _NEW_LINE.split(text)
    values = _values(text)
    return tuple(
        _comment(lines, index, match)
        for index, line in enumerate(lines)
        if (match := _COMMENT.search(line)) and not any(a <= (index, match.start()) < b for a, b in values)
    )


def _values(text: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where each value begins and ends, by line and column."""
    places = []
    for token in yaml.scan(text, Loader=source.LOADER):
        if isinstance(token, yaml.ScalarToken) and token.style:
            begin, end = token.start_mark, token.end_mark
            places.append(((begin.line, begin.column), (end.line, end.column)))
    return places


def _comment(lines: list[str], index: int, match: re.Match[str]) -> Comment:
    is_alone = not lines[index][: match.start()].strip()
    first = index
    while is_alone and first < len(lines) and not _is_entry(lines[first]):
        first += 1
    last = first
    entry = lines[first] if first < len(lines) else ""
    for at in range(first + 1, len(lines)):
        if _is_entry(lines[at]):
            if not _belongs(lines[at], entry):
                break
            last = at
    codes = frozenset(code.strip() for code in match[1].split(",") if code.strip())
    return Comment(index + 1, match.start() + 1, first + 1, last + 1, codes, match[2].strip())


def _belongs(line: str, entry: str) -> bool:
    """Whether a line is below the entry: indented deeper, or an item of its list at the same depth."""
    deeper = _indent(line) - _indent(entry)
    return deeper > 0 or (
        deeper == 0 and line.lstrip().startswith("- ") and not entry.lstrip().startswith("- ")
    )


def _is_entry(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


@dataclass(slots=True)
class SpecComments:
    """The comments of all files of a run, read where they are needed; remembers which did something."""

    path_of: Callable[[str], File | None]
    _comments: dict[str, tuple[Comment, ...]] = field(default_factory=dict)
    _used: set[tuple[str, Comment]] = field(default_factory=set)

    def silence(self, place: Located) -> bool:
        """Whether a comment says that this is meant so."""
        fitting = [comment for comment in self.of(place.file) if comment.covers(place)]
        self._used.update((place.file, comment) for comment in fitting)
        return bool(fitting)

    def of(self, shown: str) -> tuple[Comment, ...]:
        """The comments of a file, which is read again for them: nodes have none."""
        if shown not in self._comments:
            path = self.path_of(shown)
            try:
                text = source.read_text(path, shown) if path is not None else ""
                self._comments[shown] = comments(text)
            except (source.Unreadable, yaml.YAMLError):
                self._comments[shown] = ()
        return self._comments[shown]

    def unused(self, shown: str, known: frozenset[str]) -> Iterator[Located]:
        """Comments of a file that did nothing, once everything has been checked."""
        for comment in self.of(shown):
            strange = sorted(comment.codes - known)
            if strange or not comment.codes:
                why = f"there is no rule {', '.join(strange) or 'without a code'}: docs/lint.md has them all"
            elif not comment.reason:
                why = "it gives no reason, and so silences nothing: write one behind the bracket"
            elif (shown, comment) not in self._used:
                why = "there is nothing here that it could silence: take it out"
            else:
                continue
            yield Located(shown, comment.line, comment.column, "", why, "note", lint_codes.IDLE_COMMENT)


@dataclass(slots=True)
class Silences:
    """What one spec silences, in any of its files; `own_files` are those without libraries."""

    files: frozenset[str]
    own_files: tuple[str, ...]
    comments: SpecComments
    read: Read
    today: date
    addresses: Mapping[Path, tuple[Address, ...]] = field(default_factory=dict)

    def silence(self, problem: Problem, place: Located) -> bool:
        """Whether the spec says that this warning or note is meant so."""
        if problem.severity == "error" or not problem.code:
            return False
        if any(entry.rule == problem.code for entry in self._entries(problem.path)):
            return True
        return place.file in self.files and self.comments.silence(place)

    def unused(self, known: frozenset[str]) -> Iterator[Located]:
        """Comments that did nothing, once everything has been checked."""
        for shown in self.own_files:
            yield from self.comments.unused(shown, known)

    def _entries(self, path: Path) -> Iterator[Any]:
        """Those of `ignore:` in force that are about this place: of the resource, and of the spec."""
        own = self.read.sections.get(str(path[0]), {}).get(str(path[1])) if len(path) > 1 else None
        addresses = next((self.addresses[path[:n]] for n in (2, 1) if path[:n] in self.addresses), ())
        entries = [
            *getattr(own, "ignore", ()),
            *(e for e in self.read.header.ignore if e.at is None or any(a.matches(e.at) for a in addresses)),
        ]
        yield from (e for e in entries if e.rule and (e.until is None or self.today <= e.until))
