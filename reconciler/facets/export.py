"""What live resources are in the language.

What several kinds have, said back as a person would have written it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.core.context import SpecContext, Tags
from reconciler.core.exported import NotExported
from reconciler.facets.identity_policies import IdentityState
from reconciler.policy.document import arns
from reconciler.policy.grants.reverse import texts


def settings(path: str, description: str = "") -> dict[str, Any]:
    """Description and path, where they are not the default."""
    return kept({"description": description, "path": "" if path == "/" else path})


def tagged(tags: Tags, context: SpecContext) -> dict[str, Any]:
    """The user's own tags, without those that the whole spec has."""
    return kept({"tags": dict(sorted(tags - context.tags))})


def kept(section: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing.

    Raises:
        Unsayable: a text looks like one of the language's own variables.
    """
    members = {key: value for key, value in section.items() if value}
    texts.check({key: members[key] for key in ("description", "path", "tags") if key in members})
    return members


def policies(have: IdentityState, context: SpecContext) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What it attaches and its own policies, with notes on these.

    Raises:
        Unsayable: no spec could say one of its documents.
    """
    # Start-up: few runs export.
    from reconciler.language import body_from_document  # noqa: PLC0415

    inline, notes = {}, []
    for name, document in have.inline:
        try:
            short = body_from_document.body(document, context)
        except NotExported as why:
            raise NotExported(f"inline {name}: {why}") from None
        inline[name] = dict(short.data)
        notes += [f"inline {name}: {note}" for note in short.notes]
    attached = [reference(arn, context) for arn in sorted(have.attached)]
    return kept(
        {"attach": body_from_document.one_or_list(tuple(attached)) if attached else "", "inline": inline}
    ), tuple(notes)


def reference(arn: str, context: SpecContext) -> str:
    """A policy as `attach:` and `boundary:` name it: by its name, where the spec has it."""
    parsed = arns.parse(arn)
    if parsed is None or parsed.kind != "policy":
        return arn
    if context.names.arn("policy", parsed.name) == arn:
        return parsed.name
    path = parsed.path.removeprefix("/")
    if parsed.is_aws_managed:
        return f"aws:{path}{parsed.name}"
    return f"policy/{path}{parsed.name}" if parsed.account == context.account else arn


def limit(boundary: str, context: SpecContext) -> dict[str, Any]:
    """The permissions boundary."""
    return {"boundary": reference(boundary, context)} if boundary else {}


def names(key: str, some: Iterable[str] | None) -> dict[str, Any]:
    """Names of others, all of them; also where there are none, for those left out are left alone."""
    return {} if some is None else {key: sorted(some)}
