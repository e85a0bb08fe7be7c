"""Reading one YAML or JSON file into nodes, with limits that hold before anything is built.

Events are read instead of nodes: libyaml's composer crashes the interpreter on deep nesting, the Python one
recurses, and only an event tells `!!int 3` from `3`. Anchors are allowed within a file; merge keys, explicit
tags and several documents are not.
"""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from reconciler.core.problems import Located
from reconciler.spec import syntax_errors
from reconciler.spec.nodes import Mapping, Node, Place, Scalar, Sequence

MAX_BYTES = 2_000_000
# SAML metadata has up to 10,000,000 characters (contract §1), each of up to four bytes.
MAX_METADATA_BYTES = 40_000_000
MAX_DEPTH = 100
MAX_ALIASES = 1_000
MAX_NODES = 300_000

# JSON writes a character beyond U+FFFF as two escapes, which YAML does not know.
_SURROGATES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unreadable(Exception):
    """The file can't be read as a spec; carries the located problem, and the alias that has no anchor."""

    def __init__(self, problem: Located, alias: str = "") -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.alias = alias


def read_text(path: Path, shown: str, most: int = MAX_BYTES) -> str:
    """The file's text, of `most` bytes at most.

    Raises:
        Unreadable: no such file, a directory, too large, or not UTF-8.
    """
    try:
        if path.is_file():
            with path.open("rb") as file:
                raw = file.read(most + 1)
        elif (content := _streamed(path, most + 1)) is not None:
            raw = content
        else:
            raise _fault(shown, _why_no_file(path))
    except OSError as error:
        raise _fault(shown, f"can't be read: {error.strerror}") from None
    if len(raw) > most:
        raise _fault(shown, f"is larger than {most // 1_000_000} MB, the most that it may have: split it")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _fault(shown, f"is not UTF-8 (byte {raw[error.start]:#04x}): save it as UTF-8", line) from None


def _streamed(path: Path, most: int) -> bytes | None:
    # Start-up: few specs come through a pipe.
    from reconciler.spec import streams  # noqa: PLC0415

    return streams.content(path, most)


def _why_no_file(path: Path) -> str:
    if path.is_dir():
        return "is a directory, not a spec file"
    if path.exists():
        return "is no ordinary file"
    return "is a link that points to nothing" if path.is_symlink() else "does not exist"


def _fault(shown: str, message: str, line: int = 0, column: int = 0, path: str = "") -> Unreadable:
    return Unreadable(Located(shown, line, column or (1 if line else 0), path, message))


def parse(text: str, shown: str) -> Node:
    """The file's one document.

    Raises:
        Unreadable: a syntax error or a limit, in our own words and with its place.
    """
    text = _SURROGATES.sub(lambda pair: json.loads(f'"{pair[0]}"'), text)
    strange = syntax_errors.strange_character(text)
    if strange:
        line, column, words = strange
        raise _fault(shown, words, line, column)
    return _Builder(shown, text).build()


def _marks(error: yaml.MarkedYAMLError) -> tuple[Any, Any]:
    """Where what was being read begins, and where reading stopped."""
    return error.context_mark, error.problem_mark or error.context_mark


