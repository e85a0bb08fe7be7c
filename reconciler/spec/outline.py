"""What spec files describe, seen in their plain data, before anything is checked or resolved."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.facets.reads.account import Tagging
from reconciler.kinds import KINDS
from reconciler.spec import references
from reconciler.spec.files import SpecFile
from reconciler.spec.section_checks import data_of


@dataclass(frozen=True, slots=True)
class Outline:
    """How many resources of each kind there are, and which specs mark their resources."""

    numbers: Mapping[str, int]
    marked: Tagging


def outline(files: tuple[SpecFile, ...]) -> Outline:
    """The outline of these files; variables stay unread, so it may be slightly wrong."""
    numbers: Counter[str] = Counter()
    marked: Counter[str] = Counter()
    for file in files:
        data = data_of(file.root, file.shown)[0] or {}
        own = Counter(kind for kind, _ in references.named(data, "", "aws"))
        numbers += own
        if data.get("ownership") != "none":
            marked[str(data.get("name"))] += _shown_by_tagging_api(own)
    return Outline(numbers, tuple(sorted(marked.items())))


def addresses(files: tuple[SpecFile, ...]) -> tuple[str, ...]:
    """The addresses of what these files describe, for shell completion."""
    tables = (data_of(file.root, file.shown)[0] or {} for file in files)
    return tuple(
        sorted({f"{kind}.{name}" for data in tables for kind, name in references.named(data, "", "aws")})
    )


def _shown_by_tagging_api(numbers: Counter[str]) -> int:
    """How many of these resources, by kind, the tagging API lists. Asks only kinds that the spec has."""
    return sum(
        numbers[kind.KIND] for kind in KINDS if numbers[kind.KIND] and kind.TAGS_SHOWN_BY == "tagging API"
    )
