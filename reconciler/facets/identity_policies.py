"""All calls about the policies that a role, group or user holds, in a safe order."""

from collections.abc import Mapping
from typing import Any, Protocol

from reconciler.core.call import Call
from reconciler.core.text import shortened
from reconciler.facets import attachments, inline_policies
from reconciler.facets.identity import Identity
from reconciler.facets.safe_order import in_safe_order
from reconciler.policy.document import arns

# What a difference means.
FACET_TITLES = {
    "attached": "A role, user or group has other managed policies attached than the spec says.",
    "inline": (
        "An inline policy of a role, user or group is missing, is not in the spec, or means something else."
    ),
}

# What is taken away before whoever holds it is deleted.
EMPTIED: Mapping[str, Any] = {"attached": [], "inline": {}}


class IdentityState(Protocol):
    """What the states of all of them have; `denying` are managed policies that deny."""

    @property
    def identity(self) -> Identity:
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


def summary(want: IdentityState) -> list[str]:
    """What `verify` says of them when all is right."""
    inline = ", ".join(name for name, _ in want.inline)
    account = want.identity.arn.split(":")[4]
    return [attachments.summary(want.attached, account), *([f"inline {inline}"] if inline else [])]


def in_words(have: IdentityState, limit: str = "") -> tuple[str, ...]:
    """What somebody holds, and within which boundary."""
    account = have.identity.arn.split(":")[4]
    held = [arns.short(arn, account) for arn in sorted(have.attached)]
    held += [f"inline policy {name}" for name, _ in have.inline]
    bounds = (f"its permissions boundary is {arns.short(limit, account)}",) if limit else ()
    return (f"holds {shortened(held)}" if held else "holds no policy", *bounds)


def nothing_left(have: IdentityState) -> tuple[Call, ...]:
    """What takes all of these policies away; what denies goes last."""
    calls = (
        *attachments.changes(have.identity, frozenset(), have.attached, 0),
        *inline_policies.changes(have.identity, (), have.inline, have.partition),
    )
    return in_safe_order(calls, frozenset(), have.denying, have.inline)


class Limited(IdentityState, Protocol):
    """One that may hold so many managed policies."""

    @property
    def quota(self) -> int:
        """How many."""


def notes(want: Limited, have: IdentityState) -> tuple[str, ...]:
    """A quota may force something off before its replacement is on."""
    return notes_within(want, have, want.quota)


def notes_within(want: IdentityState, have: IdentityState, quota: int) -> tuple[str, ...]:
    """The same with this many attachments."""
    return (
        *attachments.notes(want.attached, have.attached, quota),
        *inline_policies.notes(want.identity, want.inline, have.inline, want.partition),
    )


def blockers(want: IdentityState, have: IdentityState | None, quota: int) -> tuple[str, ...]:
    """What a quota forbids, with what the spec leaves alone."""
    reasons = inline_policies.blockers(want.identity, want.inline)
    if len(want.attached) > quota and have is not None:
        kept = (
            f"{len(want.attached)} policies would be attached with what is left alone, and there is room for"
            f" {quota}"
        )
        return (*reasons, kept)
    return reasons


def changes(
    want: IdentityState, attached: frozenset[str], inline: inline_policies.Inline, quota: int
) -> tuple[Call, ...]:
    """What leads from these live policies to the wanted ones."""
    calls = (
        *attachments.changes(want.identity, want.attached, attached, quota),
        *inline_policies.changes(want.identity, want.inline, inline, want.partition),
    )
    return in_safe_order(calls, want.attached, want.denying, inline)
