"""OIDC identity providers, as far as specs go: read, checked and shown; a plan does not handle them yet."""

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
from reconciler.parts.section import SomeTexts, TagMap, Texts
from reconciler.policy import limits

KIND = "oidc-provider"
SECTION = "oidc_providers"
FACETS = ("audiences", "thumbprints", "tags")
_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(/[A-Za-z0-9._~%/-]*)?")
_THUMBPRINT = re.compile(r"[0-9A-Fa-f]{40}")
# CreateOpenIDConnectProvider's Url has at most 255 characters, https:// included; so has a client id.
_LONGEST = 255


class Section(BaseSection):
    """An OIDC identity provider, named by its host, with its path if it has one."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "url": "the host, with its path, as the name",
        "client_ids": "audiences:",
        "client_id_list": "audiences:",
        "thumbprint_list": "thumbprints:",
    }
    audiences: SomeTexts = Field(description="Client ids for which the provider issues tokens.")
    thumbprints: Texts = Field((), description="SHA-1 of the provider's certificates; IAM finds them itself.")
    tags: TagMap
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State:
    """A provider as desired; thumbprints in lower case, as IAM keeps them."""

    name: str
    arn: str
    audiences: frozenset[str]
    thumbprints: frozenset[str]
    tags: Tags


def named(name: str, _given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
    """The provider's name and ARN."""
    return name, f"arn:{partition}:iam::{account}:oidc-provider/{name}"


def from_spec(name: str, section: Section, context: SpecContext, problems: Problems) -> State | None:
    """The desired provider."""
    if "://" in name:
        problems.error(f"a provider is named without https://: write {name.partition('://')[2][:200]}", on_key=True)  # fmt: skip
    elif not _HOST.fullmatch(name) or len(name) + len("https://") > _LONGEST:
        problems.error(f'"{name[:60]}" is no host with path: no port, no query, at most {_LONGEST} characters', on_key=True)  # fmt: skip
    tags.check(section.tags, problems.under("tags"), fold_case=False)
    for index, audience in enumerate(section.audiences):
        if not 1 <= len(audience) <= _LONGEST:
            problems.error(f"an audience has 1 to {_LONGEST} characters", "audiences", index)
    for index, thumbprint in enumerate(section.thumbprints):
        if not _THUMBPRINT.fullmatch(thumbprint):
            problems.error("a thumbprint is 40 hexadecimal digits", "thumbprints", index)
    for key, most in (("audiences", limits.OIDC_AUDIENCES), ("thumbprints", limits.OIDC_THUMBPRINTS)):
        if len(getattr(section, key)) > most:
            problems.error(f"{len(getattr(section, key))} {key}; IAM takes {most}", key)
    if problems.has_errors:
        return None
    return State(
        name=name,
        arn=named(name, {}, context.account, context.partition)[1],
        audiences=frozenset(section.audiences),
        thumbprints=frozenset(thumbprint.lower() for thumbprint in section.thumbprints),
        tags=tags.merged(context, section.tags, problems, fold_case=False),
    )


def render(want: State) -> dict[str, Any]:
    """Audiences, thumbprints and tags."""
    return {
        "audiences": sorted(want.audiences),
        "thumbprints": sorted(want.thumbprints),
        "tags": dict(sorted(want.tags)),
    }
