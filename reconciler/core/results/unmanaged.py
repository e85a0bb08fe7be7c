"""Resources in no spec: which part of an account specs are the whole of, what becomes of the rest."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from reconciler.core.address import Address
from reconciler.core.results.finding import Severity

# Which unmanaged resources lead to exit code 2.
UnmanagedFailOn = Literal["critical", "gain", "any", "never"]
UNMANAGED_FAIL_ON: tuple[UnmanagedFailOn, ...] = ("critical", "gain", "any", "never")


@dataclass(frozen=True, slots=True)
class Coverage:
    """The part of the account that the specs are about: these IAM paths and kinds, all where none are named.

    `complete` is whether nothing else in it has an owner: not even a spec of another project.
    """

    complete: bool = False
    paths: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def has(self, kind: str, path: str) -> bool:
        """Whether a resource of this kind, on this path, is in the part."""
        on_path = not self.paths or any(path.startswith(covered) for covered in self.paths)
        return on_path and (not self.kinds or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class LeftUnmanaged:
    """Resources that are known and in no spec: a pattern of addresses, why, and the last day, if any."""

    match: str
    reason: str
    until: date | None = None

    def fits(self, address: Address, today: date) -> bool:
        """Whether it is about this resource, and still holds."""
        return address.matches(self.match) and (self.until is None or today <= self.until)


@dataclass(frozen=True, slots=True)
class UnmanagedRules:
    """What a project says of resources in no spec."""

    fail_on: UnmanagedFailOn = "critical"
    ignore: tuple[LeftUnmanaged, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnedElsewhere:
    """A resource that belongs to a spec which is not loaded; `words` say whose it is.

    `is_of_project` is whether another environment of the same project made it, `severity` how bad what it
    lets somebody do would be if nobody owned it.
    """

    address: str
    spec: str
    words: str
    is_of_project: bool = False
    severity: Severity = "metadata"


@dataclass(frozen=True, slots=True)
class LeftInNoSpec:
    """A resource in no spec that the project knows of, and why."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """What is in the account and in no loaded spec: addresses as text; `described` of all are in one.

    Of the addresses, `elsewhere` belong to other specs, `ignored` are known, and `outside` counts those that
    are not in the part of the account that the specs are about. `fail_on` says which findings count.
    """

    addresses: tuple[str, ...]
    aws_owned: int
    described: int
    elsewhere: tuple[OwnedElsewhere, ...] = ()
    ignored: tuple[LeftInNoSpec, ...] = ()
    outside: int = 0
    fail_on: UnmanagedFailOn = "critical"

    @property
    def all(self) -> int:
        """How many there are that a spec could describe."""
        return self.described + len(self.addresses)
