"""Writes docs/spec.md and the schemas in docs/ from the language's models.

`make data` runs it, tests compare.
"""

import json
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from textwrap import indent
from typing import Any

from pydantic_core import PydanticUndefined

from reconciler.app.render import render
from reconciler.app.request import SpecSelection
from reconciler.facets.attachments import AttachSection
from reconciler.facets.password_policy import PasswordPolicySection
from reconciler.kinds import (
    account_settings,
    group,
    managed_policy,
    oidc_provider,
    role,
    saml_provider,
    user,
)
from reconciler.kinds.role.instance_profile_option import ProfileSection
from reconciler.language.acknowledge import AcknowledgeSection, TopAcknowledgeSection
from reconciler.language.expect import CheckSection, ExpectSection
from reconciler.language.grant import GrantSection
from reconciler.language.ignore import IgnoreSection, TopIgnoreSection
from reconciler.language.limits import LimitsSection
from reconciler.language.policy_body import BodySection
from reconciler.language.template import ParameterSection, UseSection
from reconciler.language.trust import TrustSection
from reconciler.spec.json_schema import json_schema, project_schema, typed_spec, typed_template
from reconciler.spec.project.coverage import CoverageSection, LeftUnmanagedSection, UnmanagedSection
from reconciler.spec.project.settings import EnvironmentSection, ProjectSection
from tools.constructs import DENIES, GRANTS, TRUSTS

DOCS = Path(__file__).parent.parent / "docs"
TARGET, SCHEMA = DOCS / "spec.md", DOCS / "spec.schema.json"
PROJECT_SCHEMA = DOCS / "project.schema.json"
SECTIONS: tuple[tuple[str, Any], ...] = (
    ("A spec", typed_spec()),
    ("`policies: NAME:`", managed_policy.kind.MODEL),
    ("`roles: NAME:`", role.kind.MODEL),
    ("`allow:` and `deny:`, each item", GrantSection),
    ("`trust:`, each item", TrustSection),
    ("`attach:`, each item", AttachSection),
    ("`inline: NAME:`", BodySection),
    ("`instance_profile:` as a map", ProfileSection),
    ("`ignore:` on a resource, each item", IgnoreSection),
    ("`ignore:` of the spec, each item", TopIgnoreSection),
    ("`acknowledge:` on a resource, each item", AcknowledgeSection),
    ("`acknowledge:` of the spec, each item", TopAcknowledgeSection),
    ("`expect:`", ExpectSection),
    ("`expect:`, each request", CheckSection),
    ("`limits:`", LimitsSection),
    ("`templates: NAME:`", typed_template()),
    ("`templates: NAME: parameters: NAME:`", ParameterSection),
    ("`use:`, each item", UseSection),
    ("`users: NAME:`", user.kind.MODEL),
    ("`groups: NAME:`", group.kind.MODEL),
    ("`oidc_providers: HOST:`", oidc_provider.kind.MODEL),
    ("`saml_providers: NAME:`", saml_provider.kind.MODEL),
    ("`account_settings:`", account_settings.kind.MODEL),
    ("`password_policy:`", PasswordPolicySection),
)
PROJECT_SECTIONS: tuple[tuple[str, Any], ...] = (
    ("`reconcile.yaml`", ProjectSection),
    ("`coverage:` of `reconcile.yaml`", CoverageSection),
    ("`unmanaged:` of `reconcile.yaml`", UnmanagedSection),
    ("`ignore:` of `unmanaged:`", LeftUnmanagedSection),
    ("`environments: NAME:`", EnvironmentSection),
)
_INTRODUCTION = Path(__file__).with_name("reference_introduction.md").read_text(encoding="utf-8")


def texts() -> dict[Path, str]:
    """The content of each file."""
    return {
        TARGET: "\n".join(_lines()) + "\n",
        SCHEMA: json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n",
        PROJECT_SCHEMA: json.dumps(project_schema(), indent=1, ensure_ascii=False) + "\n",
    }


def _lines() -> Iterator[str]:
    yield _INTRODUCTION.rstrip()
    yield from _constructs()
    yield ""
    yield "# Key by key"
    for title, section in SECTIONS:
        yield from _section(title, section)
    yield ""
    yield "# The project's file"
    for title, section in PROJECT_SECTIONS:
        yield from _section(title, section)


def _constructs() -> Iterator[str]:
    yield "\n# Constructs and their statements\n"
    yield "All examples are for account 123456789012."
    for constructs, spec, address, kind in (
        (GRANTS, "policies:\n  Example:\n    allow:\n", "policy.Example", "document"),
        (DENIES, "policies:\n  Example:\n    deny:\n", "policy.Example", "document"),
        (TRUSTS, "roles:\n  Example:\n    trust:\n", "role.Example", "trust"),
    ):
        for title, words, items in constructs:
            text = spec + indent(items, " " * 6) + "\n"
            yield f"\n## {title}\n\n{words}\n\n```yaml\n{text}```\n\n```json"
            for statement in _rendered(text)[address][kind]["Statement"]:
                yield json.dumps(statement, ensure_ascii=False)
            yield "```"


def _rendered(text: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.yaml"
        path.write_text(f"version: 1\nname: docs/example\n{text}", encoding="utf-8")
        return render(SpecSelection((str(path),)), "123456789012", "aws", date(2026, 11, 24))


def _section(title: str, section: Any) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    words = (section.__doc__ or "").strip().splitlines()[0]
    yield words
    yield ""
    yield "| key | | default |"
    yield "|---|---|---|"
    for name, field in section.model_fields.items():
        yield f"| `{name}` | {field.description or ''} | {_default(field)} |"


def _default(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.default_factory() if field.default_factory else field.default
    if value is PydanticUndefined or value in (None, "", (), {}):
        return "none"
    if isinstance(value, tuple):
        value = ", ".join(value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    for target, content in texts().items():
        target.write_text(content, encoding="utf-8")
