"""What a kind is told beside its own section: the run's account, and what the loaded specs name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Tags = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Names:
    """What the loaded specs name. `arns` has the ARN of each resource by kind and name; an ARN may be filler.

    `audiences` has those that each OIDC provider takes, by its host with path.
    """

    arns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    audiences: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def arn(self, kind: str, name: str) -> str:
        """The ARN, or "" where no loaded spec has it."""
        return self.arns.get((kind, name), "")

    def of(self, kind: str) -> tuple[str, ...]:
        """All names of one kind."""
        return tuple(name for of_kind, name in self.arns if of_kind == kind)


@dataclass(frozen=True, slots=True)
class Quotas:
    """The account's quotas, as its spec says they were raised; None where the default stands."""

    policies_per_role: int | None = None
    policies_per_user: int | None = None
    trust_size: int | None = None


@dataclass(frozen=True, slots=True)
class SpecContext:
    """The surroundings of one section of one spec.

    `account` is filler where none is known yet. `owner` is the spec's OWNER/NAME, "" with `ownership: none`.
    `denying` are the ARNs of loaded policies that deny anything, which go into force first. `contents` has
    the text of each file that the spec names beside its documents. `lints` asks for what a reviewer would
    say, too.
    """

    account: str
    partition: str
    owner: str
    tags: Tags = frozenset()
    names: Names = Names()
    denying: frozenset[str] = frozenset()
    today: date = date.max
    account_is_known: bool = True
    quotas: Quotas = Quotas()
    contents: Mapping[str, str] = field(default_factory=dict)
    lints: bool = False
