"""Where a YAML file is broken, and what is wrong there: quotes, brackets, indentation.

YAML's own errors stand where reading had to stop, often lines below the fault. What is an unknown alias or a
refused tag is in `syntax_errors`.
"""

import re

from reconciler.core.text import escaped
from reconciler.spec.syntax.scan import Level, Lines, Quoted, Scan, scan
from reconciler.spec.syntax_errors import KEYS

Fault = tuple[int, int, str]
# The quote that seems to close a text opens the next one: what is before it belongs between two values.
_ENDS_BEFORE_VALUE = re.compile(r"[,:\[{]\s*$")
_KEY_LINE = re.compile(r"""\s*(?:-\s+)*(?:"[^"]*"|'[^']*'|[^\s"'\[\]{},#][^\[\]{},#]*?):(?:\s|$)""")
# What YAML says where a quoted text, or a key, has no end.
_NO_END = ("end of stream", "document indicator", "could not find expected ':'")
# As far as a line is looked at: it may be as long as the file.
_NEAR = 300
_LONGEST_KEY = 1024
_KEY_BEFORE = re.compile(r"""(?:"[^"]*"|'[^']*'|(?<![^\s,\[{])[^\s,\[\]{}"'][^,\[\]{}"':]*)$""")
_CLOSES = {"[": "]", "{": "}"}
_VARIABLE = re.compile(r"(?:(?<=[\[{,])|(?<=: ))\s*((?:[^\s\"'\[{,$][^\"',]*?)?\$\{[^}]*\}[^,\]}\"']*)")


def explain(text: str, problem: str, at: tuple[int, int], begins: tuple[int, int] | None) -> Fault:
    """The fault behind YAML's own error: line, column, words.

    `at` is where reading stopped, `begins` where what it was reading begins, each line and column.
    """
    lines = Lines(text)
    if begins and any(words in problem for words in _NO_END):
        is_quote = lines.text[lines.offset(*begins) : lines.offset(*begins) + 1] in tuple("\"'")
        return _quote_never_closed(lines, begins) if is_quote else _no_colon(lines, begins)
    here = scan(lines, lines.offset(*at))
    char = lines.text[here.until : here.until + 1]
    return (
        _escape(lines, at, problem)
        or _long_key(lines, at, char)
        or _behind_quotes(here, char)
        or _character(lines, at, problem)
        or _in_brackets(here, at, problem, char)
        or _in_block(here, at, problem)
        or (*at, f"YAML can't be read here: {problem or 'syntax error'}")
    )


def _escape(lines: Lines, at: tuple[int, int], problem: str) -> Fault | None:
    if "unknown escape character" not in problem:
        return None
    escape = escaped(lines.line(at[0])[at[1] - 1 : at[1] + 1])
    return (*at, f"{escape} means nothing inside double quotes: write \\{escape}, or use single quotes")


def _long_key(lines: Lines, at: tuple[int, int], char: str) -> Fault | None:
    """A key that is too long for YAML, which then takes its colon for one too many."""
    before = lines.line(at[0])[: at[1] - 1]
    key = _KEY_BEFORE.search(before) if char == ":" and len(before) > _LONGEST_KEY else None
    if key is None or len(key[0]) <= _LONGEST_KEY or before[: key.start()].rstrip().endswith(":"):
        return None
    return at[0], key.start() + 1, "a key has 1024 characters at most"


def _no_colon(lines: Lines, begins: tuple[int, int]) -> Fault:
    word = lines.line(begins[0])[begins[1] - 1 :].strip()
    return (*begins, f'":" is missing after "{escaped(word[:60])}": a line of a map is KEY: VALUE')


def _quote_never_closed(lines: Lines, begins: tuple[int, int]) -> Fault:
    char = lines.text[lines.offset(*begins) : lines.offset(*begins) + 1]
    return (*begins, f"the {_name(char)} that opens here is never closed")


def _name(char: str) -> str:
    return "double quote" if char == '"' else "single quote"


