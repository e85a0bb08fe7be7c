"""Statements of a policy document in lines that people read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.document.document import as_list

LEVEL_WORDS = {"permissions_management": "permissions"}


# Lists of actions beyond this don't push the resources of other lines to the right.
_WIDEST = 80


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One line: `allow  ecr  list  DescribeImages, ListImages  arn:…`; cells are plain text, not yet escaped.

    Of a trust policy `actions` begins with whom it lets in.
    """

    effect: str
    service: str
    level: str
    actions: str
    where: str
    is_trust: bool = False


def rows(statements: Iterable[dict[str, Any]]) -> list[StatementRow]:
    """The statements of an identity policy, their actions sorted by access level."""
    return [row for statement in statements for row in _rows(statement)]


def _rows(statement: dict[str, Any]) -> list[StatementRow]:
    effect = str(statement.get("Effect", "?")).lower()
    where = _resources(statement) + _condition(statement)
    if "NotAction" in statement:
        listed = ", ".join(sorted(map(str, as_list(statement["NotAction"]))))
        return [StatementRow(effect, "", "", f"everything but {listed}", where)]
    if "Principal" in statement or "NotPrincipal" in statement:
        return [StatementRow(effect, "", "", _trust(statement), where.strip(), is_trust=True)]
    grouped: dict[tuple[str, str], list[str]] = {}
    for action in sorted(map(str, as_list(statement.get("Action", [])))):
        service, _, name = action.rpartition(":")
        grouped.setdefault((service, _level(service, name)), []).append(name)
    if not grouped:
        return [StatementRow(effect, "", "", "no actions", where)]
    order = ("", *catalogue.LEVELS)
    keys = sorted(grouped, key=lambda key: (key[0], order.index(key[1]) if key[1] in order else len(order)))
    return [
        StatementRow(effect, s, LEVEL_WORDS.get(lv, lv), ", ".join(grouped[s, lv]), where) for s, lv in keys
    ]


def _level(service: str, name: str) -> str:
    """The access level of an action, "" for wildcards and unknown ones."""
    matched = catalogue.matching(service, name) if "*" not in name and "?" not in name else ()
    return level_of(matched[0]) if matched else ""


def level_of(action: catalogue.Action) -> str:
    """The gravest of its access levels."""
    return next((level for level in reversed(catalogue.LEVELS) if level in action.levels), "")


def _resources(statement: dict[str, Any]) -> str:
    if "NotResource" in statement:
        return f"all but {', '.join(sorted(map(str, as_list(statement['NotResource']))))}"
    return ", ".join(sorted(map(str, as_list(statement.get("Resource", [])))))


def _condition(statement: dict[str, Any]) -> str:
    words = condition_words(statement)
    return f" if {words}" if words else ""


def condition_words(statement: dict[str, Any]) -> str:
    """What its condition asks for, "" for none."""
    block = statement.get("Condition")
    if not isinstance(block, dict) or not block:
        return ""
    parts = [
        f"{operator} {key} {' or '.join(map(str, as_list(values)))}"
        for operator, keys in sorted(block.items())
        if isinstance(keys, dict)
        for key, values in sorted(keys.items())
    ]
    return " and ".join(parts)


def _trust(statement: dict[str, Any]) -> str:
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    who = principal if isinstance(principal, dict) else {"": principal}
    named = ", ".join(
        f"{kind} {value}".strip() for kind in sorted(who) for value in sorted(map(str, as_list(who[kind])))
    )
    doing = ", ".join(sorted(map(str, as_list(statement.get("Action", [])))))
    return f"{named}: {doing}"


def texts(table: list[StatementRow]) -> list[str]:
    """The rows as aligned lines; what repeats the line above is left out."""
    widths = [
        max((len(getattr(row, cell)) for row in table), default=0) for cell in ("effect", "service", "level")
    ]
    most = min(max((len(row.actions) for row in table), default=0), _WIDEST)
    lines, last = [], ("", "")
    for row in table:
        head = (row.effect, row.service)
        shown = ("", "") if head == last else head
        last = head
        cells = [f"{cell:<{width}}" for cell, width in zip((*shown, row.level), widths, strict=True) if width]
        lines.append("  ".join([*cells, f"{row.actions:<{most}}", row.where]).rstrip())
    return lines


def phrases(table: list[StatementRow]) -> list[str]:
    """The rows each by itself, to stand inside a sentence."""
    return [
        " ".join(
            cell
            for cell in (
                row.effect,
                row.service,
                row.actions,
                row.where if row.is_trust else f"on {row.where}" if row.where else "",
            )
            if cell
        )
        for row in table
    ]
