"""Writes docs/spec.md from the language's models; `make data` runs it, a test compares."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from reconciler.kinds import managed_policy, role
from reconciler.parts.attachments import AttachSection
from reconciler.parts.body import BodySection, GrantSection
from reconciler.parts.ignores import IgnoreSection, TopIgnoreSection
from reconciler.parts.profile_option import ProfileSection
from reconciler.parts.trust import TrustSection
from reconciler.spec.model import Spec

TARGET = Path(__file__).parent.parent / "docs" / "spec.md"
SECTIONS: tuple[tuple[str, Any], ...] = (
    ("A spec", Spec),
    ("`policies: NAME:`", managed_policy.Section),
    ("`roles: NAME:`", role.Section),
    ("`allow:` and `deny:`, each item", GrantSection),
    ("`trust:`, each item", TrustSection),
    ("`attach:`, each item", AttachSection),
    ("`inline: NAME:`", BodySection),
    ("`instance_profile:` as a map", ProfileSection),
    ("`ignore:` on a resource, each item", IgnoreSection),
    ("`ignore:` of the spec, each item", TopIgnoreSection),
)


def text() -> str:
    """The file's content."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The spec language, key by key"
    yield ""
    yield "Generated from the models (`make data`); README shows the language by example."
    for title, section in SECTIONS:
        yield ""
        yield f"## {title}"
        yield ""
        yield (section.__doc__ or "").strip().splitlines()[0]
        yield ""
        yield "| key | | default |"
        yield "|---|---|---|"
        for name, field in section.model_fields.items():
            yield f"| `{name}` | {field.description or ''} | {_default(field)} |"
        if section.LATER:
            yield ""
            yield f"Not supported yet, and refused by name: {', '.join(f'`{name}`' for name in sorted(section.LATER))}."


def _default(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.default_factory() if field.default_factory else field.default
    if value is PydanticUndefined or value in (None, "", (), {}):
        return "none"
    return f"`{value}`"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
