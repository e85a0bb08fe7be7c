"""An AWS call as a value, and the answers to calls: what the core hands to the edges and gets back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Params = Mapping[str, Any]
# A plan names the same reads again and again: as many as the largest account has of a kind are kept.
MOST_KEPT = 10_000
# Where actions begin with another word than the service has in boto3.
_PREFIXES = {"resourcegroupstaggingapi": "tag"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call with boto3's own operation name and parameters.

    `body` is the parameters as canonical JSON, which makes a call hashable, comparable and byte-stable.
    `lane` names the resource that a write changes: calls of one lane never run at the same time, because
    IAM answers ConcurrentModification otherwise. `needs` and `provides` are facts (`core/facts.py`). Of a
    list that is read for its `first_page`, the others are not asked for.
    """

    service: str
    operation: str
    body: str
    lane: str = ""
    needs: frozenset[str] = frozenset()
    provides: frozenset[str] = frozenset()
    first_page: bool = False

    def __hash__(self) -> int:
        """Calls are looked up by the thousand: two parts that tell nearly all of them apart."""
        return hash((self.operation, self.body))

    @property
    def params(self) -> dict[str, Any]:
        """The parameters, a fresh copy each time."""
        params: dict[str, Any] = json.loads(self.body)
        return params

    @property
    def permission(self) -> str:
        """The action a policy must allow for this call."""
        return f"{_PREFIXES.get(self.service, self.service)}:{self.operation}"

    def __str__(self) -> str:
        return self.operation


def read(operation: str, service: str = "iam", **params: Any) -> Call:
    """A call that changes nothing."""
    return Call(service, operation, _body(params))


def write(
    operation: str,
    lane: str,
    params: Params,
    *,
    needs: Iterable[str] = (),
    provides: Iterable[str] = (),
) -> Call:
    """A call that changes the resource `lane`."""
    return Call("iam", operation, _body(params), lane, frozenset(needs), frozenset(provides))


def _body(params: Params) -> str:
    return json.dumps(params, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Answers:
    """What AWS said to a set of reads. A NoSuchEntity is the answer "there is none", not an error."""

    def __init__(self, answers: Mapping[Call, Params | None]) -> None:
        self._answers = answers

    def __contains__(self, call: object) -> bool:
        return call in self._answers

    def get(self, call: Call) -> Params | None:
        """The response's members, or None where the thing asked for does not exist.

        Raises:
            KeyError: the call was never asked; a kind's `reads` must list it.
        """
        return self._answers[call]

    def __len__(self) -> int:
        return len(self._answers)
