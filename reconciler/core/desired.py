"""A desired resource with all that planning needs to know of it."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from reconciler.core.address import Address, Source
from reconciler.core.kind import AnyKind


@dataclass(frozen=True, slots=True)
class Ignore:
    """One entry in force: a whole field, or where `match` is given the live values of it that fit."""

    facet: str
    match: str
    reason: str

    def fits(self, field: str, value: str, *, is_live: bool) -> bool:
        """Whether this value of this field is to be left alone.

        A pattern is for what is live, never for what is wanted.
        """
        if field != self.facet:
            return False
        if not self.match:
            return True
        return is_live and fnmatchcase(value, self.match.replace("[", "[[]").replace("?", "[?]"))


@dataclass(frozen=True, slots=True)
class Desired:
    """One resource of a spec; `state` is the kind's own frozen state.

    `adopt` is the spec's consent to take it over, `acknowledged` to what guards refuse. `shaped_by` are the
    variables of which its name is made, with their values.
    """

    address: Address
    kind: AnyKind
    state: Any
    spec: str
    source: Source
    ignores: tuple[Ignore, ...] = ()
    adopt: bool = False
    untagged: bool = False
    acknowledged: frozenset[str] = frozenset()
    shaped_by: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """What a spec lets go of: an address, in which `*` stands for any text."""

    spec: str
    pattern: str
    source: Source


def boundaries_only(desired: tuple[Desired, ...]) -> frozenset[str]:
    """Policies that serve as boundaries and nothing else grant nothing."""
    limits = {getattr(d.state, "boundary", "") for d in desired}
    attached = {arn for d in desired for arn in getattr(d.state, "attached", ())}
    return frozenset(limits - attached - {""})
