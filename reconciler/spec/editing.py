"""Changes to a spec file that leave everything else in it as it is: comments, order, quotes, line lengths."""

import io
from collections.abc import Iterable, MutableMapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.util import load_yaml_guess_indent

Entry = MutableMapping[str, Any]
# No line is wrapped.
_WIDTH = 100_000


class NotEditable(Exception):
    """The file has not the shape that an edit needs; why."""


class Edited:
    """A spec file under change."""

    def __init__(self, text: str) -> None:
        try:
            _, indent, offset = load_yaml_guess_indent(text)
            self._yaml = YAML()
            self._yaml.preserve_quotes = True
            self._yaml.width = _WIDTH
            self._yaml.brace_single_entry_mapping_in_flow_sequence = True
            self._yaml.indent(mapping=_mapping_indent(text), sequence=indent or 4, offset=offset or 2)
            self._root = self._yaml.load(text)
        except YAMLError as error:
            raise NotEditable(f"it can't be read for a change: {error}") from None

    def entry(self, section: str, name: str) -> Entry:
        """What the file says of one resource.

        Raises:
            NotEditable: it is not there, or is no map.
        """
        found = self.section(section).get(name)
        if not isinstance(found, MutableMapping):
            raise NotEditable(f"{section}: has no map {name}: in this file")
        return found

    def section(self, section: str) -> Entry:
        """One section of the file."""
        found = self._root.get(section) if isinstance(self._root, MutableMapping) else None
        if not isinstance(found, MutableMapping):
            raise NotEditable(f"the file has no {section}:")
        return found

    @property
    def text(self) -> str:
        """The file as it is now."""
        made = io.StringIO()
        self._yaml.dump(self._root, made)
        return made.getvalue()


def _mapping_indent(text: str) -> int:
    """How far the first indented line stands in."""
    for line in text.splitlines():
        bare = line.lstrip(" ")
        if bare and bare != line and not bare.startswith(("#", "-")):
            return len(line) - len(bare)
    return 2


def plain(data: Any) -> Any:
    """Plain data as nodes that are written in block style."""
    if isinstance(data, dict):
        made = CommentedMap()
        for key, value in data.items():
            made[key] = plain(value)
        return made
    return [plain(item) for item in data] if isinstance(data, list) else data


def put(entry: Entry, key: str, value: Any, instead_of: Iterable[str] = ()) -> None:
    """Set a key, in the place of the first of others that are there; None takes it away."""
    gone = [other for other in instead_of if other in entry]
    at = min((list(entry).index(other) for other in gone), default=len(entry))
    for other in gone:
        del entry[other]
    if value is None:
        entry.pop(key, None)
    elif key in entry or not isinstance(entry, CommentedMap):
        entry[key] = plain(value)
    else:
        entry.insert(at, key, plain(value))


def listed(entry: Entry, key: str) -> list[Any]:
    """The list under a key, where one alone may stand by itself; made if it is not there."""
    found = entry.get(key)
    if not isinstance(found, list):
        entry[key] = [] if found is None else [found]
    made: list[Any] = entry[key]
    return made
