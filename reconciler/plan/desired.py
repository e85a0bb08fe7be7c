"""A desired resource with all that planning needs to know of it."""

from dataclasses import dataclass
from typing import Any

from reconciler.core.address import Address, Source
from reconciler.core.kind import Kind
from reconciler.parts.ignores import Ignore


@dataclass(frozen=True, slots=True)
class Desired:
    """One resource of a spec; `state` is the kind's own frozen state, `adopt` the spec's consent to take it over."""

    address: Address
    kind: Kind
    state: Any
    spec: str
    source: Source
    ignores: tuple[Ignore, ...] = ()
    adopt: bool = False
    untagged: bool = False
