"""Which access a change of a document gives and takes: decided by what the documents mean, not by their text.

For each group of actions about which the two documents say something else (`action_groups`) a request is
looked for that only one of them allows, or denies (`decide`). So "no" is proved, and "yes" comes with a
request that shows it. One group that would take too much work leaves the others decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from reconciler.policy.compare.access_verdict import NO, AccessVerdict, answers
from reconciler.policy.compare.compared_statements import DENIED, FREED, GAINED, LOST, ComparedStatements
from reconciler.policy.document.document import Document
from reconciler.policy.meaning import principals
from reconciler.policy.meaning.canonical import same_form
from reconciler.policy.meaning.statements import Statement, statements


@dataclass(frozen=True, slots=True)
class Delta:
    """What the document allows more and less by itself, and what it denies more and less.

    What it denies counts next to any other document.
    """

    gained: AccessVerdict
    lost: AccessVerdict
    denied_added: AccessVerdict
    denied_removed: AccessVerdict

    @property
    def equivalent(self) -> bool | None:
        """Whether the two can replace each other next to any other documents; None where it is not known."""
        answers = {v.answer for v in (self.gained, self.lost, self.denied_added, self.denied_removed)}
        if "yes" in answers:
            return False
        return None if "unknown" in answers else True


_SAME = Delta(NO, NO, NO, NO)


@lru_cache(maxsize=4096)
def delta(old: Document, new: Document, partition: str = "aws") -> Delta:
    """The difference between two identity policies, or two trust policies, by what they allow and deny."""
    if same_form(old, new, partition):
        return _SAME
    return difference(statements(old, partition), statements(new, partition))


def difference(before: Sequence[Statement], after: Sequence[Statement]) -> Delta:
    """The difference of statements, of one document or of several that count together."""
    sides = ComparedStatements(tuple(before), tuple(after))
    if not any(statement.principals is not None for statement in sides.every):
        return Delta(*answers(sides, (GAINED, LOST, DENIED, FREED)))
    gained, lost = answers(sides, (GAINED, LOST))
    return Delta(
        gained=_ordered(gained, sides.before, sides.after),
        lost=_ordered(lost, sides.after, sides.before),
        denied_added=NO,
        denied_removed=NO,
    )


@lru_cache(maxsize=512)
def of_principal(sides: ComparedStatements) -> tuple[AccessVerdict, AccessVerdict]:
    """What a principal gains and loses, by all its documents together and within its boundaries."""
    gained, lost = answers(sides, (GAINED, LOST))
    return gained, lost


def _ordered(
    verdict: AccessVerdict, wide: tuple[Statement, ...], narrow: tuple[Statement, ...]
) -> AccessVerdict:
    """An account's root and one of its roles can't be ordered.

    A principal named itself escapes implicit denies.
    """
    if verdict.answer != "no":
        return verdict
    narrow_principals, wide_principals = _allowed_principals(narrow), _allowed_principals(wide)
    for entry in sorted(narrow_principals - wide_principals):
        account = principals.account_of(entry[1]) if entry[0] == "AWS" else ""
        roots = {principals.account_of_root(text) for _, text in wide_principals}
        if account and account in roots and not principals.account_of_root(entry[1]):
            return AccessVerdict(
                "unknown",
                why=f"{entry[1]} is named itself, and its account's root was: neither contains the other",
            )
        if any(principals.is_session_of(entry[1], text) for _, text in wide_principals):
            return AccessVerdict(
                "unknown",
                why=f"{entry[1]} is a session of a role that was named: the documentation says both",
            )
    return verdict


def _allowed_principals(statements: tuple[Statement, ...]) -> set[principals.Principal]:
    return {entry for s in statements if s.allows for entry in s.principals or ()}
