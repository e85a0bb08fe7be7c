"""What a spec says must be allowed or denied, and how that came out."""

from dataclasses import dataclass
from typing import Literal

from reconciler.core.problems import Located


@dataclass(frozen=True, slots=True)
class Expectation:
    """One request. `role` is a name in the specs or an ARN, `resource` None for any, `place` in the spec.

    `spec` is the name of the spec that says so.
    """

    wanted: Literal["allowed", "denied"]
    role: str
    action: str
    resource: str | None
    context: tuple[tuple[str, tuple[str, ...]], ...]
    place: Located
    spec: str = ""

    @property
    def role_name(self) -> str:
        """The role's name."""
        return self.role.rpartition("/")[2] if self.role.startswith("arn:") else self.role

    def __str__(self) -> str:
        where = f" on {self.resource}" if self.resource else ""
        given = ", ".join(f"{key} {' and '.join(values)}" for key, values in self.context)
        return f"{self.role_name} {self.action}{where}{f' with {given}' if given else ''} {self.wanted}"


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether it is so; `why` names what decided."""

    expectation: Expectation
    answer: Literal["yes", "no", "unknown"]
    why: str
