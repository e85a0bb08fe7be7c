"""`templates:`, `use:` and `library:` of the language: resources that are alike, written once."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, create_model

from reconciler.language.section import (
    END,
    SOME,
    Schema,
    Section,
    by_name,
    fault,
    what,
)

PARAMETER_NAME = "[A-Za-z_][A-Za-z0-9_-]*"
_NAMES = Schema(lambda schema: {**schema, "propertyNames": {"pattern": f"^{PARAMETER_NAME}{END}"}})


def parameter_names(value: Any) -> Any:
    """A map whose keys can be parameters."""
    for name in value if isinstance(value, dict) else ():
        if not re.fullmatch(PARAMETER_NAME, name):
            raise fault(f'a parameter is named with letters, digits, "_" and "-", found "{name[:40]}"')
    return by_name(value)


class ParameterSection(Section):
    """One parameter of a template."""

    default: str | None = Field(None, description="The text where `use` gives none.")
    description: str = Field("", description="For people.")


class TemplateSection(Section):
    """Resources that `use` makes, with ${param.NAME} in keys and values."""

    description: str = Field("", description="For people.")
    parameters: Annotated[dict[str, ParameterSection], BeforeValidator(parameter_names), _NAMES] = Field(
        default_factory=dict, description="What ${param.NAME} stands for, given where it is used."
    )
    # Read where it is used: a parameter may stand for any text.
    expect: Any = Field(None, description="Requests that must be allowed or denied.")
    ignore: Any = Field(None, description="Differences to leave alone.")
    acknowledge: Any = Field(None, description="Consent to what a guard refuses.")


def _some_maps(value: Any) -> Any:
    if not isinstance(value, list) or not value:
        raise fault(f"expected a list of maps with at least one, found {what(value)}")
    return tuple(value)


Values = Annotated[dict[str, str], BeforeValidator(by_name)]


# `with` is a word of Python, so this one is not written as a class.
_USE_FIELDS: dict[str, Any] = {
    "template": (str, Field(description="Its name.")),
    "with": (
        Values,
        Field(default_factory=dict, description="Values of parameters; the same for all of for_each."),
    ),
    "for_each": (
        Annotated[tuple[Values, ...], BeforeValidator(_some_maps), SOME],
        Field((), description="Values of parameters, an entry for each that is made."),
    ),
}
UseSection: Any = create_model(
    "UseSection",
    __base__=Section,
    __doc__="A template, made once, or once for each entry of `for_each`.",
    **_USE_FIELDS,
)