def _behind_quotes(here: Scan, char: str) -> Fault | None:
    """Text behind a closing quote: that quote was meant as another, or a quote inside wants doubling."""
    quoted = here.after
    if quoted is None or (here.brackets and char and char in "]}"):
        return None
    lines = here.lines
    if quoted.end >= len(lines.text) and here.until >= len(lines.text):
        return _quote_never_closed(lines, lines.place(quoted.start))
    (line, column), (end_line, end_column) = lines.place(quoted.start), lines.place(quoted.end - 1)
    content = lines.text[quoted.start + 1 : quoted.end - 1]
    if _is_inner_end(quoted, content, line != end_line, here):
        where = f"in line {end_line}" if line != end_line else f"in column {end_column}"
        return (
            line,
            column,
            f"the {_name(quoted.char)} that opens here is not closed before the next, {where}",
        )
    if here.brackets and lines.text[quoted.end : quoted.end + 1].isspace():
        return _missing_comma(here, lines.place(here.until), char)
    instead = "''" if quoted.char == "'" else '\\"'
    words = "the text in quotes ends here, and behind it nothing may follow"
    return end_line, end_column, f"{words}: inside it write {instead} for {quoted.char}"


def _is_inner_end(quoted: Quoted, content: str, over_lines: bool, here: Scan) -> bool:
    """Whether the closing quote is likely the opening quote of another text."""
    if _ENDS_BEFORE_VALUE.search(content):
        return True
    return over_lines and not here.lines.text[quoted.end : quoted.end + 1].isspace()


def _character(lines: Lines, at: tuple[int, int], problem: str) -> Fault | None:
    """A character that YAML takes for something else."""
    line = lines.line(at[0])
    rest = line[max(0, at[1] - 2) :]
    if "cannot start any token" in problem and rest[1:2] == "\t":
        return (*at, "a tab stands here: YAML wants spaces")
    if "tab" in problem or "\t" in line[: len(line) - len(line.lstrip())]:
        return (*at, "a tab indents this line: YAML wants spaces")
    if "alphabetic or numeric" in problem or "alias" in problem:
        match = re.search(r"[*&][^\s,\]}]*", rest)
        word = escaped(match[0]) if match else "*"
        what = "an anchor" if word.startswith("&") else "an alias"
        return (*at, f'a bare {word[0]} is read as {what}: write "{word}", in quotes')
    if "cannot start any token" in problem and rest.lstrip()[:1] in tuple("%@`"):
        return (*at, f"a value may not begin with {rest.lstrip()[:1]}: write it in quotes")
    if line.startswith("%"):
        return at[0], 1, "a line may not begin with %"
    if line.lstrip(" -")[:1] == ":" and not line[: at[1] - 1].strip(" :-"):
        return at[0], line.index(":") + 1, 'a key is missing before this ":"'
    if "comment or line break" in problem:
        return (*at, "a value that begins with | or > is a text in the lines below: write it in quotes")
    if tag := re.search(r"(?:^|[\s\[{,])(!\S*?)[,\]}]?$", line[max(0, at[1] - _NEAR) : at[1]]):
        return (*at, f'a value that begins with ! is read as a tag: write "{escaped(tag[1])}", in quotes')
    return None


def _in_brackets(here: Scan, at: tuple[int, int], problem: str, char: str) -> Fault | None:
    """What is wrong inside [ ] or { }: a bare variable, a bracket left open, a comma left out."""
    if not here.brackets:
        if char and char in "]}":
            return (*at, f"this {char} closes nothing: no bracket is open here")
        return None
    variable = _unquoted_variable(here.lines.line(at[0]), at[1])
    if variable:
        return (*at, f'quote it: "{escaped(variable)}" (inside [ ] and {{ }} a bare {{ begins a map)')
    bracket = here.brackets[-1]
    line, column = here.lines.place(bracket.offset)
    closing = _CLOSES[bracket.char]
    if here.until >= len(here.lines.text.rstrip()):
        return line, column, f"this {bracket.char} is never closed: {closing} is missing"
    if char and char in "]}":
        if line != at[0]:
            words = f"this {bracket.char} is not closed before the {char} in line {at[0]}"
            return line, column, f"{words}: {closing} is missing"
        return (*at, f"{closing} must close the {bracket.char} of column {column}, not {char}")
    for number in range(line + 1, at[0] + 1):
        text = here.lines.line(number)
        if len(text) - len(text.lstrip()) <= bracket.indent and _begins_block(text):
            message = f"this {bracket.char} is not closed before line {number}: {closing} is missing"
            return line, column, message
    if "expected node content" in problem:
        return (*at, "a value is missing before this")
    return _missing_comma(here, at, char)


def _begins_block(text: str) -> bool:
    return bool(_KEY_LINE.match(text)) or text.lstrip().startswith("- ")


def _spot(line: int, column: int, here: int) -> str:
    return f"column {column}" if line == here else f"line {line}"


