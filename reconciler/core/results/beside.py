"""What is said beside findings: specs that could not be compared."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """A spec that could not be compared at all; `problems` are lines that say where and why."""

    spec: str
    problems: tuple[str, ...]
