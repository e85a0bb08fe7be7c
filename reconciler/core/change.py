"""What differs in one resource and what is done about it."""

from dataclasses import dataclass
from typing import Literal

from reconciler.core.address import Address, Source
from reconciler.core.call import Call

Shape = Literal["value", "set", "document"]
Origin = Literal["drift", "pending", "both", "new", "unknown"]
Action = Literal["create", "update", "adopt", "delete", "release", "none"]
Value = str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs. `before` and `after` are None where there is nothing.

    `field` is a key of the kind's rendering; `item` tells the members of a map apart (an inline policy's
    name). A `set` has tuples of text, a `document` the JSON text, a `value` plain text. `note` marks a
    difference that is shown and never acted on.
    """

    field: str
    shape: Shape
    before: Value
    after: Value
    item: str = ""
    note: str = ""

    @property
    def removed(self) -> tuple[str, ...]:
        """What a `set` loses, sorted."""
        return tuple(sorted(set(self.before or ()) - set(self.after or ())))

    @property
    def added(self) -> tuple[str, ...]:
        """What a `set` gains, sorted."""
        return tuple(sorted(set(self.after or ()) - set(self.before or ())))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A resource as it was or shall be: its settings as JSON text, whole, and what our own two tags say."""

    arn: str
    settings: str
    owner: str
    applied: str


@dataclass(frozen=True, slots=True)
class Change:
    """One resource of the plan.

    `action` is "none" where live is as desired, "release" where its spec lets go of it.

    `obstacles` are reasons for which no call can bring it about; such a change has no calls.
    `fields` are acted on, `noted` and `ignored` are only shown. `origins` pairs fields with the label
    of who caused the difference. `owner` is who the live tags say owns it ("" for nobody). `before` and
    `after` are what the calls lead from and to; None where there is nothing, and where there are no calls.
    """

    address: Address
    action: Action
    fields: tuple[FieldChange, ...] = ()
    noted: tuple[FieldChange, ...] = ()
    ignored: tuple[tuple[FieldChange, str], ...] = ()
    notes: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    origins: tuple[tuple[str, Origin], ...] = ()
    owner: str = ""
    foreign: str = ""
    source: Source | None = None
    summary: str = ""
    before: Snapshot | None = None
    after: Snapshot | None = None

    @property
    def differs(self) -> bool:
        """Whether desired and live differ in anything that an apply would mend or can't mend."""
        return bool(self.fields or self.obstacles) or self.action in ("create", "adopt", "delete", "release")

    @property
    def origin(self) -> Origin:
        """The label for the whole resource: the fields' own where they agree."""
        if self.action == "create":
            return "new"
        labels = {label for _, label in self.origins}
        if len(labels) == 1:
            return labels.pop()
        return "both" if labels else "unknown"
