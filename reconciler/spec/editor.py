"""Changes to one resource of a spec file; every line that is not about it stays as it is, to the byte."""

import io
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.util import load_yaml_guess_indent

Entry = MutableMapping[str, Any]
_BOM, _CRLF = "\ufeff", "\r\n"
# No line is wrapped.
_WIDTH = 100_000


class NotEditable(Exception):
    """The file does not have the shape that an edit needs; the message says why."""


class SpecText:
    """The text of a spec file, and where in it each resource is described."""

    def __init__(self, text: str) -> None:
        self._bom = _BOM if text.startswith(_BOM) else ""
        self._crlf = _CRLF in text
        self._lines = text.removeprefix(_BOM).replace(_CRLF, "\n").split("\n")
        self._root = _loaded("\n".join(self._lines))

    def without(self, section: str, name: str) -> str:
        """The text without one resource.

        Raises:
            NotEditable: it does not stand by itself.
        """
        start, end = self._block(section, name)
        del self._section(section)[name]
        return self._spliced(start, end, [])

    def changed(self, section: str, name: str, edit: Callable[[Entry], None]) -> str:
        """The text with one resource changed.

        Raises:
            NotEditable: it does not stand by itself.
        """
        start, end = self._block(section, name)
        entry = self._section(section)[name]
        if not isinstance(entry, MutableMapping):
            raise NotEditable(f"{section}: has no map {name}: in this file")
        edit(entry)
        return self._spliced(start, end, self._written(section, name, entry))

    def with_member(self, section: str, key: str, member: Any) -> str:
        """The text with one more member in a list of the section, both of which may be missing.

        Raises:
            NotEditable: the section does not stand by itself.
        """
        if not isinstance(self._root, CommentedMap):
            raise NotEditable("the file is no map")
        is_new = section not in self._root
        if is_new:
            self._root[section] = CommentedMap()
            start = end = len(_without_tail(self._lines))
        else:
            start, end = self._section_lines(section)
        listed(self._section(section), key).append(nodes(member))
        stream = io.StringIO()
        alone = CommentedMap({section: self._root[section]})
        _yaml("\n".join(self._lines), 2).dump(alone, stream)
        block = _without_tail(stream.getvalue().split("\n"))
        return self._spliced(start, end, block if self._lines[end:] else [*block, ""])

    def _section_lines(self, section: str) -> tuple[int, int]:
        start, column = self._root.lc.key(section)
        if column:
            raise NotEditable(f"{section}: does not begin a line")
        later = [line for line in self._starts(section) if line > start]
        tops = [self._root.lc.key(key)[0] for key in self._root]
        end = min((line for line in later if line in tops), default=len(self._lines))
        return start, start + len(_without_tail(self._lines[start:end]))

    def _section(self, section: str) -> CommentedMap:
        mapping = self._root.get(section) if isinstance(self._root, CommentedMap) else None
        if not isinstance(mapping, CommentedMap):
            raise NotEditable(f"the file has no {section}:")
        return mapping

    def _block(self, section: str, name: str) -> tuple[int, int]:
        """The lines of one resource, without comments that belong to the next one."""
        named = self._section(section)
        if name not in named:
            raise NotEditable(f"{section}: has no {name}: in this file")
        start, column = named.lc.key(name)
        if self._lines[start][:column].strip():
            raise NotEditable(f"{name}: does not begin a line")
        later = [line for line in self._starts(section) if line > start]
        end = min(later, default=len(self._lines))
        return start, start + len(_without_tail(self._lines[start:end]))

    def _starts(self, section: str) -> Iterator[int]:
        for mapping in (self._root, self._section(section)):
            yield from (mapping.lc.key(key)[0] for key in mapping)
        yield from (n for n, line in enumerate(self._lines) if line.startswith(("...", "---")))

    def _written(self, section: str, name: str, entry: Entry) -> list[str]:
        named = self._section(section)
        alone = CommentedMap({name: entry})
        if name in named.ca.items:
            # What stands before the key is in lines that stay.
            alone.ca.items[name] = [None if at == 1 else part for at, part in enumerate(named.ca.items[name])]
        stream = io.StringIO()
        _yaml("\n".join(self._lines), named.lc.key(name)[1]).dump(CommentedMap({section: alone}), stream)
        return _without_tail(stream.getvalue().split("\n")[1:])

    def _spliced(self, start: int, end: int, block: list[str]) -> str:
        text = "\n".join([*self._lines[:start], *block, *self._lines[end:]])
        if _plain(_loaded(text)) != _plain(self._root):
            raise NotEditable("it is written in a way that can't be changed in its own place")
        return self._bom + (text.replace("\n", _CRLF) if self._crlf else text)


def _loaded(text: str) -> Any:
    try:
        return _yaml(text, 2).load(text)
    except YAMLError as error:
        raise NotEditable(f"it can't be read for a change: {error}") from None


def _yaml(text: str, mapping: int) -> YAML:
    _, indent, offset = load_yaml_guess_indent(text)
    writer = YAML()
    writer.preserve_quotes = True
    writer.width = _WIDTH
    writer.brace_single_entry_mapping_in_flow_sequence = True
    # Where the file has no block list to take it from, as the documentation writes them.
    lists = (4, 2) if offset is None else (max(indent or 0, offset + 2), offset)
    writer.indent(mapping=mapping, sequence=lists[0], offset=lists[1])
    return writer


def _without_tail(lines: list[str]) -> list[str]:
    """Without the comments and empty lines at its end, which may be about what comes next."""
    end = len(lines)
    while end > 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return lines[:end]


def _plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    return [_plain(item) for item in data] if isinstance(data, list) else str(data)


def comments(text: str) -> list[str]:
    """The comments after a `#`, line by line, as far as they are seen without reading the YAML."""
    return [
        line.partition(" #")[2].strip()
        for line in f" {text}".replace("\n", "\n ").split("\n")
        if " #" in line
    ]


def nodes(data: Any) -> Any:
    """Plain data as nodes that are written in block style."""
    if isinstance(data, dict):
        mapping = CommentedMap()
        for key, value in data.items():
            mapping[key] = nodes(value)
        return mapping
    return [nodes(item) for item in data] if isinstance(data, list) else data


def put(entry: Entry, key: str, value: Any, instead_of: Iterable[str] = ()) -> None:
    """Set a key, in the place of the first of `instead_of` that exists; None removes it."""
    replaced = [other for other in instead_of if other in entry]
    at = min((list(entry).index(other) for other in replaced), default=len(entry))
    for other in replaced:
        del entry[other]
    if value is None:
        entry.pop(key, None)
    elif key in entry or not isinstance(entry, CommentedMap):
        entry[key] = nodes(value)
    else:
        entry.insert(at, key, nodes(value))


def listed(entry: Entry, key: str) -> list[Any]:
    """The list under a key, where one value may stand for a list; created if it is missing."""
    current = entry.get(key)
    if not isinstance(current, list):
        entry[key] = [] if current is None else [current]
    members: list[Any] = entry[key]
    return members
