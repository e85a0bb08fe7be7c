"""Reading a journal: what the last apply that it records set out to do, and how far it came."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.aws.journal import FORMAT
from reconciler.core.address import Address
from reconciler.core.change import Snapshot
from reconciler.core.errors import PlanError
from reconciler.core.kind import Kind
from reconciler.core.text import escaped
from reconciler.kinds import KINDS
from reconciler.plan.reverting import Step, as_state
from reconciler.policy import arns

# More than this is no journal of ours, whatever it is.
_LARGEST = 256_000_000
_KINDS: dict[str, Kind] = {kind.KIND: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Journaled:
    """One apply. `begun` is when and `line` where, as the journal has it; `done` counts calls known to have taken effect."""

    begun: str
    account: str
    specs: tuple[str, ...]
    steps: tuple[Step, ...]
    calls: int
    done: int
    line: int


def read(path: Path) -> Journaled:
    """The last apply of a journal that had anything to do. A last line that was cut short, by a crash, is passed over.

    Raises:
        PlanError: it can't be read, is no journal, is one of another version, or was changed by hand.
    """
    entries = list(_entries(path))
    plans = [index for index, entry in enumerate(entries) if entry.get("event") == "plan"]
    if not plans:
        raise PlanError(f"{path} is no journal of an apply", "apply says where it keeps its own")
    at = next((index for index in reversed(plans) if entries[index].get("calls")), plans[-1])
    last = entries[at]
    if last.get("format") != FORMAT:
        raise PlanError(f"{path} is a journal of format {escaped(str(last.get('format')))}, this version takes {FORMAT}", "what it says of each field can be put back by hand")  # fmt: skip
    try:
        return _parsed(last, entries[at + 1 :], at + 1)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        raise PlanError(f"{path} is a journal that was changed by hand", "there is nothing to go by") from None  # fmt: skip


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise PlanError(f"{path} is no journal: it is too large")
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise PlanError(f"{path} can't be read: {error.strerror}") from None
    except ValueError:
        raise PlanError(f"{path} is no journal: it is no text") from None
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            if number == len(lines):
                return
            raise PlanError(f"{path}:{number}: that is no line of a journal") from None
        if not isinstance(entry, dict):
            raise PlanError(f"{path}:{number}: that is no line of a journal")
        yield entry


def _parsed(plan: dict[str, Any], after: list[dict[str, Any]], line: int) -> Journaled:
    account = _text(plan["account"])
    return Journaled(
        begun=_text(plan["time"]),
        account=account,
        specs=tuple(map(_text, _listed(plan["specs"]))),
        steps=tuple(_step(change, account) for change in _listed(plan["changes"])),
        calls=int(plan["calls"]),
        done=sum(1 for entry in after if entry.get("event") == "outcome" and entry.get("status") == "done"),
        line=line,
    )


def _step(change: dict[str, Any], account: str) -> Step:
    kind, name = _KINDS[change["kind"]], _text(change["name"])
    before, after = _snapshot(change["before"]), _snapshot(change["after"])
    facets = tuple(_text(facet) for facet in _listed(change["facets"]) if facet in kind.FACETS)
    if after is None:
        raise ValueError
    for found in (before, after):
        if found is not None:
            _check_arn(found.arn, account)
            as_state(kind, name, found)
    return Step(Address(account, kind.KIND, name), kind, facets, before, after)


def _snapshot(found: Any) -> Snapshot | None:
    if found is None:
        return None
    return Snapshot(_text(found["arn"]), json.dumps(found["settings"]), _text(found["owner"]), _text(found["applied"]))  # fmt: skip


def _check_arn(arn: str, account: str) -> None:
    parsed = arns.parse(arn)
    if parsed is None or parsed.account != account:
        raise ValueError


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value
