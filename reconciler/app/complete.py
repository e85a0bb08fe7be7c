"""What a shell may complete from the specs: offline, and silent about errors in them."""

from reconciler.app.project import Words, selection
from reconciler.app.specs import OpenedSpecs
from reconciler.core.errors import ReconcileError
from reconciler.spec.outline import addresses


def known_addresses(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The addresses of what the specs describe; of those that can be read."""
    try:
        return addresses(OpenedSpecs(selection(Words(paths))).named)
    except ReconcileError:
        return ()
