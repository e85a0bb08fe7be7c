"""From nodes to a checked section model: shape, unknown keys, empty values; each finding with its place."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from reconciler.core.problems import Located, Path, Problem, path_text
from reconciler.core.text import escaped
from reconciler.language.section import KEY_MARK, in_our_words
from reconciler.spec.model import EXTENSION, NAMED, ONE_OF_A_KIND, RESOURCES, Spec
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.nodes import Node, Place, Positions, plain_data


@dataclass(frozen=True, slots=True)
class Read:
    """A spec file as read: the header, and the sections of the resources by section and name.

    A section is None where it is wrong. `misspelt` are the maps with an unknown key: a key that seems to
    be missing there may be the one that was meant.
    """

    header: Any
    sections: Mapping[str, Mapping[str, Any]]
    positions: Positions
    misspelt: frozenset[Path]


Table = tuple[dict[str, Any] | None, Positions, list[Located]]


_NO_SPEC = "a spec is a map that begins with `version: 1` and `name: OWNER/NAME`"


def data_of(root: Node, shown: str, no_map: str = _NO_SPEC) -> Table:
    """The file as plain data (None where it is no map), the places of its paths, and the problems so far."""
    positions = Positions({}, {})
    if not isinstance(root, MappingNode):
        place = root.place
        return None, positions, [Located(shown, place.line, place.column, "", no_map)]
    data = plain_data(root, positions)
    data = {key: value for key, value in data.items() if not key.startswith(EXTENSION)}
    empty = [path for path in positions.empty if not str(path[0]).startswith(EXTENSION)]
    for *outer, name in (path for path in empty if _is_bare_name(path)):
        # `mara:` with nothing under it is a resource with every setting left out.
        at: Any = data
        for step in outer:
            at = at[step]
        at[name] = {}
    return data, positions, [_empty(path, positions) for path in empty if not _is_bare_name(path)]


def read(
    data: dict[str, Any], positions: Positions, already: list[Located]
) -> tuple[Read | None, list[Located]]:
    """The file's models (None where the header is wrong), and the problems that are not `already` known."""
    known = {problem.path for problem in already}
    misspelt: set[Path] = set()
    header, problems = _validated(Spec, data, (), positions, known, misspelt)
    sections: dict[str, dict[str, Any]] = {}
    for section, kind in RESOURCES.items():
        given = data.get(section)
        if section in ONE_OF_A_KIND:
            entries: dict[str, Any] = {"": given} if given is not None else {}
        else:
            entries = given if isinstance(given, dict) else {}
        sections[section] = {}
        for name, entry in entries.items():
            path: Path = (section, name) if name else (section,)
            model: Any = kind.MODEL
            checked, faults = _validated(model, entry, path, positions, known, misspelt)
            sections[section][name] = checked
            problems += faults
    read_file = Read(header, sections, positions, frozenset(misspelt))
    return (None if header is None or already else read_file), problems


def validated(
    model: Any, data: Any, positions: Positions, problems: list[Located], prefix: Path = ()
) -> tuple[Any, list[Located]]:
    """The model of a map outside a spec's sections (None where it is wrong), and what is wrong with it.

    `problems` are known already; `prefix` is the path of the map.
    """
    return _validated(model, data, prefix, positions, {problem.path for problem in problems}, set())


def _validated(
    model: Any, data: Any, prefix: Path, positions: Positions, already: set[str], misspelt: set[Path]
) -> tuple[Any, list[Located]]:
    """The model. Where only unknown keys are wrong, the model without them, to be checked further."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        details: list[dict[str, Any]] = [
            {**detail, "loc": (*prefix, *detail["loc"])} for detail in error.errors(include_url=False)
        ]
        misspelt |= {tuple(d["loc"][:-2]) for d in details if d["loc"][-1:] == (KEY_MARK,)}
        # A key that is missing where another is unknown is most likely what was meant by that one.
        details = [d for d in details if not (_is_missing(d) and tuple(d["loc"][:-1]) in misspelt)]
        problems = _from_pydantic(details, positions, already)
        if isinstance(data, dict) and all(detail["loc"][-1:] == (KEY_MARK,) for detail in details):
            for detail in details:
                _drop(data, _written(tuple(detail["loc"][:-1]), positions)[len(prefix) :])
            with suppress(ValidationError):
                return model.model_validate(data), problems
        return None, problems


def _is_missing(detail: dict[str, Any]) -> bool:
    return detail["type"] == "missing" or str(detail["msg"]).endswith("is missing")


def _drop(data: Any, path: Path) -> None:
    for step in path[:-1]:
        data = data[step]
    data.pop(path[-1], None)


def _is_bare_name(path: Path) -> bool:
    """A resource, or an inline policy of one."""
    return (
        path[:1] != () and path[0] in NAMED and (len(path) == 2 or (len(path) == 4 and path[2] == "inline"))
    )


def _empty(path: Path, positions: Positions) -> Located:
    return located(
        Problem("error", path, "no value: write one, or leave the key out", on_key=True), positions
    )


def located(problem: Problem, positions: Positions) -> Located:
    """A problem with the place of its path.

    `on_key` points at the key, a clash at the later of its two places.
    """
    place = _place(problem.path, positions, on_key=problem.on_key)
    if problem.other is not None:
        other = _place(problem.other, positions, on_key=problem.on_key)
        if place and other and place.file == other.file and _is_later(other, place):
            return located(replace(problem, path=problem.other, other=problem.path), positions)
        if other and place and (other.file, other.line) != (place.file, place.line):
            where = f"in line {other.line}" if other.file == place.file else f"at {other.file}:{other.line}"
            problem = replace(problem, message=f"{problem.message} (the other is {where})")
    written = _written(problem.path, positions)
    path = escaped(path_text(_told(problem.path, written)))
    if place is None:
        return Located("", 0, 0, path, problem.message, problem.severity, problem.code)
    return replace(place.problem(escaped(problem.message), problem.severity), path=path, code=problem.code)


def _is_later(place: Place, other: Place) -> bool:
    return (place.line, place.column) > (other.line, other.column)


def _place(path: Path, positions: Positions, *, on_key: bool) -> Place | None:
    written = _written(path, positions)
    return positions.of_key(written) if on_key else positions.of(written)


def _from_pydantic(details: list[Any], positions: Positions, already: set[str]) -> list[Located]:
    faults = []
    for detail in details:
        loc: Path = tuple(detail["loc"])
        on_key = bool(loc) and loc[-1] in (KEY_MARK, "[key]")
        path = _written(loc[:-1] if on_key else loc, positions)
        place = located(Problem("error", path, in_our_words(detail), on_key=on_key), positions)
        if place.path not in already:
            faults.append(place)
    return faults


def _written(loc: Path, positions: Positions) -> Path:
    """The path as it stands in the file: one value read as a list of one has no index there."""
    path: Path = ()
    for step in loc:
        longer = (*path, step)
        if longer in positions.values or longer in positions.keys:
            path = longer
        elif not isinstance(step, int):
            break
    return path


def _told(path: Path, written: Path) -> Path:
    """The path to name: what was written, and a last key that was not (a missing one, for instance)."""
    missing = path[-1:] if path and isinstance(path[-1], str) and path[-1] not in written[-1:] else ()
    return written + missing
