"""Specs as text, written as a person would: short lists in one line, no quotes where none are needed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from reconciler.core.text import escaped

_WIDTH = 110
# Nothing and a merge key, for the language; and null, which editors would strike out by the language's
# schema.
_MISREAD = frozenset(("", "<<", "~", "null"))
# What fits in so much of a line stands in one: lists of text, and maps under these keys.
_SHORT = 80
_IN_ONE_LINE = (
    "trust",
    "tags",
    "when",
    "unless",
    "condition",
    "instance_profile",
    "password_policy",
    "limits",
)
# The language takes every plain scalar as text, so nothing has to be quoted to be taken as text.
_TEXT = "tag:yaml.org,2002:str"


class _InOneLine(dict[str, Any]):
    """A map that stands in one line."""


class _Dumper(yaml.SafeDumper):
    """Without anchors, and without care for numbers, dates and booleans."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own name

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True

    # PyYAML's signature.
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Items of a list are indented deeper than its key."""
        super().increase_indent(flow, False)

    def choose_scalar_style(self) -> str:
        style: str = super().choose_scalar_style()
        return '"' if style == "'" else style

    def represent_list(self, data: Any) -> yaml.SequenceNode:
        node = self.represent_sequence("tag:yaml.org,2002:seq", data)
        node.flow_style = all(isinstance(item, str) for item in data) and _length(data) <= _SHORT
        return node

    def represent_flag(self, data: bool) -> yaml.ScalarNode:
        return self.represent_scalar(_TEXT, "true" if data else "false")

    def represent_line(self, data: Any) -> yaml.MappingNode:
        return self.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)

    def represent_text(self, data: str) -> yaml.ScalarNode:
        style = "|" if "\n" in data and data.isascii() and data == data.strip() else None
        return self.represent_scalar(
            _TEXT, data, style='"' if data.lower() in _MISREAD or data != data.strip() else style
        )

    def check_simple_key(self) -> bool:
        """Any name of one line stands before its colon; PyYAML would begin long ones with a question mark."""
        event = self.event
        if not isinstance(event, yaml.ScalarEvent):
            return bool(super().check_simple_key())
        if self.analysis is None:
            self.analysis = self.analyze_scalar(event.value)
        return not self.analysis.multiline


_Dumper.add_representer(list, _Dumper.represent_list)
_Dumper.add_representer(str, _Dumper.represent_text)
_Dumper.add_representer(bool, _Dumper.represent_flag)
_Dumper.add_representer(_InOneLine, _Dumper.represent_line)


def _length(data: Any) -> int:
    """The approximate number of characters in one line."""
    if isinstance(data, Mapping):
        return sum(len(key) + 4 + _length(value) for key, value in data.items())
    return len(str(data)) if isinstance(data, str | bool) else sum(2 + _length(item) for item in data)


def _shaped(data: Any, key: str = "") -> Any:
    """The same, with maps of a few words in one line."""
    if isinstance(data, Mapping):
        inner = {name: _shaped(value, name) for name, value in data.items()}
        return _InOneLine(inner) if key in _IN_ONE_LINE and _length(data) <= _SHORT else inner
    return [_shaped(item, key) for item in data] if isinstance(data, list) else data


@dataclass(frozen=True, slots=True)
class SpecEntry:
    """One entry of a section, with comments above it; without a name it is the section itself."""

    section: str
    name: str
    data: Mapping[str, Any]
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenSpec:
    """The text of a spec, and for each entry the line on which it begins, in ascending order."""

    text: str
    begins: tuple[tuple[int, SpecEntry], ...]

    def at(self, line: int) -> SpecEntry | None:
        """The entry that has this line."""
        before = [entry for begin, entry in self.begins if begin <= line]
        return before[-1] if before else None


def spec_text(
    header: Mapping[str, Any], entries: Iterable[SpecEntry], comments: Iterable[str] = ()
) -> WrittenSpec:
    """A spec of these entries, in their order; entries of one section stand together."""
    lines = [comment(text) for text in comments] + _dumped(header)
    begins: list[tuple[int, SpecEntry]] = []
    section = ""
    for entry in entries:
        if entry.section != section:
            lines += ["", f"{entry.section}:"]
            section = entry.section
        begins.append((len(lines) + 1 if entry.name else len(lines), entry))
        own = _dumped({entry.name: dict(entry.data)} if entry.name else entry.data)
        lines += [f"  {line}" for line in (*map(comment, entry.comments), *own)]
    return WrittenSpec("\n".join(lines) + "\n", tuple(begins))


def comment(text: str) -> str:
    """A comment of one line, whatever the text has in it."""
    return f"# {escaped(text)}".rstrip()


def _dumped(data: Mapping[str, Any]) -> list[str]:
    text: str = yaml.dump(
        _shaped(data),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH,
        default_flow_style=False,
    )
    return text.splitlines()
