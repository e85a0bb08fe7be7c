"""What a drift run finds.

One difference between the specs and live IAM, with who caused it and how bad it is.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

from reconciler.core.access_change import AccessDelta
from reconciler.core.address import Address, Source
from reconciler.core.change import FieldChange, Origin

# Worst first. Critical is access gained that is admin, public, or a way to everything.
Severity = Literal["critical", "gained", "lost", "metadata"]
SEVERITIES: tuple[Severity, ...] = ("critical", "gained", "lost", "metadata")
NOTHING = AccessDelta("no")


def finding_id(address: Address, rule: str, item: str = "") -> str:
    """A short digest of where a finding is and of what kind it is."""
    named = "\n".join((address.account, str(address), rule, item))
    return hashlib.sha256(named.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference; `rule` is its stable name, `item` tells those of one rule on one resource apart.

    `field` is the difference where it is one of a setting, else `text` says what it is. `gained` is the
    access that is there and not in the spec, `lost` that in the spec and not there. `details` are further
    remarks, one line each.
    """

    address: Address
    spec: str
    rule: str
    severity: Severity
    origin: Origin
    item: str = ""
    field: FieldChange | None = None
    text: str = ""
    gained: AccessDelta = NOTHING
    lost: AccessDelta = NOTHING
    details: tuple[str, ...] = ()
    source: Source | None = None

    @property
    def id(self) -> str:
        """The same from run to run for the same kind of difference in the same place, whatever is in it."""
        return finding_id(self.address, self.rule, self.item)

    @property
    def is_gain(self) -> bool:
        """Whether somebody may do more than the spec says, or that is not known."""
        return self.severity in ("critical", "gained")
