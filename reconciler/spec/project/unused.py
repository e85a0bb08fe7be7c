"""Variables that a run sets and no spec declares or uses: most likely another one was meant."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from reconciler.core.problems import Located
from reconciler.core.text import escaped, similar
from reconciler.spec import source
from reconciler.spec.files import Files, SpecFile, inputs_of
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.project.compose import Composition
from reconciler.spec.project.listing import is_library, other_files
from reconciler.spec.variables import own_variables, texts, used_variables, variables_in


def unused_variables(
    parts: tuple[SpecFile, ...],
    specs: tuple[SpecFile, ...],
    composition: Composition,
    places: Mapping[str, str],
    files: Files,
) -> Iterator[Located]:
    """What is wrong with the variables of the command line and of the environment.

    `parts` are the files as they were read, `specs` what became of them. `places` says of variables of files
    where they are set. An environment's variables are judged over the whole project.
    """
    known = _known(parts, specs) | {
        name for text in composition.variables.values() for name in variables_in(text)
    }
    missing = [name for name in composition.given if name not in known]
    if missing:
        known |= _in_documents(specs, files)
    for name in missing:
        if name not in known:
            place = places.get(name, f"--var {escaped(name)}")
            yield Located(
                place, 0, 0, "", f"no loaded spec declares or uses this variable{_hint(name, known)}"
            )
    yield from _of_environment(parts, specs, composition, known, files)


def _of_environment(
    parts: tuple[SpecFile, ...],
    specs: tuple[SpecFile, ...],
    composition: Composition,
    known: set[str],
    files: Files,
) -> Iterator[Located]:
    environment, project = composition.environment, composition.project
    if environment is None or project is None:
        return
    missing = [name for name in environment.variables if name not in known]
    if missing:
        quiet = Files()
        others, unreadable = other_files(parts, project, quiet)
        if unreadable or quiet.problems:
            # They may use it.
            return
        known = known | _in_documents(specs, files) | _known(others, others) | _in_documents(others, None)
        known |= _in_libraries(others)
    for name in missing:
        if name not in known:
            message = f"no spec of the project declares or uses this variable{_hint(name, known)}"
            yield environment.places[name].problem(message)


def _hint(name: str, known: Iterable[str]) -> str:
    guess = similar(name, known)
    return f"; did you mean {guess}?" if guess else ""


def _known(parts: Iterable[SpecFile], specs: Iterable[SpecFile]) -> set[str]:
    """The variables that files declare or use, with those that templates use."""
    names: set[str] = set()
    for spec in (*parts, *specs):
        names |= set(own_variables(spec.root))
        names |= set(used_variables(spec.root))
    return names


def _in_documents(specs: Iterable[SpecFile], files: Files | None) -> set[str]:
    """Those that the files use which the specs name."""
    names: set[str] = set()
    for path in {path for spec in specs for path in inputs_of(spec, files)}:
        with suppress(source.Unreadable):
            names |= set(variables_in(source.read_text(path, str(path), source.MAX_METADATA_BYTES)))
    return names


def _in_libraries(specs: Iterable[SpecFile]) -> set[str]:
    """Those that the libraries use which the specs name."""
    names: set[str] = set()
    quiet = Files()
    for spec in specs:
        named = spec.root.get("library") if isinstance(spec.root, MappingNode) else None
        for text in texts(named) if named else ():
            for path in spec.path.parent.glob(text) if text and not text.startswith("/") else ():
                root = quiet.read(path, str(path))
                if root is not None and is_library(root):
                    names |= set(used_variables(root))
                    names |= _in_documents((SpecFile(path, str(path), root),), None)
    return names
