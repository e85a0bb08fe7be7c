"""What specs become, as text."""

import json
from typing import Any

from reconciler.core.text import escaped
from reconciler.report.words.style import Style


def render_text(rendered: dict[str, Any], style: Style) -> str:
    """Each address with its settings; documents as JSON, as IAM will have them."""
    parts = []
    for address, settings in rendered.items():
        parts.append(style.sign("+", escaped(address)))
        for field, value in settings.items():
            if value not in (None, [], {}):
                parts += _setting(field, value)
        parts.append("")
    return "\n".join(parts)


def _setting(field: str, value: Any) -> list[str]:
    if not isinstance(value, dict | list):
        return [f"  {field}: {escaped(str(value))}"]
    lines = json.dumps(value, indent=2, ensure_ascii=False).splitlines()
    return [f"  {field}: {escaped(lines[0])}", *(f"  {escaped(line)}" for line in lines[1:])]
