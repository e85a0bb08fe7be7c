"""`coverage:` and `unmanaged:` of `reconcile.yaml`."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from reconciler.core.results.unmanaged import (
    UNMANAGED_FAIL_ON,
    Coverage,
    LeftUnmanaged,
    UnmanagedFailOn,
    UnmanagedRules,
)
from reconciler.core.text import similar
from reconciler.kinds import KINDS
from reconciler.language.fields import Day, Flag, Reason
from reconciler.language.section import END, ONE_OR_LIST, Schema, Section, fault, listed, one_or_list

_KINDS = tuple(kind.KIND for kind in KINDS if not kind.ONE_IN_ACCOUNT)
_PATH = r"/([!-)+-.0-~]+/)*"


def _paths(values: tuple[str, ...]) -> tuple[str, ...]:
    for path in values:
        if not re.fullmatch(_PATH, path):
            raise fault(f'a path begins and ends with a slash and has no wildcard, found "{path[:60]}"')
    return values


def _kinds(values: tuple[str, ...]) -> tuple[str, ...]:
    for kind in values:
        if kind not in _KINDS:
            close = similar(kind, _KINDS)
            raise fault(
                f'no kind "{kind[:40]}"' + (f"; did you mean {close}?" if close else f": {', '.join(_KINDS)}")
            )
    return values


def _fail_on(value: Any) -> Any:
    if value not in UNMANAGED_FAIL_ON:
        raise fault(f"fail_on is one of {', '.join(UNMANAGED_FAIL_ON)}")
    return value


def _pattern(value: str) -> str:
    kind, dot, name = value.partition(".")
    if not (dot and name) and not value.startswith("*"):
        raise fault(f'match is an address such as role.Legacy*, found "{value[:60]}"')
    if dot and "*" not in kind:
        _kinds((kind,))
    return value


class CoverageSection(Section):
    """Which part of the account these specs are the whole of."""

    complete: Flag = Field(
        False, description="Whether nothing in it belongs to specs elsewhere: what does is an orphan."
    )
    paths: Annotated[
        tuple[str, ...],
        BeforeValidator(one_or_list),
        AfterValidator(_paths),
        Schema(lambda schema: {**schema, "items": {"type": "string", "pattern": f"^{_PATH}{END}"}}),
        ONE_OR_LIST,
    ] = Field((), description="IAM paths, with all below them; all where left out.")
    kinds: Annotated[
        tuple[str, ...],
        BeforeValidator(one_or_list),
        AfterValidator(_kinds),
        Schema(lambda schema: {**schema, "items": {"enum": list(_KINDS)}}),
        ONE_OR_LIST,
    ] = Field((), description="Kinds of resources, as in addresses; all where left out.")


class LeftUnmanagedSection(Section):
    """Resources that are known and stay in no spec."""

    match: Annotated[str, AfterValidator(_pattern)] = Field(description="An address; * stands for any text.")
    reason: Reason = Field(description="Why.")
    until: Day | None = Field(None, description="The last day, YYYY-MM-DD.")


class UnmanagedSection(Section):
    """What becomes of resources in no spec."""

    fail_on: Annotated[
        UnmanagedFailOn, BeforeValidator(_fail_on), Schema(lambda _: {"enum": list(UNMANAGED_FAIL_ON)})
    ] = Field("critical", description="Which lead to exit code 2: critical, gain, any or never.")
    ignore: Annotated[tuple[LeftUnmanagedSection, ...], BeforeValidator(listed)] = Field(
        (), description="Resources that are known."
    )


def coverage_of(section: CoverageSection | None) -> Coverage | None:
    """The same as plain data."""
    return None if section is None else Coverage(section.complete, section.paths, section.kinds)


def rules_of(section: UnmanagedSection | None) -> UnmanagedRules | None:
    """The same as plain data."""
    return (
        section
        if section is None
        else UnmanagedRules(
            section.fail_on,
            tuple(LeftUnmanaged(entry.match, entry.reason, entry.until) for entry in section.ignore),
        )
    )
