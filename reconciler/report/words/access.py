"""Access gained and lost by a plan, in a few words for each role and as data."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

from reconciler.core.access_change import AccessChange, AccessDelta
from reconciler.core.address import Address
from reconciler.core.change import Change
from reconciler.core.plan import Plan
from reconciler.core.text import escaped, plural
from reconciler.policy.document.document import as_list
from reconciler.report.words.field import Line
from reconciler.report.words.statement import rows, texts
from reconciler.report.words.undecided import perhaps, undecided_data

_MOST_NAMED, _MOST_LINES = 3, 6
# What a plan does to somebody's access, and to who may assume it.
Told = Literal["gains", "loses", "more", "fewer", "untold"]


def lines_of(plan: Plan, holder: Address, *, new: bool) -> Iterator[tuple[str, Line]]:
    """For one resource: a title ("access" or "may assume") and the line.

    Nothing for a new one: its fields show all of its access.
    """
    for change in plan.access:
        if change.holder != holder or new:
            continue
        title = "access" if change.subject == "access" else "may assume"
        lines = [*_side(change.gained, "+", change), *_side(change.lost, "-", change)]
        if change.unseen and lines:
            lines.append(
                (" ", f"beside what these give, which could not be read: {', '.join(change.unseen)}")
            )
        for number, (sign, text) in enumerate(lines):
            yield ("" if number else title), (sign, escaped(text))


def _side(side: AccessDelta, sign: str, change: AccessChange) -> list[Line]:
    if side.answer == "unknown":
        word = "gained" if sign == "+" else "lost"
        return [("!", f"cannot tell what is {word}: {side.why}")]
    statements = [json.loads(text) for text in side.statements]
    is_trust = change.subject == "trust"
    shown = texts(rows(statements)) if is_trust else phrases(statements, side.spared)
    return [*((sign, text) for text in shown), *(("!", text) for text in perhaps(side.undecided))]


def phrases(statements: list[dict[str, Any]], spared: tuple[str, ...] = ()) -> list[str]:
    """`6 actions on ecr`, `s3:GetObject`, `everything`: in short, with where and under which conditions.

    `spared` are action patterns that a whole service is named without.
    """
    grouped: dict[tuple[str, str], list[str]] = {}
    for statement in statements:
        where = _where(statement)
        if "NotAction" in statement:
            but = ", ".join(sorted(map(str, as_list(statement["NotAction"]))))
            grouped.setdefault((f"everything but {but}", where), [])
            continue
        for action in map(str, as_list(statement.get("Action", []))):
            service = action.partition(":")[0]
            grouped.setdefault((service, where), []).append(action)
    if len(grouped) > _MOST_LINES:
        return _merged(grouped)
    return [f"{_what(service, actions, spared)}{where}" for (service, where), actions in grouped.items()]


def _merged(grouped: dict[tuple[str, str], list[str]]) -> list[str]:
    """Over services, for documents that name hundreds of them."""
    merged: dict[str, tuple[int, int]] = {}
    for (_, where), actions in grouped.items():
        services, number = merged.get(where, (0, 0))
        merged[where] = services + 1, number + len(actions)
    lines = [
        f"up to {plural(n, 'action')} of {plural(k, 'service')}{where}" for where, (k, n) in merged.items()
    ]
    more = len(lines) - _MOST_LINES
    return lines if more <= 0 else [*lines[:_MOST_LINES], f"and {more} more"]


def _what(service: str, actions: list[str], spared: tuple[str, ...]) -> str:
    if not actions:
        return service
    if "*" in actions:
        return "everything"
    if any(action.lower() == f"{service}:*".lower() for action in actions):
        kept = [name for of, _, name in (p.partition(":") for p in spared) if of.lower() == service.lower()]
        return f"all of {service} but {_some(kept)}" if kept else f"everything of {service}"
    different = sorted(set(actions))
    if len(different) <= _MOST_NAMED:
        return ", ".join(different)
    patterns = any("*" in action or "?" in action for action in different)
    return f"{len(different)} {'patterns of actions' if patterns else 'actions'} of {service}"


def _where(statement: dict[str, Any]) -> str:
    if "NotResource" in statement:
        where = f" on all but {_some(as_list(statement['NotResource']))}"
    else:
        resources = as_list(statement.get("Resource", []))
        where = " on everything" if "*" in resources else f" on {_some(resources)}"
    return where + (" under conditions" if statement.get("Condition") else "")


def _some(values: list[Any]) -> str:
    named = sorted(map(str, values))
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return ", ".join(named[:_MOST_NAMED]) + more


def access_lines(plan: Plan) -> dict[Address, frozenset[Told]]:
    """Who gains and who loses access, and for whom that is unknown.

    What is created loses nothing, and what is deleted loses all.
    """
    new = {change.address for change in plan.changes if change.action == "create"}
    effects: dict[Address, set[Told]] = {}
    for effect in plan.access:
        gained, lost = effect.gained.answer, "no" if effect.holder in new else effect.lost.answer
        words = effects.setdefault(effect.holder, set())
        more: Told = "more" if effect.subject == "trust" else "gains"
        fewer: Told = "fewer" if effect.subject == "trust" else "loses"
        words |= {more} if gained == "yes" else set()
        words |= {fewer} if lost == "yes" else set()
        words |= {"untold"} if "unknown" in (gained, lost) else set()
    for change in plan.changes:
        if is_gone_with_its_access(change):
            effects.setdefault(change.address, set()).add("loses")
    return {
        holder: frozenset(words_of_holder) for holder, words_of_holder in effects.items() if words_of_holder
    }


def indirect(plan: Plan) -> dict[Address, str]:
    """Those without a change of their own whose access changes: `changes through policy.P`."""
    return {
        change.holder: f"changes through {_some(list(change.through))}"
        for change in plan.access
        if change.through and not change.is_silent
    }


def is_gone_with_its_access(change: Change) -> bool:
    """Whether it is a principal that is deleted with the policies that it holds, or that its groups hold."""
    return (
        change.action == "delete"
        and not change.obstacles
        and any(f.field in ("attached", "inline", "groups") for f in change.fields)
    )


def summary(plan: Plan) -> str:
    """For the last line: how many gain and lose access, "" where nobody does."""
    parts, words_of = [], access_lines(plan)
    trusts = [change for change in plan.access if change.subject == "trust"]
    for words, holders in (
        (
            "access gained by",
            {c.holder for c in plan.access if c.subject == "access" and c.gained.answer == "yes"},
        ),
        (
            "access lost by",
            {c.holder for c in plan.access if c.subject == "access" and c.lost.answer == "yes"}
            | {c.address for c in plan.changes if is_gone_with_its_access(c)},
        ),
        ("more may assume", {c.holder for c in trusts if c.gained.answer == "yes"}),
        ("fewer may assume", {c.holder for c in trusts if c.lost.answer == "yes"}),
    ):
        kinds = Counter(holder.kind for holder in holders)
        if kinds:
            parts.append(f"{words} {' and '.join(_counted(kinds[kind], kind) for kind in sorted(kinds))}")
    untold = sum("untold" in words for words in words_of.values())
    if untold:
        parts.append(f"not known for {untold}")
    return ", ".join(parts)


def _counted(number: int, kind: str) -> str:
    return f"{number} {'policies' if number > 1 else kind}" if kind == "policy" else plural(number, kind)


def data(change: AccessChange) -> dict[str, Any]:
    """One as plain data."""
    return {
        "address": str(change.holder),
        "subject": change.subject,
        "gained": side_data(change.gained),
        "lost": side_data(change.lost),
        "unseen": list(change.unseen),
    }


def side_data(side: AccessDelta) -> dict[str, Any]:
    """What is gained, or lost, as plain data."""
    return {
        "verdict": side.answer,
        "access": [json.loads(text) for text in side.statements],
        "witness": json.loads(side.witness) if side.witness else None,
        "why": side.why or None,
        "complete": side.is_complete,
        "undecided": undecided_data(side.undecided),
    }
