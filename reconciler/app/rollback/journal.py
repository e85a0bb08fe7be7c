"""Reads a journal: what the last apply was to do, and what it has done."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from reconciler.app.output.files import text_of
from reconciler.aws.journal import FORMAT
from reconciler.core.address import Address
from reconciler.core.change import Snapshot
from reconciler.core.errors import PlanError
from reconciler.core.kind import AnyKind
from reconciler.core.text import escaped
from reconciler.facets.snapshot import number, text, texts
from reconciler.kinds import KINDS
from reconciler.plan.rollback import Attempt, Step, as_state
from reconciler.policy.document import arns

# More than this is no journal of ours, whatever it is.
_LARGEST = 256_000_000
_KINDS: dict[str, AnyKind] = {kind.KIND: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Journaled:
    """One apply. `begun` is when it began and `line` where it stands in the journal.

    `done` counts calls that are known to have taken effect. `folders` are where its specs were. `taken` is
    what it detached from resources that were otherwise not part of it.
    """

    begun: str
    account: str
    specs: tuple[str, ...]
    folders: tuple[str, ...]
    steps: tuple[Step, ...]
    calls: int
    done: int
    line: int
    taken: tuple[tuple[Address, str], ...] = ()


def read(path: Path) -> Journaled:
    """The last apply of a journal that had anything to do.

    A line that a crash cut short is skipped.

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
        raise PlanError(
            f"{path} is a journal of format {escaped(str(last.get('format')))}, this version takes {FORMAT}",
            "what it says of each field can be restored by hand",
        )
    try:
        own = [entry for entry in entries[at + 1 :] if entry.get("run") == last["run"]]
        return _parsed(last, own, at + 1)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        raise PlanError(
            f"{path} is a journal that was changed by hand", "there is nothing to go by"
        ) from None


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    """The lines. A broken one is the last of an apply, so nothing or another plan follows it."""
    lines = text_of(path, "journal", _LARGEST).splitlines()
    broken = 0
    for place, line in enumerate(lines, start=1):
        entry = _entry(line)
        if broken and (entry or {}).get("event") != "plan":
            raise PlanError(f"{path}:{broken}: that is no line of a journal")
        broken = place if entry is None else 0
        yield entry or {}


def _entry(line: str) -> dict[str, Any] | None:
    """A line's members, or None where it is broken."""
    try:
        entry = json.loads(line, parse_constant=_refused)
        # Half a surrogate pair is no text that could ever be sent.
        json.dumps(entry, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _refused(name: str) -> NoReturn:
    raise ValueError(name)


def _parsed(plan: dict[str, Any], after: list[dict[str, Any]], line: int) -> Journaled:
    account = text(plan["account"])
    attempts, done = _attempts(after)
    steps = tuple(_step(change, account, attempts) for change in _listed(plan["changes"]))
    return Journaled(
        begun=text(plan["time"]),
        account=account,
        specs=texts(plan["specs"]),
        folders=texts(plan["folders"]),
        steps=steps,
        calls=number(plan["calls"]),
        done=done,
        line=line,
        taken=tuple(_taken(attempts, steps, account)),
    )


def _attempts(entries: list[dict[str, Any]]) -> tuple[Mapping[str, list[Attempt]], int]:
    """The calls that may have taken effect, by resource; and how many are known to have."""
    statuses = {number(e["number"]): e["status"] for e in entries if e.get("event") == "outcome"}
    attempts: dict[str, list[Attempt]] = {}
    for entry in entries:
        if entry.get("event") == "call" and statuses.get(number(entry["number"])) != "failed":
            params = dict(entry["params"].items())
            attempt = (text(entry["operation"]), params)
            for about in dict.fromkeys((text(entry["resource"]), *_ends(params))):
                attempts.setdefault(about, []).append(attempt)
    return attempts, list(statuses.values()).count("done")


# The parameters that name whom a call is about: both ends of a membership, whichever asked for it; and who
# has a policy attached, whom a list names without the path that its ARN has.
_ABOUT = {kind.NAMED_BY: kind.KIND for kind in KINDS if kind.NAMED_BY}
# What is detached from whom, by operation.
_TAKES = {operation: kind for kind in KINDS for operation in kind.TAKES_OFF}


def _ends(params: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{kind} {text(params[key])}" for key, kind in _ABOUT.items() if key in params)


def _taken(
    attempts: Mapping[str, list[Attempt]], steps: tuple[Step, ...], account: str
) -> Iterator[tuple[Address, str]]:
    """What was detached from other resources, because it was to be deleted."""
    known = {step.address for step in steps}
    calls = {
        (operation, tuple(sorted(params.items()))): params
        for own in attempts.values()
        for operation, params in own
        if operation in _TAKES
    }
    for (operation, _), params in calls.items():
        kind = _TAKES[operation]
        address = Address(account, kind.KIND, text(params[kind.NAMED_BY]))
        if address not in known:
            yield address, text(params[kind.TAKES_OFF[operation]])


def _step(change: dict[str, Any], account: str, attempts: Mapping[str, list[Attempt]]) -> Step:
    kind, name = _KINDS[change["kind"]], text(change["name"])
    before, after = _snapshot(change["before"]), _snapshot(change["after"])
    facets = tuple(facet for facet in texts(change["facets"]) if facet in kind.FACETS)
    deletes = change["action"] == "delete"
    if deletes and before is not None and after is None:
        after = _emptied(kind, before)
    if after is None:
        raise ValueError
    snapshots = [snapshot for snapshot in (before, after) if snapshot is not None]
    for snapshot in snapshots:
        _check_arn(snapshot.arn, account, kind, name)
        as_state(kind, name, snapshot)
    # A path can change, and the ARN with it: calls are noted under the one that was wanted.
    arns_ = dict.fromkeys(snapshot.arn for snapshot in snapshots)
    own = [attempt for about in (*arns_, f"{kind.KIND} {name}") for attempt in attempts.get(about, [])]
    return Step(Address(account, kind.KIND, name), kind, facets, before, after, tuple(own), deletes)


def _emptied(kind: AnyKind, before: Snapshot) -> Snapshot:
    """What a resource is just before it is deleted."""
    settings = json.loads(before.settings)
    return replace(
        before,
        settings=json.dumps(
            {key: was if was is None else kind.EMPTIED.get(key, was) for key, was in settings.items()}
        ),
    )


def _snapshot(data: Any) -> Snapshot | None:
    if data is None:
        return None
    return Snapshot(
        text(data["arn"]), json.dumps(data["settings"]), text(data["owner"]), text(data["applied"])
    )


def _check_arn(arn: str, account: str, kind: AnyKind, name: str) -> None:
    if kind.ONE_IN_ACCOUNT and name == account and arn == arns.root(arn.split(":")[1], account):
        return
    parsed = arns.parse(arn)
    if parsed is None or (parsed.account, parsed.kind, parsed.name) != (account, kind.KIND, name):
        raise ValueError


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value
