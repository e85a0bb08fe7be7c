"""Several files of one `name:` as one spec: maps and lists are joined, what can be there once must agree."""

from collections.abc import Sequence

from reconciler.core.problems import Located
from reconciler.spec.files import SpecFile
from reconciler.spec.model import EXTENSION
from reconciler.spec.nodes import Mapping, Node, Place, Positions, Scalar, items_of, plain_data
from reconciler.spec.nodes import Sequence as SequenceNode

# What a spec says of templates.
TEMPLATE_KEYS = ("templates", "use", "library")
# Lists that are joined in the order of the files.
LISTS = ("ignore", "acknowledge", "adopt", "removed", "use", "library")
# Maps of text that hold for the whole spec: a key may stand twice if it says the same.
_AGREEING = ("tags", "variables")
_EXPECT = "expect"


def join(parts: Sequence[SpecFile], problems: list[Located]) -> SpecFile:
    """One spec of these files, in their order; what can't stand together is added to the problems."""
    if len(parts) == 1:
        return parts[0]
    whole: dict[str, tuple[Scalar, Node]] = {}
    for part in parts:
        for key, value in part.root.pairs if isinstance(part.root, Mapping) else ():
            if key.text.startswith(EXTENSION):
                continue
            if key.text in whole:
                first, known = whole[key.text]
                whole[key.text] = (first, joined_values(key, known, value, problems))
            else:
                whole[key.text] = (key, value)
    first_part = parts[0]
    others = tuple(part.shown for part in parts[1:])
    return SpecFile(
        first_part.path,
        first_part.shown,
        Mapping(first_part.root.place, tuple(whole.values())),
        others,
        others,
    )


def joined_values(key: Scalar, known: Node, value: Node, problems: list[Located]) -> Node:
    """What two files say under one key at the top of a spec."""
    name = key.text
    if name == _EXPECT and isinstance(known, Mapping) and isinstance(value, Mapping):
        return _joined_lists_by_key(known, value)
    if name in LISTS:
        problems += [
            node.place.problem(f"{name}: expected a list") for node in (known, value) if _no_list(node)
        ]
        return joined_list(known, value)
    if isinstance(known, Mapping) and isinstance(value, Mapping) and name != "limits":
        return joined_map(known, value, problems, may_agree=name in _AGREEING)
    if _text(known) != _text(value):
        problems.append(
            key.place.problem(f"{name}: says something else at {known.place.in_full}: say it in one file")
        )
    return known


def _no_list(node: Node) -> bool:
    return isinstance(node, Mapping) or (isinstance(node, Scalar) and node.is_empty)


def joined_list(known: Node, value: Node) -> Node:
    """The items of both; `adopt: true` stays what it is."""
    for node in (known, value):
        if isinstance(node, Scalar) and node.text == "true":
            return node
    return SequenceNode(known.place, (*items_of(known), *items_of(value)))


def _joined_lists_by_key(known: Mapping, value: Mapping) -> Mapping:
    pairs = {key.text: (key, node) for key, node in known.pairs}
    for key, node in value.pairs:
        first, before = pairs.get(key.text, (key, None))
        pairs[key.text] = (first, node if before is None else joined_list(before, node))
    return Mapping(known.place, tuple(pairs.values()))


def joined_map(known: Mapping, value: Mapping, problems: list[Located], *, may_agree: bool) -> Mapping:
    """The keys of both; one that stands in both is a problem at the later place, unless both agree."""
    places: dict[str, tuple[Place, Node]] = {key.text.lower(): (key.place, node) for key, node in known.pairs}
    new = []
    for key, node in value.pairs:
        twin = places.get(key.text.lower())
        if twin is None:
            new.append((key, node))
        elif not may_agree or _text(twin[1]) != _text(node):
            says = "has another value" if may_agree else "is described"
            problems.append(key.place.problem(f"{key.text[:60]} {says} at {twin[0].in_full} too"))
    return Mapping(known.place, (*known.pairs, *new))


def _text(node: Node) -> object:
    return plain_data(node, Positions({}, {}))
