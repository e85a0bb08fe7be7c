"""How text is dressed on a terminal."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from reconciler.core.address import Source

_COLOURS = {"+": "32", "-": "31", "~": "33", "»": "36", "i": "34", "!": "31"}


@dataclass(frozen=True, slots=True)
class Style:
    """How text is dressed; without colour it is plain."""

    colour: bool = False
    # What a link to a line of a file looks like, with {path} and {line} in it; "" for none.
    links: str = ""

    def sign(self, sign: str, text: str) -> str:
        """The text in the colour of its sign."""
        code = _COLOURS.get(sign)
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text

    def faint(self, text: str) -> str:
        """What may be overlooked."""
        return f"\x1b[2m{text}\x1b[0m" if self.colour else text

    def place(self, source: Source | None) -> str:
        """Where something stands in the specs."""
        shown = self.faint(str(source or ""))
        # A name that is shown escaped is no path.
        if source is None or not self.links or not source.file.isprintable() or "\\" in source.file:
            return shown
        address = self.links.format(path=quote(str(Path(source.file).absolute())), line=source.line)
        return f"\x1b]8;;{address}\x1b\\{shown}\x1b]8;;\x1b\\"
