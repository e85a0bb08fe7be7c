"""Writes reconciler/policy/catalogue/limits.json from botocore's shapes.

`make data` runs it, a test compares.
"""

import json
from pathlib import Path
from typing import Any

import botocore.session

SHAPES = (
    "policyNameType",
    "policyPathType",
    "policyDescriptionType",
    "policyDocumentType",
    "roleNameType",
    "pathType",
    "roleDescriptionType",
    "roleMaxSessionDurationType",
    "instanceProfileNameType",
    "tagKeyType",
    "tagValueType",
    "tagListType",
    "arnType",
    "userNameType",
    "groupNameType",
)
TARGET = Path(__file__).parent.parent / "reconciler" / "policy" / "catalogue" / "limits.json"


def limits() -> dict[str, Any]:
    """The constraints of each shape as the service model states them."""
    model = botocore.session.get_session().get_service_model("iam")
    return {
        name: {key: shape.metadata[key] for key in ("min", "max", "pattern") if key in shape.metadata}
        for name in sorted(SHAPES)
        for shape in [model.shape_for(name)]
    }


def text() -> str:
    """The file's content."""
    return json.dumps(limits(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
