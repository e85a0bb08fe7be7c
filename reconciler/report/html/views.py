"""The two states in which principals are drawn: as planned, and as found live."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.core.principal_view import HeldPolicy, Membership, PrincipalView, Standing
from reconciler.report.html.page import Tone


@dataclass(frozen=True, slots=True)
class View:
    """Which of the two states is drawn, and the words for parts that are in only one of them."""

    is_live: bool
    words: Mapping[Standing, tuple[str, Tone]]
    note: str

    def text(self, held: HeldPolicy) -> str:
        """The document to show: of the state drawn, or of the other one where only that has it."""
        return (held.live or held.desired) if self.is_live else (held.desired or held.live)

    def has(self, held: HeldPolicy | Membership) -> bool:
        """Whether it is there in the state drawn."""
        return held.standing != ("added" if self.is_live else "removed")

    def of(self, picture: PrincipalView) -> "View":
        """Everything of a new principal is new: that is not repeated for each part."""
        return self if picture.exists else replace(self, words={**self.words, "added": _SAME})


_SAME: tuple[str, Tone] = ("", "plain")
_DRAWN = (
    "From left to right: who may assume a role, or is in a group; the role, group or user; its groups and"
    " policies, and the services and access levels that each policy reaches, with the number of actions."
    " Service control policies and policies of resources are not looked at."
)
AS_PLANNED = View(
    is_live=False,
    words={
        "same": _SAME,
        "added": ("added", "gained"),
        "removed": ("removed", "lost"),
        "changed": ("changed", "plain"),
    },
    note=f"As it will be after an apply. {_DRAWN}",
)
AS_FOUND = View(
    is_live=True,
    words={
        "same": _SAME,
        "added": ("missing live", "lost"),
        "removed": ("not in the spec", "gained"),
        "changed": ("differs from the spec", "plain"),
    },
    note=f"As it is live today. {_DRAWN}",
)
