"""A plan: every change and every call, as data."""

from collections import Counter
from dataclasses import dataclass

from reconciler.core.access_change import AccessChange
from reconciler.core.address import Address, Source
from reconciler.core.call import Call
from reconciler.core.change import Change
from reconciler.core.errors import AccessDenied, AwsError
from reconciler.core.expectation import Judged


@dataclass(frozen=True, slots=True)
class Header:
    """What a plan was made for; `endpoint` is set only where it is not AWS's own.

    `takes_back` is when the apply began that the plan takes back, "" for a plan from specs; `destroys` is
    whether all that the specs own is to go.
    """

    specs: tuple[str, ...]
    account: str
    partition: str
    caller: str
    endpoint: str = ""
    reads: int = 0
    takes_back: str = ""
    destroys: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A resource whose state could not be read; `permission` is what is missing, where that is why."""

    address: Address
    message: str
    permission: str = ""
    source: Source | None = None

    @classmethod
    def by(
        cls, error: AwsError, address: Address, permission: str = "", source: Source | None = None
    ) -> "Unread":
        """What this error kept from being read.

        `permission` is what the read takes, where the error doesn't say.
        """
        missing = (permission or error.permission) if isinstance(error, AccessDenied) else ""
        return cls(address, error.message, missing, source)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A guard's objection; `consent` is the option that lifts it, "" where nothing does."""

    address: Address | None
    message: str
    consent: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes in the specs' order, and all calls in an order that their needs allow.

    `access` says what they give and take, `expected` how the specs' expectations came out; empty where nobody
    asked. `notes` are about the plan as a whole.
    """

    header: Header
    changes: tuple[Change, ...]
    calls: tuple[Call, ...]
    unread: tuple[Unread, ...] = ()
    access: tuple[AccessChange, ...] = ()
    expected: tuple[Judged, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def differing(self) -> tuple[Change, ...]:
        """The changes that say that something differs."""
        return tuple(change for change in self.changes if change.differs)

    def count(self) -> Counter[str]:
        """How many resources are created, updated, adopted, or can't be handled."""
        return Counter("blocked" if c.obstacles else c.action for c in self.differing)
