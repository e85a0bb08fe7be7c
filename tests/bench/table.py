"""BENCHMARKS.md, made of what was measured."""

import platform
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import pairwise
from math import log
from pathlib import Path

from tests.bench import others
from tests.bench.measured import BenchRow
from tests.bench.scale import Size

_COLUMNS = ("", "calls", "writes", "at once", "seconds", "server", "MB", "ratio")
_ALIGN = "|---|--:|--:|--:|--:|--:|--:|---|"
# What each row is measured against.
_AGAINST = {
    "converged plan": {0: "boto3, account-wide", 1: "boto3, each in turn"},
    "drift": {0: "boto3, account-wide", 1: "boto3, each in turn"},
    "first apply": {0: "boto3, the same writes"},
}


def against(row: BenchRow, size: Size) -> str:
    """The ratio of times to what the row is measured against, or ""."""
    other = _AGAINST.get(row.name, {})
    name = other.get(size.number, other.get(0, ""))
    ratio = size.ratio(row.name, name) if name else None
    return "" if ratio is None else f"{ratio:.2f} × {name}"


def lines(row: BenchRow, size: Size | None) -> str:
    """One row of a table."""
    cells = (
        row.name,
        row.calls,
        row.writes,
        row.at_once,
        f"{row.seconds:.2f}",
        f"{row.served:.2f}",
        f"{row.megabytes:.0f}",
        against(row, size) if size else "",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def head() -> tuple[str, str]:
    """The heading of a table."""
    return "| " + " | ".join(_COLUMNS) + " |", _ALIGN


def growth(sizes: list[Size], name: str) -> str:
    """How a row's calls, time and memory grow from each size to the next, as exponents of the size."""
    rows = [(size.number, row) for size in sizes if (row := size.row(name))]
    parts = []
    for (small, before), (large, after) in pairwise(rows):
        times = log(large / small)
        exponents = (
            log(b / a) / times
            for a, b in (
                (before.calls, after.calls),
                (before.seconds, after.seconds),
                (before.megabytes, after.megabytes),
            )
        )
        parts.append(
            "{} → {}: calls n^{:.2f}, time n^{:.2f}, memory n^{:.2f}".format(small, large, *exponents)
        )
    return f"- {name}: " + "; ".join(parts)


def shared(pairs: Iterable[tuple[BenchRow, ...]]) -> Iterator[str]:
    """Plans and drifts of many changed roles, each drift with its ratio to the plan."""
    yield "\n## Many changed roles that share policies\n"
    yield from head()
    for plan, drift in pairs:
        yield lines(plan, None)
        ratio = f"{drift.seconds / plan.seconds:.2f} × the plan |"
        yield lines(drift, None).removesuffix(" |") + ratio


def document(
    sizes: list[Size],
    storm: BenchRow,
    crowd: tuple[BenchRow, ...],
    planning: list[float],
    pairs: list[tuple[BenchRow, ...]],
) -> str:
    """The whole file."""
    return "\n".join((*_document(sizes, storm, crowd, planning), *shared(pairs))) + "\n"


def _document(
    sizes: list[Size], storm: BenchRow, crowd: tuple[BenchRow, ...], planning: list[float]
) -> Iterator[str]:
    yield _ABOUT.format(versions=_versions())
    for size in sizes:
        yield f"\n## {size.number} triple{'s' if size.number > 1 else ''}\n"
        yield from head()
        yield from (lines(row, size) for row in size.rows)
    yield "\n## How it grows\n"
    yield from (growth(sizes, name) for name in ("converged plan", "drift", "first apply"))
    yield (
        f"- comparing a thousand triples without asking anything: {planning[0]:.2f} s where all are new,"
        f" {planning[1]:.2f} s where all are as they should be (processor time)"
    )
    yield "\n## One triple among 5,000 other roles and 3,000 other policies\n"
    yield from head()
    yield from (lines(row, None) for row in crowd)
    yield "\n## A hundred triples where the account bears fifty calls a second\n"
    yield from head()
    yield lines(storm, None)
    share = storm.throttled / storm.calls
    yield f"\n{storm.throttled} of {storm.calls} calls were answered Throttling ({share:.0%})."


def _versions() -> str:
    names = [
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in ("iam-reconciler", "boto3", "moto")),
    ]
    more = [
        f"{name} {installed}"
        for name, package in (("ansible", "ansible"), ("iambic", "iambic-core"))
        if (installed := others.version(name, package))
    ]
    return ", ".join([*names, *more]) + f", {sys.platform}"


_ABOUT = Path(__file__).with_name("about.md").read_text(encoding="utf-8").removesuffix("\n")
