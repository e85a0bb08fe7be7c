"""What a role, user or group holds, live and as the specs say, as plain data: for reports that draw it."""

from dataclasses import dataclass
from typing import Literal

from reconciler.core.address import Address, Source

# In both, only as desired, only live, or in both and another one.
Standing = Literal["same", "added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class HeldPolicy:
    """One policy. `live` and `desired` are its document as JSON text, "" where it is not known."""

    name: str
    standing: Standing
    live: str = ""
    desired: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """A user in a group, by the other one's name.

    `policies` are what the group holds, None where that is not known.
    """

    name: str
    standing: Standing
    policies: tuple[HeldPolicy, ...] | None = None


@dataclass(frozen=True, slots=True)
class PrincipalView:
    """One principal; the trusts are JSON text, "" for none.

    `boundary` has two members where it is another one.

    `groups` are a user's, `members` a group's; `has_all_groups` is whether it can be in none beside.
    """

    address: Address
    exists: bool
    trust_live: str = ""
    trust_desired: str = ""
    policies: tuple[HeldPolicy, ...] = ()
    boundary: tuple[HeldPolicy, ...] = ()
    source: Source | None = None
    groups: tuple[Membership, ...] = ()
    has_all_groups: bool = True
    members: tuple[Membership, ...] = ()
