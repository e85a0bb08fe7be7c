"""The use case of `reconcile render`: resources as IAM will have them, offline."""

from datetime import date
from typing import Any

from reconciler.app.request import SpecSelection, chosen
from reconciler.app.specs import load


def render(
    request: SpecSelection, account: str | None, partition: str, today: date | None = None
) -> dict[str, Any]:
    """Address to settings, as IAM will have them on that day."""
    specs = load(request, account, partition, today)
    return {str(r.address): r.kind.render(r.state) for r in chosen(request, specs.desired)}
