"""YAML's syntax errors in plain words: what is wrong and what to write instead."""

import re

from reconciler.core.text import escaped

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
# Keys after which a space is forgotten; what else has a colon in it (a condition key, an action) is a name.
_KEYS = (
    "version",
    "name",
    "account",
    "description",
    "path",
    "trust",
    "attach",
    "boundary",
    "service",
    "role",
    "user",
    "oidc",
    "saml",
    "subject",
    "audience",
    "external_id",
    "mfa",
    "list",
    "read",
    "write",
    "tagging",
    "actions",
    "not_actions",
    "resources",
    "not_resources",
    "region",
    "sid",
    "expires",
    "reason",
    "policy",
    "what",
    "at",
    "facet",
    "max_session_duration",
    "instance_profile",
    "permissions_management",
    "document_file",
    "session_tags",
)


def quoted(text: str) -> str:
    """Text from a file as an error shows it: short, and never with a raw control character."""
    shown = text if len(text) <= 60 else text[:57] + "…"
    return '"' + escaped(shown) + '"'


def strange_character(text: str) -> tuple[int, int, str] | None:
    """The first control character: line, column, words. YAML's own error for it has no place."""
    match = _CONTROL.search(text)
    if not match:
        return None
    line = text.count("\n", 0, match.start()) + 1
    column = match.start() - (text.rfind("\n", 0, match.start()) + 1) + 1
    return line, column, f"a control character (U+{ord(match[0]):04X}) stands here; text may not hold one"


def tag(name: str, value: str) -> str:
    """An explicit tag."""
    if name in ("!Sub", "!Join") or "${" in value:
        return (
            f"CloudFormation's {escaped(name)[:20]} is not read here: write the text itself, in quotes;"
            " ${account}, ${partition} and ${role.NAME} are put in"
        )
    if name in ("!Ref", "!GetAtt"):
        inner = escaped(value.partition(".")[0])[:64] or "NAME"
        return f"CloudFormation's {name} is not read here: write ${{role.{inner}}} or ${{policy.{inner}}}"
    shown = escaped(name.replace("tag:yaml.org,2002:", "!!"))[:40]
    return f"the tag {shown} is refused: write the value plainly, the field decides what it is"


def unknown_alias(name: str) -> str:
    """An alias without its anchor, which is nearly always a star that wants quotes."""
    return f'"*{escaped(name)}" is read as an alias: write "*{escaped(name)}", in quotes'


def missing_space(key: str) -> str:
    """A key such as `service:ec2` with nothing under it, or "" for any other."""
    head, _, rest = key.partition(":")
    if head not in _KEYS or not rest or rest[0].isspace():
        return ""
    return f'space missing after "{escaped(head)}:": write {escaped(head)}: {escaped(rest)}'


def explain(text: str, line: int, column: int, problem: str) -> str:
    """The message for a syntax error at a place, from what stands there."""
    lines = text.splitlines()
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    at = here[max(0, column - 2) :]
    if "alias" in problem or "alphabetic or numeric" in problem:
        alias = re.search(r"\*[^\s,\]}]*", here[max(0, column - 2) :])
        text = escaped(alias[0]) if alias else "*"
        return f'a bare * is read as an alias: write "{text}", in quotes'
    if "tab" in problem or here[: len(here) - len(here.lstrip())].count("\t"):
        return "a tab indents this line: YAML wants spaces"
    if "cannot start any token" in problem and at.lstrip()[:1] in "%@`":
        return f"a value may not begin with {at.lstrip()[:1]}: write it in quotes"
    culprit = _unquoted_variable(here, column)
    if culprit:
        return f'quote it: "{escaped(culprit)}" (inside [ ] and {{ }} a bare {{ begins a map)'
    if "mapping values are not allowed" in problem:
        return 'a second ": " in this line: put the value in quotes'
    if "undefined alias" in problem:
        return 'an unknown alias: a text that begins with * must be in quotes: "*"'
    return f"YAML can't be read here: {problem or 'syntax error'}"


def _unquoted_variable(line: str, column: int) -> str:
    """The plain text with a variable in it, inside brackets, that stands at or before a place; or ""."""
    if not re.search(r"[\[{]", line):
        return ""
    plain = [
        match
        for match in re.finditer(
            r"(?:(?<=[\[{,])|(?<=: ))\s*((?:[^\s\"'\[{,$][^\"',]*?)?\$\{[^}]*\}[^,\]}\"']*)", line
        )
        if match.start(1) < column + 1
    ]
    return plain[-1][1].strip().rpartition(": ")[2].lstrip("[{ ") if plain else ""
