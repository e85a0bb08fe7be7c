"""What an identity can newly do that takes consent: everything, or a known way to all permissions."""

from collections.abc import Iterator, Mapping

from reconciler.policy.compare.identity import IdentityPolicies, every_statement, granting
from reconciler.policy.document.document import Document
from reconciler.policy.document.readable import shape_verdicts
from reconciler.policy.meaning.statements import statements
from reconciler.policy.risk.broad import FULLY, admin_level
from reconciler.policy.risk.caller_choices import BOUNDARY, POLICY
from reconciler.policy.risk.caller_keys import CallerFacts
from reconciler.policy.risk.escalations import (
    JudgedBy,
    allows_everything,
    reachable,
    wide_policies,
)

# The consent that it takes, and what it is in words.
RiskKind = tuple[str, str]


def risks(
    before: IdentityPolicies, after: IdentityPolicies, documents: Mapping[str, Document]
) -> tuple[RiskKind, ...]:
    """What the second of two holdings of a principal can do beyond the first that takes consent.

    `documents` are managed policies by ARN, as they are to be: a boundary that is one of them may bound
    nothing.
    """
    # Of somebody who could not be read, and who leaves a group, only that group is known.
    known = after if after.own else before
    old, new = (judged_by(holdings, known, documents) for holdings in (before, after))
    admin = tuple(_admin(old, new))
    return admin or _escalations(old, new)


def escalations(
    before: IdentityPolicies, after: IdentityPolicies, documents: Mapping[str, Document]
) -> tuple[RiskKind, ...]:
    """New ways from some permissions to all of them, in one line; also of an admin whose exceptions go."""
    # Of somebody who could not be read, and who leaves a group, only that group is known.
    known = after if after.own else before
    old, new = (judged_by(holdings, known, documents) for holdings in (before, after))
    return () if any(_admin(old, new)) else _escalations(old, new)


def judged_by(
    holdings: IdentityPolicies, known: IdentityPolicies, documents: Mapping[str, Document]
) -> JudgedBy:
    """`known` is of the same principal, and surely there."""
    own = holdings.own or known.own
    parts = own[0].split(":")
    every = every_statement(holdings)
    wide: tuple[str, ...] = ()
    if any(test.key in (POLICY, BOUNDARY) for statement in every for test in statement.tests):
        wide = (*wide_policies(parts[1]), *(arn for arn, d in documents.items() if _is_wide(arn, d)))
    who = CallerFacts(parts[4], parts[1], own, holdings.limit, wide, holdings.tags or known.tags)
    return JudgedBy(every, who, holdings.boundary is not None, granting(holdings))


def _is_wide(arn: str, document: Document) -> bool:
    """Whether a policy allows everything or leads there, whoever holds it."""
    if admin_level(document) == FULLY:
        return True
    parts = arn.split(":")
    if parts[4] == "aws" or shape_verdicts(document.data, identity=True):
        return False
    return any(
        not way.indirect for way in reachable(JudgedBy(statements(document), CallerFacts(parts[4], parts[1])))
    )


def _admin(old: JudgedBy, new: JudgedBy) -> Iterator[RiskKind]:
    is_admin = allows_everything(new.statements, bounded=new.bounded)
    if is_admin and not allows_everything(old.statements, bounded=old.bounded):
        yield "admin", "may do everything, by its policies together"


def _escalations(old: JudgedBy, new: JudgedBy) -> tuple[RiskKind, ...]:
    before = {way for way in reachable(old) if not way.indirect}
    # Who could do it to anything could do it to itself.
    known = {action for way in before for action in way.actions if len(way.actions) == 1}
    after = {way for way in reachable(new) - before if not way.indirect and not known.issuperset(way.actions)}
    if not after:
        return ()
    ways = sorted(f"{way.how} ({', '.join(way.actions)})" for way in after)
    more = f", and {len(ways) - 1} more" if len(ways) > 1 else ""
    return (("escalation", f"can give itself everything: {ways[0]}{more}"),)
