"""What a resource is called in plans, specs and reports."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """One resource of one account; `kind` is the word of the spec language (`instance-profile`)."""

    account: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.name}"

    def matches(self, pattern: str) -> bool:
        """Whether the short form fits a pattern in which `*` stands for any text."""
        escaped = pattern.replace("[", "[[]").replace("?", "[?]")
        return fnmatchcase(str(self), escaped)


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Where in the specs a resource is described; `line` counts from 1.

    `template` is the place in the template that makes it, for a resource that a `use` entry asks for.
    """

    file: str
    line: int
    template: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place} ({self.template})" if self.template else place
