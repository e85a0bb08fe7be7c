"""Reading which groups users are in, and what those hold, where the users' access changes."""

from reconciler.aws.reader import Reader
from reconciler.facets.reads import user as user_reads
from reconciler.plan.access import memberships
from reconciler.plan.access.memberships import LiveMemberships
from reconciler.plan.comparison import Comparison


def read_memberships(
    drafts: tuple[Comparison, ...], reader: Reader, *, outsiders: bool = True
) -> LiveMemberships:
    """The users whose access changes, and all their groups: what users may do depends on both.

    `outsiders` are users whom no spec describes and who come into a group or leave it.

    Raises:
        NoCredentials, Unreachable: nothing can be read at all.
    """
    names, known = memberships.users(drafts, outsiders=outsiders), memberships.known(drafts)
    users = reader.users(tuple(name for name in names if name not in known))
    users |= {name: known[name] for name in names if name in known}
    return LiveMemberships(users, reader.groups(memberships.groups(drafts, users)))


def groups_of_user(name: str, reader: Reader) -> frozenset[str] | None:
    """The groups that a user is in; None where they can't be read."""
    answers, errors = reader.ask((user_reads.list_groups(name),))
    return None if errors else user_reads.groups(name, answers)
