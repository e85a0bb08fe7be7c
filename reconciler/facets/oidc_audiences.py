"""The audiences of an OIDC provider, exchanged one by one within their fixed quota (contract §3, §13)."""

from collections.abc import Mapping

from reconciler.core import facts
from reconciler.core.call import Call, write
from reconciler.policy.catalogue import limits

GAP = "gap: no room for all audiences at once, so some tokens are refused before others are taken"


def over(want: frozenset[str], have: frozenset[str]) -> int:
    """How many too many there would be if none went before the new ones come."""
    new = want - have
    return max(0, len(have) + len(new) - limits.OIDC_AUDIENCES) if new else 0


def changes(
    arn: str, target: Mapping[str, str], want: frozenset[str], have: frozenset[str]
) -> tuple[Call, ...]:
    """New ones before old ones go, so that no token that is good before and after is refused in between.

    As many old ones go first as there is no room for.
    """
    new, old = sorted(want - have), sorted(have - want)
    first = frozenset(old[: over(want, have)])
    room = [facts.done(arn, "room for audiences")] if first else []
    added = [
        write(
            "AddClientIDToOpenIDConnectProvider",
            arn,
            {**target, "ClientID": audience},
            needs=[facts.exists(arn), *room],
            provides=[facts.done(arn, "audiences")],
        )
        for audience in new
    ]
    waits = [facts.done(arn, "audiences")] if added else []
    removed = [
        write(
            "RemoveClientIDFromOpenIDConnectProvider",
            arn,
            {**target, "ClientID": audience},
            needs=[facts.exists(arn), *([] if audience in first else waits)],
            provides=[facts.done(arn, "fewer audiences"), *(room if audience in first else [])],
        )
        for audience in old
    ]
    return (*added, *removed)
