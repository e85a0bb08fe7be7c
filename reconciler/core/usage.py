"""Who would feel it if a resource were deleted."""

from dataclasses import dataclass
from datetime import date

# Kind and name of a resource, as in an address.
Who = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Usage:
    """`used_by` lose what it gives them; `limits` are those whose permissions boundary it is.

    `is_watched` is whether IAM tells of its use, and `last_used` the day that it last saw it, None where it
    did not. `credentials` are what nobody but its owner may take away, in words.
    """

    used_by: tuple[Who, ...] = ()
    limits: tuple[Who, ...] = ()
    is_watched: bool = False
    last_used: date | None = None
    credentials: tuple[str, ...] = ()
