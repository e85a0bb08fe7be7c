"""Who the caller is, and where: the keys of a request that follow from that."""

from dataclasses import dataclass
from functools import cached_property

PRINCIPAL_TAGS = "aws:principaltag/"


@dataclass(frozen=True)
class CallerFacts:
    """Whose statements they are, and where.

    `own` are the ARNs of the principal first, then of its own policies and groups. `boundary` is the ARN
    of its permissions boundary. `wide` are the ARNs of policies that give everything. `tags` are the
    principal's own.
    """

    account: str
    partition: str
    own: tuple[str, ...] = ()
    boundary: str = ""
    wide: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()

    @cached_property
    def known(self) -> dict[str, str | None]:
        """The keys whose values follow from who and where it is."""
        values: dict[str, str | None] = {
            "aws:principalaccount": self.account,
            "aws:resourceaccount": self.account,
            **{f"{PRINCIPAL_TAGS}{key.lower()}": value for key, value in self.tags},
        }
        me = self.own[0] if self.own else ""
        if ":role/" in me or ":user/" in me:
            values["aws:principalarn"] = me
        if ":user/" in me:
            values["aws:username"] = me.rpartition("/")[2]
        return values
