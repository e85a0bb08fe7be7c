"""What is open at a place of a broken YAML file: quotes, brackets, indentation. Refuses nothing."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

_LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_PLAIN = re.compile(r"""[^\s:,\[\]{}#"']+""")
_BLOCK_TEXT = re.compile(r"[|>][-+0-9]*[ \t]*(#.*)?$")
_PROPERTY = re.compile(r"[&!][^\s,\[\]{}]*")
_WORD = re.compile(r"""["']?([^\s:"']+)""")


@dataclass(frozen=True, slots=True)
class Bracket:
    """An opening bracket, its offset and the indentation of its line."""

    char: str
    offset: int
    indent: int


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text in quotes: the quote itself, the offset of the first and behind the last."""

    char: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Level:
    """An indentation in force: spaces, the line (from 1) that has it, that line's first word."""

    spaces: int
    line: int
    word: str
    is_dash: bool = False


class Lines:
    """The lines of a text as YAML counts them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def offset(self, line: int, column: int) -> int:
        """The offset of a place, both counted from 1."""
        if line > len(self._starts):
            return len(self.text)
        start = self._starts[max(line, 1) - 1]
        return min(start + max(column, 1) - 1, len(self.text))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """A line without its end, "" where there is none."""
        if not 0 < number <= len(self._starts):
            return ""
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[self._starts[number - 1] : end].rstrip("\r\n\x85\u2028\u2029")


@dataclass(slots=True)
class Scan:
    """The text up to an offset; what is open there."""

    lines: Lines
    until: int
    brackets: list[Bracket] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    # The text in quotes behind which nothing but text has come.
    after: Quoted | None = None
    _at: int = 0
    _begins_value: bool = True
    _begins_line: bool = True

    def run(self) -> "Scan":
        """Read to the end."""
        while self._at < self.until:
            self._step(self.lines.text[self._at])
        return self

    def _step(self, char: str) -> None:
        text, at = self.lines.text, self._at
        if char.isspace():
            self._at += 1
            if _LINE_END.match(char) and not self.brackets:
                self._begins_line = self._begins_value = True
                self.after = None
        elif char == "#" and (at == 0 or text[at - 1].isspace() or (self.brackets and self._is_between())):
            self._at = self._line_end()
        else:
            if self._begins_line and not self.brackets:
                self._indent(char)
            self._token(char)

    def _is_between(self) -> bool:
        """Whether a token of a flow collection is complete here: a comment needs no space behind it."""
        return self.lines.text[self._at - 1] in "\"',[]{}"

    def _line_end(self) -> int:
        match = _LINE_END.search(self.lines.text, self._at)
        return match.start() if match else len(self.lines.text)

    def _is_followed_by_space(self) -> bool:
        following = self.lines.text[self._at + 1 : self._at + 2]
        return not following or following.isspace()

    def _indent(self, char: str) -> None:
        line, column = self.lines.place(self._at)
        is_dash = char in "-?" and self._is_followed_by_space()
        while self.levels and self.levels[-1].spaces >= column - 1:
            self.levels.pop()
        match = _WORD.match(self.lines.text, self._at)
        self.levels.append(Level(column - 1, line, match[1] if match else char, is_dash))
        self._begins_line = is_dash

    def _token(self, char: str) -> None:
        is_flow = bool(self.brackets)
        if char in "\"'" and self._begins_value:
            return self._quoted(char)
        if char in "[{" and (is_flow or self._begins_value):
            _, column = self.lines.place(self._at)
            indent = self.levels[-1].spaces if self.levels else column - 1
            self.brackets.append(Bracket(char, self._at, indent))
            self._separated()
        elif char in "]}" and is_flow:
            self.brackets.pop()
            self._separated(begins_value=False)
        elif (
            (char == "," and is_flow)
            or (char == ":" and self._ends_key())
            or (char in "-?" and self._begins_value and self._is_followed_by_space())
        ):
            self._separated()
        elif char in "|>" and self._begins_value and not is_flow and self._begins_block_text():
            self._block_text()
        elif char in "&!" and self._begins_value and (match := _PROPERTY.match(self.lines.text, self._at)):
            self._at = match.end()
        else:
            match = _PLAIN.match(self.lines.text, self._at)
            self._at = match.end() if match else self._at + 1
            self._begins_value = False
        return None

    def _separated(self, *, begins_value: bool = True) -> None:
        self._at += 1
        self._begins_value = begins_value
        self.after = None

    def _ends_key(self) -> bool:
        behind_quote = self.brackets and self.after and self.after.end == self._at
        return self._is_followed_by_space() or bool(behind_quote)

    def _quoted(self, char: str) -> None:
        inner = r"(?:[^\"\\]|\\.)*" if char == '"' else r"(?:[^']|'')*"
        match = re.compile(char + inner + char, re.DOTALL).match(self.lines.text, self._at)
        end = match.end() if match else len(self.lines.text)
        self.after = Quoted(char, self._at, end)
        self._at, self._begins_value = end, False

    def _begins_block_text(self) -> bool:
        return bool(_BLOCK_TEXT.match(self.lines.text[self._at : self._line_end()]))

    def _block_text(self) -> None:
        """Skip the lines of a text behind | or >; the first of them is an indentation too."""
        parent = self.levels[-1].spaces if self.levels else -1
        number = self.lines.place(self._at)[0] + 1
        first: Level | None = None
        while (start := self.lines.offset(number, 1)) < self.until and start > self._at:
            line = self.lines.line(number)
            spaces = len(line) - len(line.lstrip(" "))
            least = first.spaces if first else parent + 1
            if line.strip() and spaces < least:
                break
            if line.strip() and first is None:
                first = Level(spaces, number, line.split()[0])
            self._at = start
            number += 1
        self._at = max(self._at, self._line_end())
        if first:
            self.levels.append(first)
        self._begins_value = False


def scan(lines: Lines, until: int) -> Scan:
    """What is open just before an offset."""
    return Scan(lines, until).run()
