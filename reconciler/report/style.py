"""How text is dressed on a terminal."""

from dataclasses import dataclass

_COLOURS = {"+": "32", "-": "31", "~": "33", "»": "36", "i": "34", "!": "31"}


@dataclass(frozen=True, slots=True)
class Style:
    """How text is dressed; without colour it is plain."""

    colour: bool = False

    def sign(self, sign: str, text: str) -> str:
        """The text in the colour of its sign."""
        code = _COLOURS.get(sign)
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text

    def faint(self, text: str) -> str:
        """What may be overlooked."""
        return f"\x1b[2m{text}\x1b[0m" if self.colour else text
