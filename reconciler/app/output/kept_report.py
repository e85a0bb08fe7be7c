"""A plan's report as data that a file can keep, and back: what `plan --out` writes and `show` reads."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from reconciler.core.results.reviewed import PlanReport


@cache
def _adapter() -> TypeAdapter[PlanReport]:
    return TypeAdapter(PlanReport)


def as_data(report: PlanReport) -> Any:
    """The report as what JSON can say."""
    return _adapter().dump_python(report, mode="json")


def from_data(data: Any) -> PlanReport:
    """The report that such data is of.

    Raises:
        ValueError: it is of none.
    """
    try:
        return _adapter().validate_python(data)
    except ValidationError as error:
        raise ValueError(str(error)) from None
