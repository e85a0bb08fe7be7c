"""From nodes to a checked section model: shape, unknown keys, empty values; each finding with its place."""

from typing import Any

from pydantic import ValidationError

from reconciler.core.problems import Located, Path, Problem, path_text
from reconciler.core.text import escaped
from reconciler.parts.section import KEY_MARK, in_our_words
from reconciler.spec.model import EXTENSION, NAMED, Spec
from reconciler.spec.nodes import Mapping, Node, Positions, Scalar, Sequence, plain_data

# One broken file must not bury the others' findings.
MOST_PROBLEMS = 50


def model_of(root: Node, shown: str) -> tuple[Any, Positions, list[Located]]:
    """The spec's model (None where the file is not one), the places of its paths, and what is wrong."""
    positions = Positions({}, {})
    if not isinstance(root, Mapping):
        place = root.place
        words = "a spec is a map that begins with `version: 1` and `name: OWNER/NAME`"
        return None, positions, [Located(shown, place.line, place.column, "", words)]
    data = plain_data(root, positions)
    data = {key: value for key, value in data.items() if not key.startswith(EXTENSION)}
    empties = [_empty(path, positions) for path in _empty_values(root, ()) if not _is_bare_name(path)]
    _fill_bare_names(data)
    try:
        model = Spec.model_validate(data)
    except ValidationError as error:
        return None, positions, empties + _from_pydantic(error, positions, {e.path for e in empties})
    return (None if empties else model), positions, empties


def _fill_bare_names(data: dict[str, Any]) -> None:
    """`mara:` with nothing under it is a resource with every setting left out."""
    for section in NAMED & data.keys():
        named = data[section]
        if isinstance(named, dict):
            named.update({name: {} for name, value in named.items() if value == ""})


def _is_bare_name(path: Path) -> bool:
    return len(path) == 2 and path[0] in NAMED


def _empty_values(node: Node, path: Path) -> list[Path]:
    if isinstance(node, Scalar):
        return [path] if node.is_empty else []
    if isinstance(node, Sequence):
        return [found for i, item in enumerate(node.items) for found in _empty_values(item, (*path, i))]
    pairs = [(key, value) for key, value in node.pairs if path or not key.text.startswith(EXTENSION)]
    return [found for key, value in pairs for found in _empty_values(value, (*path, key.text))]


def _empty(path: Path, positions: Positions) -> Located:
    return located(
        Problem("error", path, 'no value: write one, or "" for empty text', on_key=True), positions
    )


def located(problem: Problem, positions: Positions) -> Located:
    """A problem with the place of its path; `on_key` points at the key."""
    place = positions.of_key(problem.path) if problem.on_key else positions.of(problem.path)
    if place is None:
        return Located("", 0, 0, path_text(problem.path), problem.message, problem.severity)
    path = escaped(path_text(problem.path))
    return Located(place.file, place.line, place.column, path, escaped(problem.message), problem.severity)


def _from_pydantic(error: ValidationError, positions: Positions, already: set[str]) -> list[Located]:
    found = []
    for detail in error.errors(include_url=False):
        loc: Path = tuple(detail["loc"])
        on_key = bool(loc) and loc[-1] in (KEY_MARK, "[key]")
        path = _written(loc[:-1] if on_key else loc, positions)
        place = located(Problem("error", path, in_our_words(detail), on_key=on_key), positions)
        if place.path not in already:
            found.append(place)
    return found[:MOST_PROBLEMS]


def _written(loc: Path, positions: Positions) -> Path:
    """The path less steps that are ours alone: the index of one value read as a list of one, say."""
    for length in range(len(loc), 0, -1):
        if loc[:length] in positions.values or loc[:length] in positions.keys:
            return loc[:length]
    return ()
