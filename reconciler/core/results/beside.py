"""What is said beside findings: specs that could not be compared, and what no spec describes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """A spec that could not be compared at all; `problems` are lines that say where and why."""

    spec: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """What is in the account and in no loaded spec: addresses as text; `described` of all are in one."""

    addresses: tuple[str, ...]
    aws_owned: int
    described: int

    @property
    def all(self) -> int:
        """How many there are that a spec could describe."""
        return self.described + len(self.addresses)
