"""What an apply came to."""

from dataclasses import dataclass
from pathlib import Path

from reconciler.core.plan import Plan
from reconciler.core.results.outcome import Applied
from reconciler.plan import stand_in_servers


@dataclass(frozen=True, slots=True)
class Result:
    """What an apply came to. `left` is the plan that a last look made: empty when all is as it should be."""

    applied: Applied
    journal: Path
    left: Plan | None

    @property
    def verdict(self) -> str:
        """In a few words."""
        if self.applied.interrupted:
            return "interrupted"
        if not self.applied.complete:
            return "failed"
        if self.denied:
            return "not read back"
        if self.left is None or not (self.left.calls or self.left.unread):
            return "done"
        return "kept otherwise" if stand_in_servers.stays(self.left) else "not yet visible"

    @property
    def denied(self) -> tuple[str, ...]:
        """The permissions for want of which it could not be read back."""
        return denied(self.left) if self.left else ()

    @property
    def lacking(self) -> tuple[str, ...]:
        """What a server that is not AWS may keep otherwise, where nothing else differs."""
        return stand_in_servers.explain(self.left) if self.left else ()


def denied(plan: Plan) -> tuple[str, ...]:
    """The permissions for want of which not everything could be read."""
    return tuple(sorted({unread.permission for unread in plan.unread if unread.permission}))
