"""Inline policies of a role, group or user: documents that belong to it alone."""

from reconciler.core import facts
from reconciler.core.call import Call, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext
from reconciler.core.problems import Problems
from reconciler.facets import inline_quota
from reconciler.facets.identity import Identity
from reconciler.facets.inline_quota import Exchange
from reconciler.facets.names import check_name
from reconciler.language import policy_body
from reconciler.language.lint_hook import review_total
from reconciler.policy.catalogue import limits
from reconciler.policy.compare.equality import same_meaning
from reconciler.policy.document.document import Document
from reconciler.policy.meaning.canonical import digest, fingerprint

Inline = tuple[tuple[str, Document], ...]


def build(
    sections: dict[str, policy_body.BodySection], context: SpecContext, problems: Problems, kind: str
) -> Inline:
    """The documents by name, sorted; their total must fit the fixed quota of this kind of principal."""
    built = []
    for name, section in sections.items():
        here = problems.under(name)
        check_name(name, "policyNameType", here)
        document = policy_body.build(section, context, here, managed=False)
        if document:
            built.append((name, document))
    total = sum(document.size for _, document in built)
    most = limits.INLINE_TOTAL[kind]
    if total > most:
        problems.error(f"{total} characters in all; IAM takes {most} of inline policies a {kind}")
    review_total(total, most, f"the {kind}'s inline policies", context, problems)
    return tuple(sorted(built, key=lambda pair: pair[0]))


def fingerprint_of(inline: Inline) -> str:
    """The digest of all inline policies together."""
    return fingerprint(" ".join(f"{name}={digest(document)}" for name, document in inline))


def diff(want: Inline, have: Inline, partition: str) -> tuple[FieldChange, ...]:
    """One change for each policy that is new, gone, or means something else."""
    wanted, live = dict(want), dict(have)
    changes = []
    for name in sorted(wanted.keys() | live.keys()):
        old, new = live.get(name), wanted.get(name)
        if old and new and same_meaning(old, new, partition):
            continue
        changes.append(
            FieldChange("inline", "document", old.text if old else None, new.text if new else None, name)
        )
    return tuple(changes)


def denies(document: Document) -> bool:
    """Whether any statement of the document denies."""
    return any(statement.get("Effect") == "Deny" for statement in document.statements)


def changes(identity: Identity, want: Inline, have: Inline, partition: str) -> tuple[Call, ...]:
    """Put and delete calls; where the quota leaves no room for both, what goes or shrinks comes first."""
    exchange = _exchange(identity, want, have, partition)
    room = exchange.room()
    calls = [
        write(
            identity.operation("Put"),
            identity.arn,
            {**identity.target, "PolicyName": name, "PolicyDocument": document.text},
            needs=[
                facts.exists(identity.arn),
                *inline_quota.needs_of_put(exchange, room, name, identity.arn),
            ],
            provides=[facts.done(identity.arn, f"put {name}")],
        )
        for name, document in exchange.put.items()
    ]
    for name in sorted({*exchange.deleted, *room.put_again}):
        params = {**identity.target, "PolicyName": name}
        done = facts.done(identity.arn, f"delete {name}")
        needs = inline_quota.needs_of_delete(exchange, room, name, identity.arn)
        calls.append(write(identity.operation("Delete"), identity.arn, params, needs=needs, provides=[done]))
    return tuple(calls)


def _exchange(identity: Identity, want: Inline, have: Inline, partition: str) -> Exchange:
    live, wanted = dict(have), dict(want)
    put = {n: d for n, d in want if not (n in live and same_meaning(live[n], d, partition))}
    deleted = frozenset(live.keys() - wanted.keys())
    denying = frozenset(
        n for n, d in (*have, *put.items()) if denies(d) and (n in deleted or d is put.get(n))
    )
    return Exchange(put, live, deleted, denying, limits.INLINE_TOTAL[identity.noun.lower()])


def notes(identity: Identity, want: Inline, have: Inline, partition: str) -> tuple[str, ...]:
    """The quota may force something away before its replacement is there."""
    exchange = _exchange(identity, want, have, partition)
    # A limit that goes in any case may go first.
    return (inline_quota.GAP,) if exchange.room().first - exchange.denying else ()


def blockers(identity: Identity, want: Inline) -> tuple[str, ...]:
    """Why IAM would not take all of them."""
    noun = identity.noun.lower()
    return inline_quota.obstacle((document.size for _, document in want), limits.INLINE_TOTAL[noun], noun)
