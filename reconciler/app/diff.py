"""The use case of `reconcile diff`: two policy documents from files, compared by what they mean."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.core.errors import SpecError
from reconciler.core.problems import Located, path_text
from reconciler.core.problems import Path as Steps
from reconciler.core.text import escaped
from reconciler.policy.compare.delta import Delta, delta
from reconciler.policy.compare.witness import better_delta
from reconciler.policy.document.document import Document, document
from reconciler.policy.document.readable import shape_verdicts
from reconciler.spec import source
from reconciler.spec.nodes import Mapping, Node, Positions, Scalar, Sequence, plain_data
from reconciler.spec.partitions import agreed

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two documents and what the change from one to the other means."""

    old: Document
    new: Document
    delta: Delta


def compare(
    old: str, new: str, partition: str = "", *, trust: bool, standard_input: Callable[[], str]
) -> Compared:
    """Two files, JSON or YAML; `-` is standard input.

    Without a partition it is the one that all their ARNs are of.

    Raises:
        SpecError: one of them is no policy document.
    """
    texts = [_text(path, standard_input) for path in (old, new)]
    before, after = (_document(text, shown, trust=trust) for text, shown in texts)
    partition = partition or agreed((before.text, after.text))
    difference = delta(before, after, partition)
    return Compared(before, after, better_delta(difference, before, after, partition))


def _text(path: str, standard_input: Callable[[], str]) -> tuple[str, str]:
    if path == STANDARD_INPUT:
        return standard_input(), "standard input"
    shown = escaped(path)
    try:
        return source.read_text(Path(path), shown), shown
    except source.Unreadable as unreadable:
        raise SpecError((unreadable.problem,)) from None


def _document(text: str, shown: str, *, trust: bool) -> Document:
    try:
        root = source.parse(text, shown)
    except source.Unreadable as unreadable:
        raise SpecError((unreadable.problem,)) from None
    positions = Positions({}, {})
    data = plain_data(root, positions)
    wrong = [*_no_text(root, ()), *((v.path, v.why) for v in shape_verdicts(data, identity=not trust))]
    if wrong:
        raise SpecError(tuple(_located(path, why, positions, shown) for path, why in wrong))
    return document(data)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BARE = re.compile(r"true|false|-?[0-9][0-9.eE+-]*")
_TEXT_ONLY = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource"})


def _no_text(node: Node, path: Steps) -> Iterator[tuple[Steps, str]]:
    """Where JSON says null, or a number or truth value that IAM wants as text."""
    if isinstance(node, Scalar) and _CONTROL.search(node.text):
        yield path, "a control character stands in this text; IAM takes none"
    elif isinstance(node, Scalar) and node.plain:
        if node.text in ("", "~", "null"):
            yield path, "null has no place in a policy document"
        elif _BARE.fullmatch(node.text) and not _TEXT_ONLY.isdisjoint(path):
            yield path, f'{node.text} is no text: write "{node.text}"'
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _no_text(item, (*path, index))
    elif isinstance(node, Mapping):
        for key, value in node.pairs:
            yield from _no_text(value, (*path, key.text))


def _located(path: Steps, why: str, positions: Positions, shown: str) -> Located:
    place = positions.of(path)
    line, column = (place.line, place.column) if place else (1, 1)
    return Located(shown, line, column, escaped(path_text(path)), escaped(why))
