"""All calls about the policies that a role, group or user holds, in a safe order."""

from typing import Protocol

from reconciler.core.call import Call
from reconciler.parts import attachments, inline_policies
from reconciler.parts.access_order import in_safe_order
from reconciler.parts.holders import Holder


class Holding(Protocol):
    """What the states of all of them have; `denying` are managed policies that deny."""

    @property
    def holder(self) -> Holder:
        """Who holds."""

    @property
    def partition(self) -> str:
        """The partition it is in."""

    @property
    def attached(self) -> frozenset[str]:
        """The ARNs of managed policies."""

    @property
    def inline(self) -> inline_policies.Inline:
        """Its own policies."""

    @property
    def denying(self) -> frozenset[str]:
        """Managed policies that deny."""


def changes(want: Holding, attached: frozenset[str], inline: inline_policies.Inline, quota: int) -> tuple[Call, ...]:  # fmt: skip
    """What leads from these live policies to the wanted ones."""
    calls = (
        *attachments.changes(want.holder, want.attached, attached, quota),
        *inline_policies.changes(want.holder, want.inline, inline, want.partition),
    )
    return in_safe_order(calls, want.attached, want.denying, inline)
