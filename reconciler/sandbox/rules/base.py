"""What a rule is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Params = dict[str, Any]


class Refusal(Exception):
    """IAM's refusal: error code and message. The HTTP status follows from the code in the service model."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Rule:
    """One difference between IAM and moto. `source` says where the behaviour is known from."""

    name: str
    operations: frozenset[str]
    check: Callable[[Any, Params], None]
    source: str


def rule(name: str, source: str, *operations: str) -> Callable[[Callable[[Any, Params], None]], Rule]:
    """Make a rule of a function."""

    def made(check: Callable[[Any, Params], None]) -> Rule:
        return Rule(name, frozenset(operations), check, source)

    return made


def role_named(world: Any, name: str) -> Any:
    """Moto's role of this name, or None."""
    return next((role for role in world.roles.values() if role.name == name), None)