def _missing_comma(here: Scan, at: tuple[int, int], char: str) -> Fault:
    bracket = here.brackets[-1]
    before = here.lines.line(at[0])[: at[1] - 1]
    # A second colon: what stands before it is a key, and the comma is missing before that.
    key = re.search(r"\s([^\s,\[{]+)$", before) if char == ":" else None
    line, column = (at[0], key.start(1) + 1) if key else at
    signs = '"," or ":"' if bracket.char == "{" and not key else '","'
    word = re.match(r"\s*([^\s,:\[\]{}]+)", here.lines.line(line)[column - 1 :])
    what = f" before {escaped(word[1][:60])}" if word else " here"
    return (
        line,
        column,
        f"{signs} is missing{what}, inside the {bracket.char} of "
        + _spot(*here.lines.place(bracket.offset), line),
    )


def _unquoted_variable(line: str, column: int) -> str:
    """The plain text with a variable in it, inside brackets, that stands at or before a place; or ""."""
    near = line[max(0, column - _NEAR) : column + _NEAR]
    plain = [match for match in _VARIABLE.finditer(near) if match.start(1) + max(0, column - _NEAR) <= column]
    return plain[-1][1].strip().rpartition(": ")[2].lstrip("[{ ") if plain else ""


def _in_block(here: Scan, at: tuple[int, int], problem: str) -> Fault | None:
    """What is wrong outside brackets: indentation, a colon left out, a colon too many."""
    lines = here.lines
    text = lines.line(at[0])
    spaces = len(text) - len(text.lstrip(" "))
    levels = scan(lines, lines.offset(at[0], 1)).levels
    is_colon = "mapping values are not allowed" in problem
    begins_line = at[1] == spaces + 1 or (is_colon and not re.search(r":\s|^\s*[-?]\s", text[: at[1] - 1]))
    if begins_line and levels:
        return _missing_colon(lines, levels[-1], spaces) or _indented(at[0], spaces, levels, text)
    if "block sequence entries" in problem:
        return (*at, "a list may not begin behind something in its line: write it in the lines below")
    if is_colon:
        key = re.search(r":\s+([a-z_]+)$", text[: at[1] - 1])
        if key and key[1] in KEYS:
            return at[0], key.start(1) + 1, f"{key[1]}: must stand in a line of its own, further right"
        return (*at, 'a second ": " in this line: put the value in quotes')
    if bracket := re.search(r"[\]}](?=\s*$)", text[: at[1] - 1]):
        return (*at, f"behind {bracket[0]} nothing may follow")
    return None


def _missing_colon(lines: Lines, above: Level, spaces: int) -> Fault | None:
    """A line above of one word, a key without its colon."""
    text = lines.line(above.line)
    if re.match(r"-\w", above.word):
        return above.line, above.spaces + 1, 'space missing after "-"'
    if not above.is_dash and spaces == above.spaces and not _KEY_LINE.match(text):
        place = (above.line, above.spaces + 1)
        return (*place, '":" is missing in this line: a line of a map is KEY: VALUE')
    is_word = text.strip() == above.word and (above.word in KEYS or spaces > above.spaces)
    if not is_word or above.is_dash or ":" in text:
        return None
    place = (above.line, above.spaces + len(above.word) + 1)
    return (*place, f'":" is missing after "{escaped(above.word[:60])}"')


def _indented(line: int, spaces: int, levels: list[Level], text: str) -> Fault | None:
    """A line whose indentation fits none of those in force."""
    place = (line, spaces + 1)
    last = levels[-1]
    if spaces > last.spaces:
        words = f"this line is indented too far: {_count(spaces)}, and {_described(last)}"
        return (*place, words)
    same = next((level for level in levels if level.spaces == spaces), None)
    if same is None:
        near = [level for level in levels if level.spaces < spaces][-1:]
        near += [level for level in levels if level.spaces > spaces][:1]
        described = " and ".join(_described(level) for level in near)
        return (*place, f"this line is indented by {_count(spaces)}, which fits no line above: {described}")
    if same.is_dash and not text.lstrip().startswith("- "):
        inner = next((level for level in levels if level.spaces > spaces), None)
        wanted = f"{_described(inner)}" if inner else "it must stand further right"
        return (*place, f'this line stands under the "-" of line {same.line}: {wanted}')
    if not same.is_dash and text.lstrip().startswith("- "):
        return (*place, f'this "-" stands where {_described(same)}: a list stands under a key of its own')
    return None


def _count(spaces: int) -> str:
    return "1 space" if spaces == 1 else f"{spaces or 'no'} spaces"


def _described(level: Level) -> str:
    word = escaped(level.word[:40])
    return f'"{word}" in line {level.line} has {level.spaces or "none"}'
