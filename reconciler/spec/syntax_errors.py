"""YAML's syntax errors in plain words: what is wrong and what to write instead."""

import re

from reconciler.core.text import escaped

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
# Keys after which a space is forgotten; what else has a colon in it (a condition key, an action) is a name.
KEYS = (
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


def unknown_alias(name: str, later: int = 0, elsewhere: str = "") -> str:
    """An alias without its anchor: that is in a `later` line or `elsewhere`, or a star wants quotes."""
    star, anchor = f"*{escaped(name)}", f"&{escaped(name)}"
    if later:
        return f"the anchor {anchor} stands only in line {later}: it must stand before the alias {star}"
    if elsewhere:
        return f"the anchor {anchor} is in {elsewhere}: an alias reaches only anchors of its own file"
    return (
        f'"{star}" is read as an alias, and this file has no anchor {anchor}: for text write "{star}", in'
        " quotes"
    )


def alias_inside(name: str) -> str:
    """An alias below its own anchor."""
    return f"the alias *{escaped(name)} stands inside what its anchor &{escaped(name)} names"


def anchor_line(text: str, name: str) -> int:
    """The line in which an anchor seems to be, 0 where there is none."""
    match = re.search(rf"(?:^|(?<=[\s\[{{,]))&{re.escape(name)}(?=[\s,\]}}]|$)", _without_comments(text))
    return text.count("\n", 0, match.start()) + 1 if match else 0


def _without_comments(text: str) -> str:
    """The text with the lines that are comments blanked, so that offsets and lines stay."""
    return re.sub(r"^[ \t]*#.*$", lambda comment: " " * len(comment[0]), text, flags=re.MULTILINE)


def missing_space(key: str, *, is_bare: bool) -> str:
    """A key such as `service:ec2` with nothing under it, or `trust:{service`; "" for any other."""
    head, _, rest = key.partition(":")
    if head not in KEYS or not rest or not (is_bare or rest[0] in "{[\"'"):
        return ""
    if not is_bare:
        return f'space missing after "{escaped(head)}:"'
    return f'space missing after "{escaped(head)}:": write {escaped(head)}: {escaped(rest)}'
