"""YAML's syntax errors in our words: what is wrong and what to write instead."""

import re

from reconciler.core.text import escaped

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_KNOWN_KEYS = re.compile(r"[a-z_]+:[^\s/:]")


def quoted(text: str) -> str:
    """Text from a file as an error shows it: short, and never with a raw control character."""
    shown = text if len(text) <= 60 else text[:57] + "…"
    return '"' + escaped(shown) + '"'


def strange_character(text: str) -> tuple[int, int, str] | None:
    """The first control character: line, column, words. YAML's own error for it has no place."""
    found = _CONTROL.search(text)
    if not found:
        return None
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - (text.rfind("\n", 0, found.start()) + 1) + 1
    return line, column, f"a control character (U+{ord(found[0]):04X}) stands here; text may not hold one"


def tag(name: str, value: str) -> str:
    """An explicit tag."""
    if name in ("!Sub", "!Ref", "!GetAtt"):
        inner = escaped(value.partition(".")[0].strip("${}")) or "NAME"
        return f"CloudFormation's {name} is not read here: write ${{role.{inner}}} or ${{policy.{inner}}}"
    shown = escaped(name.replace("tag:yaml.org,2002:", "!!"))[:40]
    return f"the tag {shown} is refused: write the value plainly, the field decides what it is"


def unknown_alias(name: str) -> str:
    """An alias without its anchor, which is nearly always a star that wants quotes."""
    return f'"*{escaped(name)}" is read as an alias: write "*{escaped(name)}", in quotes'


def missing_space(key: str) -> str:
    """A key such as `service:ec2` with nothing under it, or "" for any other."""
    if not _KNOWN_KEYS.match(key):
        return ""
    head, _, rest = key.partition(":")
    return f'space missing after "{escaped(head)}:": write {escaped(head)}: {escaped(rest)}'


def explain(text: str, line: int, column: int, problem: str) -> str:
    """The words for a syntax error at a place, from what stands there."""
    lines = text.splitlines()
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    at = here[max(0, column - 2) :]
    if "alias" in problem or "alphabetic or numeric" in problem:
        return 'a bare * is read as an alias: write "*", in quotes'
    if "tab" in problem or here[: len(here) - len(here.lstrip())].count("\t"):
        return "a tab indents this line: YAML wants spaces"
    if "cannot start any token" in problem and at.lstrip()[:1] in "%@`":
        return f"a value may not begin with {at.lstrip()[:1]}: write it in quotes"
    variable = re.search(r"\$\{[^}]*\}?", here)
    if variable and re.search(r"[\[{][^\]]*\$\{", here):
        return f'quote it: "{escaped(variable[0])}" (inside [ ] and {{ }} a bare {{ begins a map)'
    if "mapping values are not allowed" in problem:
        return 'a second ": " in this line: put the value in quotes'
    if "undefined alias" in problem:
        return 'an unknown alias: a text that begins with * must be in quotes: "*"'
    return f"YAML can't be read here: {problem or 'syntax error'}"
