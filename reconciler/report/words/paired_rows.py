"""Statements of two documents side by side: what differs in nothing but some of its actions is one row."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from reconciler.report.words.statement import StatementRow

# Of actions that both have; more are a number.
_MOST_ALIKE = 6
Mark = Literal["", "-", "+"]


@dataclass(frozen=True, slots=True)
class PairedRow:
    """One row. `sign` is "-" or "+" for what only one document has, "±" where the actions differ.

    `parts` are the actions of both, each with the sign of the document that alone has it, "" for both.
    """

    sign: Literal["-", "+", "±"]
    row: StatementRow
    parts: tuple[tuple[str, Mark], ...]

    @property
    def in_text(self) -> StatementRow:
        """The row with its actions marked, as `+DeleteItem, GetItem`; long lists without what both have."""
        alike = [name for name, sign in self.parts if not sign]
        shown = [f"{sign}{name}" for name, sign in self.parts if sign or len(alike) <= _MOST_ALIKE]
        more = [f"{len(alike)} as before"] if len(alike) > _MOST_ALIKE else []
        return replace(self.row, actions=", ".join([*shown, *more]))

    def only(self, sign: Mark) -> StatementRow | None:
        """The row with what only one of the documents has, None for nothing."""
        names = [name for name, of in self.parts if of == sign]
        return replace(self.row, actions=", ".join(names)) if names else None


def paired(removed: list[StatementRow], added: list[StatementRow]) -> Iterator[PairedRow]:
    """The rows that differ, in the order of the old document, and then those that only the new one has.

    Several of one head are one; the case of actions means nothing.
    """
    old, new = _by_head(removed), _by_head(added)
    for head, row in old.items():
        twin = new.get(head)
        if twin is None:
            yield PairedRow("-", row, ((row.actions, "-"),))
        elif parts := tuple(_parts(row.actions.split(", "), twin.actions.split(", "))):
            yield PairedRow("±", row, parts)
    yield from (PairedRow("+", row, ((row.actions, "+"),)) for head, row in new.items() if head not in old)


def _by_head(table: list[StatementRow]) -> dict[tuple[str, ...], StatementRow]:
    rows: dict[tuple[str, ...], StatementRow] = {}
    for row in table:
        head = _head(row)
        earlier = rows.get(head)
        joined = f"{earlier.actions}, {row.actions}" if earlier and row.service else row.actions
        rows[head] = replace(row, actions=joined)
    return rows


def _head(row: StatementRow) -> tuple[str, ...]:
    # What names no service is no list of actions: a trust, or all but some.
    return (
        (row.effect, row.service.lower(), row.level, row.where)
        if row.service
        else (row.effect, row.actions, row.where)
    )


def _parts(removed: list[str], added: list[str]) -> Iterator[tuple[str, Mark]]:
    """Nothing where both have the same."""
    old, new = ({name.lower(): name for name in names} for names in (removed, added))
    if old.keys() == new.keys():
        return
    for key, name in sorted({**old, **new}.items()):
        yield name, "" if key in old and key in new else "-" if key in old else "+"
