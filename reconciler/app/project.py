"""From a command line's words to what is asked for: the project, its environment, variables from files."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from reconciler.app.request import SpecSelection
from reconciler.core.errors import PlanError, SpecError
from reconciler.core.problems import Located
from reconciler.core.text import escaped
from reconciler.spec import source
from reconciler.spec.model import VARIABLE_NAME
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.nodes import Place, Scalar
from reconciler.spec.project.environments import Environment, Project, find_project
from reconciler.spec.project.listing import project_files, seen_from_here


@dataclass(frozen=True, slots=True)
class Words:
    """What the command line says of specs: paths, `--var`, `--var-file`, `-e`, and about the project."""

    paths: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    variable_files: tuple[Path, ...] = ()
    environment: str = ""
    recurse: bool = False
    project_file: Path | None = None
    no_project: bool = False


def selection(words: Words) -> SpecSelection:
    """What these words ask for. Without a path and a project the folder `specs` is meant.

    Raises:
        SpecError: the project or a file with variables is wrong.
        PlanError: an environment is named, and there is no project, or none of that name in it.
    """
    project = None if words.no_project else load_project(words.project_file)
    if words.environment:
        if project is None:
            raise PlanError(
                f"-e {escaped(words.environment)}: there is no project here, so no environments",
                "write reconcile.yaml, or name it with --project",
            )
        project.environment(words.environment)
    variables: dict[str, str] = {}
    places: dict[str, str] = {}
    for file in words.variable_files:
        for name, text, place in _read_variables(file):
            variables[name], places[name] = text, str(place)
    places = {name: place for name, place in places.items() if name not in words.variables}
    options = ("--project", str(words.project_file)) if words.project_file else ()
    return SpecSelection(
        words.paths or (() if project else ("specs",)),
        {**variables, **words.variables},
        project=project,
        environment=words.environment,
        places=places,
        recurse=words.recurse,
        options=("--no-project",) if words.no_project else options,
        again=partial(selection, words),
    )


def load_project(named: Path | None) -> Project | None:
    """The project of this file, else the one of the working folder, if there is any.

    Raises:
        SpecError: it is wrong.
    """
    try:
        file = named or find_project(Path.cwd(), Path.home())
    except OSError as error:
        place = error.filename or "the working folder"
        raise PlanError(
            f"a project can't be looked for: {escaped(str(place))}: {error.strerror}",
            "go to another folder, or say --no-project",
        ) from None
    if file is None:
        return None
    # Start-up: there may be none.
    from reconciler.spec.project.settings import read_project  # noqa: PLC0415

    file = seen_from_here(file)
    return read_project(file, escaped(str(file)))


def environment_of(request: SpecSelection) -> Environment | None:
    """The environment that was named.

    Raises:
        PlanError: the project has environments, and none was named.
    """
    project = request.project
    if project is None or not project.environments:
        return None
    if not request.environment:
        raise PlanError(
            f"which environment? {project.shown} has {', '.join(project.environments)}",
            "name one with -e NAME",
        )
    return project.environment(request.environment)


def with_credentials(request: SpecSelection, given: Mapping[str, str | None]) -> dict[str, str | None]:
    """Profile, role and region as options give them, else as the environment does.

    Raises:
        PlanError: the project has environments, and none was named.
    """
    environment = environment_of(request)
    if environment is None:
        return dict(given)
    own = {"profile": environment.profile, "role_arn": environment.role_arn, "region": environment.region}
    return {key: value or own.get(key) or None for key, value in given.items()}


def check_account(request: SpecSelection, account: str) -> None:
    """Raise where credentials are of another account than the environment's.

    Raises:
        PlanError: with both.
    """
    environment = environment_of(request)
    if environment is not None and environment.account not in ("", account):
        raise PlanError(
            f"the environment {environment.name} is for account {environment.account}, and these are"
            f" credentials of account {account}",
            "use the other account's --profile",
        )


def each_environment(request: SpecSelection) -> tuple[SpecSelection, ...]:
    """The request for the environment that was named, else for each of the project's."""
    if request.environment or request.project is None or not request.project.environments:
        return (request,)
    return tuple(replace(request, environment=name) for name in request.project.environments)


def input_files(request: SpecSelection) -> tuple[str, ...]:
    """The paths that the request reads specs from; the project's own file and its specs too."""
    if request.project is None:
        return request.paths
    return (*request.paths, request.project.shown, *map(str, project_files(request.project, [])))


def _read_variables(file: Path) -> Iterator[tuple[str, str, Place]]:
    shown = escaped(str(file))
    try:
        root = source.parse(source.read_text(file, shown), shown)
    except source.Unreadable as unreadable:
        raise SpecError((unreadable.problem,)) from None
    if not isinstance(root, MappingNode):
        raise SpecError((root.place.problem("a file of variables is a flat map: NAME: text"),))
    problems: list[Located] = []
    for key, value in root.pairs:
        if not isinstance(value, Scalar):
            problems.append(
                value.place.problem(f"{key.text[:60]}: expected text: a variable is no list or map")
            )
        elif value.is_empty:
            problems.append(value.place.problem(f"{key.text[:60]}: no value: write one, or leave it out"))
        elif not re.fullmatch(VARIABLE_NAME, key.text):
            message = f'a variable is named with letters, digits, "_" and "-", found "{key.text[:40]}"'
            problems.append(key.place.problem(message))
        else:
            yield key.text, value.text, key.place
    if problems:
        raise SpecError(tuple(problems))