class _Builder:
    """Builds nodes from events, keeping depth, aliases and size within bounds on the way."""

    def __init__(self, shown: str, text: str) -> None:
        self._shown = shown
        self._text = text
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._begun: set[str | None] = set()
        self._aliases = 0
        self._nodes = 0

    def build(self) -> Node:
        try:
            return self._document(yaml.parse(self._text, Loader=LOADER))
        except yaml.MarkedYAMLError as error:
            # Start-up: few files are broken.
            from reconciler.spec.syntax.faults import explain  # noqa: PLC0415

            begins, at = ((m.line + 1, m.column + 1) if m else None for m in _marks(error))
            line, column, words = explain(self._text, error.problem or "", at or (0, 0), begins)
            raise _fault(self._shown, words, line, column) from None
        except yaml.YAMLError:
            raise _fault(self._shown, "is no YAML") from None

    def _document(self, events: Any) -> Node:
        root: Node | None = None
        # One frame for each open collection: its start, its anchor, its members so far, the node count before
        # it.
        open_: list[tuple[Any, list[Node], int]] = []
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise self._at(event, "a second document begins here: one document a file")
            node: Node | None = None
            if isinstance(event, yaml.CollectionStartEvent):
                self._check_start(event, len(open_))
                open_.append((event, [], self._nodes))
            elif isinstance(event, yaml.CollectionEndEvent):
                start, members, before = open_.pop()
                node = self._collection(start, members)
                self._remember(start.anchor, node, self._nodes - before)
            elif isinstance(event, yaml.ScalarEvent):
                node = self._scalar(event)
                self._remember(event.anchor, node, 1)
            elif isinstance(event, yaml.AliasEvent):
                node = self._alias(event)
            if node is not None:
                if open_:
                    open_[-1][1].append(node)
                else:
                    root = node
        if root is None:
            raise _fault(self._shown, "is empty: a spec begins with `version: 1`")
        return root

    def _place(self, event: Any) -> Place:
        return Place(self._shown, event.start_mark.line + 1, event.start_mark.column + 1)

    def _at(self, event: Any, message: str) -> Unreadable:
        place = self._place(event)
        return _fault(self._shown, message, place.line, place.column)

    def _count(self, event: Any, size: int = 1) -> None:
        self._nodes += size
        if self._nodes > MAX_NODES:
            raise self._at(event, f"more than {MAX_NODES} values, aliases counted where they are used")

    def _check_start(self, event: Any, depth: int) -> None:
        self._count(event)
        self._begun.add(event.anchor)
        if depth >= MAX_DEPTH:
            raise self._at(event, f"nested deeper than {MAX_DEPTH} levels")
        if event.tag is not None:
            raise self._at(event, syntax_errors.tag(event.tag, ""))

    def _scalar(self, event: Any) -> Scalar:
        self._count(event)
        plain = event.style in (None, "")
        # A quoted scalar has the tag "!" of its own in some loaders; any other tag was written by hand.
        if event.tag not in (None, "!"):
            raise self._at(event, syntax_errors.tag(event.tag, event.value))
        return Scalar(self._place(event), event.value, plain)

    def _remember(self, anchor: str | None, node: Node, size: int) -> None:
        if anchor:
            self._anchors[anchor] = (node, size)

    def _alias(self, event: Any) -> Node:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise self._at(event, f"more than {MAX_ALIASES} aliases")
        if event.anchor not in self._anchors:
            raise self._unknown_alias(event)
        node, size = self._anchors[event.anchor]
        self._count(event, size)
        return node

    def _unknown_alias(self, event: Any) -> Unreadable:
        if event.anchor in self._begun:
            return self._at(event, syntax_errors.alias_inside(event.anchor))
        line = syntax_errors.anchor_line(self._text, event.anchor)
        later = line if line > event.start_mark.line else 0
        unreadable = self._at(event, syntax_errors.unknown_alias(event.anchor, later))
        return unreadable if later else Unreadable(unreadable.problem, event.anchor)

    def _collection(self, start: Any, members: list[Node]) -> Node:
        if isinstance(start, yaml.SequenceStartEvent):
            return Sequence(self._place(start), tuple(members))
        pairs = []
        seen: dict[str, Scalar] = {}
        for key, value in zip(members[::2], members[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise _fault(self._shown, "a key must be text", key.place.line, key.place.column)
            self._check_key(key, value, seen)
            seen[key.text.lower()] = key
            pairs.append((key, value))
        return Mapping(self._place(start), tuple(pairs))

    def _check_key(self, key: Scalar, value: Node, seen: dict[str, Scalar]) -> None:
        line, column = key.place.line, key.place.column
        if key.text == "<<" and key.plain:
            raise _fault(
                self._shown, "merge keys (<<) are not part of the language: repeat the lines", line, column
            )
        twin = seen.get(key.text.lower())
        if twin is not None:
            name = syntax_errors.quoted(key.text)
            how = (
                "twice"
                if twin.text == key.text
                else f"and as {syntax_errors.quoted(twin.text)}, which differs only in case"
            )
            raise _fault(
                self._shown,
                f"the key {name} stands here {how} (first in line {twin.place.line})",
                line,
                column,
            )
        is_bare = isinstance(value, Scalar) and value.is_empty and value.place.line == line
        words = syntax_errors.missing_space(key.text, is_bare=is_bare) if key.plain else ""
        if words:
            raise _fault(self._shown, words, line, column)
