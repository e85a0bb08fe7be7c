"""The permissions boundary of a role or user: set before access is added, removed after the rest."""

from collections.abc import Iterable

from reconciler.core import facts
from reconciler.core.call import Answers, Call, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext
from reconciler.core.problems import Problems
from reconciler.facets import attachments
from reconciler.facets.identity import Identity

# What a difference means.
FACET_TITLES = {"boundary": "A role's or user's permissions boundary is another one than the spec's."}


def of_section(given: str | None, context: SpecContext, problems: Problems) -> str:
    """The ARN of the policy that a section names, "" for none."""
    return "" if given is None else attachments.policy_arn(given, context, problems)


def diff(want: str, have: str) -> tuple[FieldChange, ...]:
    """No boundary is empty text."""
    return () if want == have else (FieldChange("boundary", "value", have or None, want or None),)


def changes_of(noun: str) -> dict[str, tuple[tuple[str, ...], str]]:
    """What the operations on it change: for a kind's CHANGES."""
    return {
        f"Put{noun}PermissionsBoundary": (("boundary",), ""),
        f"Delete{noun}PermissionsBoundary": (("boundary",), ""),
    }


def settled(want: str, have: str, answers: Answers) -> str:
    """The ARN of what was asked for, under the path that it was found on."""
    return attachments.settled(want, frozenset({have}), answers) if want else ""


def probes(
    attached: frozenset[str], limit: str, live: frozenset[str], bound: str, answers: Answers
) -> tuple[Call, ...]:
    """What tells whether new attachments and another boundary exist; `live` and `bound` are what there is."""
    new = list(attachments.new(attached, live))
    if limit and not attachments.is_same_policy(limit, bound):
        new.append(limit)
    return tuple(probe for arn in new for probe in attachments.needed_probes(arn, answers))


def new(attached: frozenset[str], limit: str, live: frozenset[str], bound: str) -> frozenset[str]:
    """The policies that are wanted and not there yet, a boundary among them."""
    return (attached - live) | ({limit} if limit and limit != bound else set())


def put(identity: Identity, want: str, have: str) -> tuple[Call, ...]:
    """The call that sets another boundary, if one is wanted."""
    if not want or want == have:
        return ()
    params = {**identity.target, "PermissionsBoundary": want}
    needs = {facts.exists(identity.arn), facts.exists(want)}
    done = [facts.done(identity.arn, "boundary")]
    return (
        write(f"Put{identity.noun}PermissionsBoundary", identity.arn, params, needs=needs, provides=done),
    )


def in_force(put: Iterable[Call], want: str) -> set[str]:
    """What grants wait for: that the boundary is on, and says what it should."""
    provided = {facts.done(want, "document")} if want else set()
    return {fact for call in put for fact in call.provides} | provided


def remove(identity: Identity, want: str, have: str, after: Iterable[str]) -> tuple[Call, ...]:
    """The call that removes the boundary, once everything else is as it should be."""
    if want or not have:
        return ()
    done = [facts.done(identity.arn, "boundary")]
    return (
        write(
            f"Delete{identity.noun}PermissionsBoundary",
            identity.arn,
            identity.target,
            needs=after,
            provides=done,
        ),
    )
