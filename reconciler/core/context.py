"""What a kind is told beside its own section: the run's account, and what the loaded specs name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Tags = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SpecContext:
    """The surroundings of one section of one spec.

    `account` is filler where none is known yet. `owner` is the spec's OWNER/NAME, "" with `ownership: none`. The ARN maps hold what the loaded specs
    name, by name; `denying` are the ARNs of loaded policies that deny anything, which go into force first.
    """

    account: str
    partition: str
    owner: str
    tags: Tags = frozenset()
    policy_arns: Mapping[str, str] = field(default_factory=dict)
    role_arns: Mapping[str, str] = field(default_factory=dict)
    denying: frozenset[str] = frozenset()
    today: date = date.max
    account_is_known: bool = True
