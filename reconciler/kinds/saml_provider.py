"""SAML identity providers, as far as specs go: read, checked and shown; a plan does not handle them yet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from reconciler.core.context import SpecContext, Tags
from reconciler.core.problems import Problems
from reconciler.parts import tags
from reconciler.parts.acknowledgements import Acknowledgements
from reconciler.parts.ignores import Ignores
from reconciler.parts.section import Section as BaseSection
from reconciler.parts.section import TagMap
from reconciler.policy import limits

KIND = "saml-provider"
SECTION = "saml_providers"
FACETS = ("metadata", "tags")
_NAME = re.compile(r"[\w.-]{1,128}", re.ASCII)


class Section(BaseSection):
    """A SAML identity provider."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "metadata": "metadata_file:",
        "saml_metadata_document": "metadata_file:",
    }
    metadata_file: str = Field(
        description="The provider's metadata, XML, in a file inside the spec's folder."
    )
    tags: TagMap
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State:
    """A provider as desired; `metadata` is the XML."""

    name: str
    arn: str
    metadata: str
    tags: Tags


def named(name: str, _given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
    """The provider's name and ARN."""
    return name, f"arn:{partition}:iam::{account}:saml-provider/{name}"


def from_spec(name: str, section: Section, context: SpecContext, problems: Problems) -> State | None:
    """The desired provider."""
    if not _NAME.fullmatch(name):
        problems.error("a SAML provider's name has letters A-Z, a-z, digits and ._- only", on_key=True)
    tags.check(section.tags, problems.under("tags"), fold_case=False)
    metadata = context.contents.get(section.metadata_file)
    if metadata is None:
        return None  # it could not be read, and the reader has said so
    least, most = limits.SAML_METADATA
    if "<" not in metadata or "EntityDescriptor" not in metadata:
        problems.error("the file is no SAML metadata: XML with an EntityDescriptor", "metadata_file")
    elif not least <= len(metadata) <= most:
        problems.error(f"the file has {len(metadata)} characters; IAM takes {least} to {most}", "metadata_file")  # fmt: skip
    if problems.has_errors:
        return None
    arn = named(name, {}, context.account, context.partition)[1]
    return State(name, arn, metadata, tags.merged(context, section.tags, problems, fold_case=False))


def render(want: State) -> dict[str, Any]:
    """The digest of the metadata, and tags."""
    import hashlib  # noqa: PLC0415 - start-up: few specs need it

    return {
        "metadata": f"sha256 {hashlib.sha256(want.metadata.encode()).hexdigest()}",
        "tags": dict(sorted(want.tags)),
    }
