"""A desired resource with all that planning needs to know of it."""

from dataclasses import dataclass
from typing import Any

from reconciler.core.address import Address, Source
from reconciler.core.kind import Kind
from reconciler.language.ignore import Ignore


@dataclass(frozen=True, slots=True)
class Desired:
    """One resource of a spec; `state` is the kind's own frozen state.

    `adopt` is the spec's consent to take it over, `acknowledged` to what guards refuse.
    """

    address: Address
    kind: Kind
    state: Any
    spec: str
    source: Source
    ignores: tuple[Ignore, ...] = ()
    adopt: bool = False
    untagged: bool = False
    acknowledged: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Removed:
    """What a spec lets go of: an address, in which `*` stands for any text."""

    spec: str
    pattern: str
    source: Source
