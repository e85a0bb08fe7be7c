"""`reconcile.yaml`, checked as specs are."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from reconciler.core.errors import SpecError
from reconciler.language.section import END, Schema, Section, SomeTexts, by_name, fault
from reconciler.policy.document import arns
from reconciler.spec import source
from reconciler.spec.model import ACCOUNT_SCHEMA, VARIABLE_NAME, one_account, one_partition, variable_names
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.nodes import Node
from reconciler.spec.project.coverage import CoverageSection, UnmanagedSection, coverage_of, rules_of
from reconciler.spec.project.environments import Environment, Project
from reconciler.spec.section_checks import data_of, validated

_NO_PROJECT = "a project is a map that begins with `version: 1`"
_ROLE = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:role/.+")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ID = re.compile(r"[ -~]{1,200}")


def _version(value: Any) -> str:
    if value != "1":
        raise fault(f'this tool reads version 1 of a project, found "{str(value)[:20]}"')
    return "1"


def _environments(value: Any) -> Any:
    for name in value if isinstance(value, dict) else ():
        if not _NAME.fullmatch(name):
            raise fault(f'an environment is named with letters, digits and ._-, found "{name[:40]}"')
    return by_name(value)


def _role(value: str) -> str:
    if not _ROLE.fullmatch(value):
        raise fault(f'role_arn is the ARN of a role, found "{value[:60]}"')
    return value


def _some_id(value: str) -> str:
    if not _ID.fullmatch(value) or not value.strip() or value.lower() in ("null", "~", "true", "false"):
        raise fault(f'id is a name that no other project has, of up to 200 characters, found "{value[:40]}"')
    return value


class EnvironmentSection(Section):
    """Where the specs of one environment belong, and their variables there."""

    account: Annotated[str, AfterValidator(one_account), Schema(lambda _: ACCOUNT_SCHEMA)] = Field(
        "", description="The account; refuse to run in any other."
    )
    variables: Annotated[
        dict[str, str],
        BeforeValidator(variable_names),
        Schema(lambda schema: {**schema, "propertyNames": {"pattern": f"^{VARIABLE_NAME}{END}"}}),
    ] = Field(default_factory=dict, description="Text for ${var.NAME}; wins over a spec's own.")
    profile: str = Field("", description="Profile of the AWS configuration.")
    role_arn: Annotated[
        str, AfterValidator(_role), Schema(lambda schema: {**schema, "pattern": f"^{_ROLE.pattern}{END}"})
    ] = Field("", description="Assume this role first.")
    region: str = Field("", description="Region for the endpoint.")
    partition: Annotated[
        str, AfterValidator(one_partition), Schema(lambda _: {"enum": list(arns.PARTITIONS)})
    ] = Field("", description="Refuse to run in any other partition.")


class ProjectSection(Section):
    """One project: the file reconcile.yaml."""

    version: Annotated[str, BeforeValidator(_version), Schema(lambda _: {"enum": [1, "1"]})] = Field(
        description="The version of this file: 1."
    )
    specs: SomeTexts = Field(
        ("specs",), description="Spec files and folders; ** is all below, !GLOB leaves out."
    )
    environments: Annotated[
        dict[str, EnvironmentSection],
        BeforeValidator(_environments),
        Schema(lambda schema: {**schema, "propertyNames": {"pattern": f"^{_NAME.pattern}{END}"}}),
    ] = Field(default_factory=dict, description="By name, as -e takes it.")
    id: Annotated[
        str, AfterValidator(_some_id), Schema(lambda schema: {**schema, "pattern": f"^{_ID.pattern}{END}"})
    ] = Field(
        "",
        description="What tells this project from others; without it the repository's first commit does.",
    )
    coverage: CoverageSection | None = Field(
        None, description="Which part of the account these specs are the whole of."
    )
    unmanaged: UnmanagedSection | None = Field(
        None, description="What becomes of resources that no spec describes."
    )


def read_project(file: Path, shown: str) -> Project:
    """The project of this file.

    Raises:
        SpecError: with all that is wrong in it.
    """
    try:
        root = source.parse(source.read_text(file, shown), shown)
    except source.Unreadable as unreadable:
        raise SpecError((unreadable.problem,)) from None
    data, positions, problems = data_of(root, shown, _NO_PROJECT)
    if data is None:
        raise SpecError(tuple(problems))
    bare = [path for path in positions.empty if len(path) == 2 and path[0] == "environments"]
    for _, name in bare:
        # `dev:` with nothing under it is an environment with every setting left out.
        data["environments"][name] = {}
    texts = {str(positions.of_key(path)) for path in bare}
    problems = [p for p in problems if f"{p.file}:{p.line}:{p.column}" not in texts]
    section, faults = validated(ProjectSection, data, positions, problems)
    if section is None or problems or faults:
        raise SpecError(tuple(sorted({*problems, *faults})))
    environments = {
        environment.name: environment for environment in _read_environments(root, section.environments)
    }
    return Project(
        file,
        shown,
        section.specs,
        environments,
        section.id,
        coverage_of(section.coverage),
        rules_of(section.unmanaged),
    )


def _read_environments(root: Node, sections: Mapping[str, EnvironmentSection]) -> Iterator[Environment]:
    named = root.get("environments") if isinstance(root, MappingNode) else None
    for key, node in named.pairs if isinstance(named, MappingNode) else ():
        entry = node if isinstance(node, MappingNode) else MappingNode(node.place, ())
        account, variables = entry.get("account"), entry.get("variables")
        places = (
            {name.text: name.place for name, _ in variables.pairs}
            if isinstance(variables, MappingNode)
            else {}
        )
        own = sections[key.text]
        yield Environment(
            key.text,
            own.account,
            own.variables,
            own.profile,
            own.role_arn,
            own.region,
            own.partition,
            key.place,
            account.place if account else key.place,
            places,
        )
