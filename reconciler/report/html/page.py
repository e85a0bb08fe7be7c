"""What the page shows, as plain data: the template only lays it out. Texts are as AWS or a spec has them."""

from dataclasses import dataclass
from typing import Literal

from reconciler.report.words.statement import StatementRow

# How grave something is: it decides the colour, and never says anything that words don't say too.
Tone = Literal["critical", "gained", "lost", "plain", "good", "unsure"]
SYMBOLS: dict[Tone, str] = {
    "critical": "◆",
    "gained": "▲",
    "lost": "▼",
    "plain": "●",
    "good": "✓",
    "unsure": "?",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A number at a glance."""

    number: int
    words: str
    tone: Tone = "plain"
    link: str = ""


@dataclass(frozen=True, slots=True)
class PagePart:
    """A piece of a list of actions: in both documents (""), or in one of them alone."""

    text: str
    side: Literal["", "-", "+"] = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference; `side` is "±" where only some of the actions differ."""

    side: Literal["-", "+", "±", ""]
    parts: tuple[PagePart, ...]
    row: StatementRow | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that differs."""

    title: str
    lines: tuple[Line, ...]
    is_table: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody may do more, or less.

    `example` is one request that shows it, `in_short` what many rows come to.
    """

    title: str
    tone: Tone
    rows: tuple[StatementRow, ...] = ()
    example: tuple[tuple[str, str], ...] = ()
    remark: str = ""
    in_short: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageItem:
    """One finding, or one change of a plan.

    `facts` are a label and a text each, `commands` what to type next.
    """

    id: str
    mark: str
    mark_tone: Tone
    tone: Tone
    address: str
    headline: str
    facts: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, Tone], ...] = ()
    differences: tuple[Difference, ...] = ()
    access: tuple[Access, ...] = ()
    remarks: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """One service in one document: how many actions of each access level."""

    is_denied: bool
    service: str
    levels: tuple[str, ...]
    is_limited: bool = False

    @property
    def is_all(self) -> bool:
        """Whether it is everything, without a condition."""
        return not self.is_denied and not self.is_limited and self.service == "every service"


@dataclass(frozen=True, slots=True)
class PrincipalLine:
    """One principal of a trust policy, with how it comes in, or a group's member.

    `standing` is "" where there is nothing to say, `whole` the ARN where the name is shorter.
    """

    kind: str
    name: str
    actions: str
    condition: str = ""
    is_denied: bool = False
    standing: str = ""
    tone: Tone = "plain"
    link: str = ""
    whole: str = ""


@dataclass(frozen=True, slots=True)
class PolicyBox:
    """One policy of a principal; `link` leads to its document, `rows` are an inline policy's own."""

    name: str
    kind: str
    standing: str
    tone: Tone
    reach: tuple[Reach, ...]
    remark: str = ""
    link: str = ""
    rows: tuple[StatementRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Through:
    """A group of a user, and what it holds; `nothing` is said where that is no policy."""

    name: str
    standing: str
    tone: Tone
    policies: tuple[PolicyBox, ...]
    nothing: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Who may assume a role, or is in a group; the principal, its policies and groups, and what they reach.

    `untold` is why it can't be said whether it has an action: `aws` policies were not read, or `some` of what
    it holds.
    """

    id: str
    kind: str
    name: str
    source: str
    status: str
    tone: Tone
    gist: str
    who: tuple[PrincipalLine, ...]
    policies: tuple[PolicyBox, ...]
    groups: tuple[Through, ...]
    nothing: str
    boundary: tuple[PolicyBox, ...]
    remarks: tuple[str, ...] = ()
    untold: str = ""


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A managed policy's document, once for all who hold it.

    `in_short` is what many rows of AWS's own come to.
    """

    id: str
    name: str
    rows: tuple[StatementRow, ...]
    in_short: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line of a list: a name, what is said of it, how grave that is."""

    name: str
    words: str
    tone: Tone = "plain"
    word: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with a heading."""

    id: str
    title: str
    lines: tuple[ListLine, ...]
    note: str = ""
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page."""

    title: str
    verdict: str
    tone: Tone
    gist: str
    facts: tuple[tuple[str, str], ...]
    tiles: tuple[Tile, ...]
    items_title: str
    items_note: str
    nothing: str
    items: tuple[PageItem, ...]
    sides: tuple[str, str]
    before: tuple[Listing, ...]
    graphs_note: str
    graphs: tuple[Graph, ...]
    documents: tuple[DocumentText, ...]
    after: tuple[Listing, ...]
    legend: tuple[tuple[str, Tone, str], ...]
    version: str

    @property
    def marks(self) -> tuple[tuple[str, Tone, int], ...]:
        """The marks of the items in their order, each with how many have it."""
        names = [item.mark for item in self.items]
        tones = {item.mark: item.mark_tone for item in reversed(self.items)}
        return tuple((mark, tones[mark], names.count(mark)) for mark in dict.fromkeys(names))

    @property
    def sections(self) -> tuple[tuple[str, str, int], ...]:
        """Where the page can be entered: anchor, title, how many lines."""
        sections = [("items", self.items_title, len(self.items))]
        sections += [(part.id, part.title, len(part.lines)) for part in self.before]
        sections += [("roles", "Who may do what", len(self.graphs))] if self.graphs else []
        sections += [("documents", "Policy documents", len(self.documents))] if self.documents else []
        sections += [(part.id, part.title, len(part.lines)) for part in self.after]
        return tuple(sections)
