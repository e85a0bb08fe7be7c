"""The trust policy of a role: how it differs, what stands in its way, whom it waits for, who is in it."""

from collections.abc import Iterator

from reconciler.core import facts
from reconciler.core.call import Answers, Call, write
from reconciler.core.change import FieldChange
from reconciler.core.problems import Problems
from reconciler.facets import trusted_principals
from reconciler.facets.identity import Identity
from reconciler.policy.catalogue import limits
from reconciler.policy.compare.equality import same_meaning
from reconciler.policy.document.document import Document, as_list


def check_size(document: Document, raised: int | None, problems: Problems) -> None:
    """Report one that is too large; `raised` is the account's own quota."""
    most = raised or limits.TRUST_SIZE
    if document.size > most:
        hint = (
            ""
            if raised
            else (
                "; if AWS raised your quota, say so: limits: {trust_size:"
                f" {limits.RAISABLE['trust_size'].most}}}"
            )
        )
        problems.error(f"the trust policy has {document.size} characters; IAM takes {most}{hint}")


def is_new(want: Document, live: Document | None, partition: str) -> bool:
    """Whether it says something else than the live one."""
    return live is None or not same_meaning(want, live, partition, trust=True)


def diff(want: Document, live: Document, partition: str) -> Iterator[FieldChange]:
    """The change, if there is one."""
    if is_new(want, live, partition):
        yield FieldChange("trust", "document", live.text, want.text)


def blockers(
    role: Identity, want: Document, answers: Answers, promised: frozenset[str], *, new: bool
) -> Iterator[str]:
    """Why IAM would refuse it.

    It names what is not there, or, where it is to be written, what was deleted.
    """
    account = role.arn.split(":")[4]
    for arn in trusted_principals.missing(want, account, answers, promised):
        if arn != role.arn:
            yield f"the trust names {arn}, and there is no such role or user, nor does this plan make it"
    if new:
        yield from trusted_principals.dead(want)


def waits_for(want: Document, account: str) -> frozenset[str]:
    """That those whom it names are there."""
    return frozenset(facts.exists(arn) for arn in trusted_principals.principals_in_account(want, account))


def call(role: Identity, want: Document) -> Call:
    """Writes it."""
    params = {**role.target, "PolicyDocument": want.text}
    needs = {facts.exists(role.arn)} | waits_for(want, role.arn.split(":")[4])
    return write(
        "UpdateAssumeRolePolicy", role.arn, params, needs=needs, provides=[facts.done(role.arn, "trust")]
    )


def who(document: Document) -> str:
    """Everyone whom it lets in, in a few words: `ec2 may assume it, X under conditions`."""
    principals = frozenset(_who(document))
    free = sorted(name for name, is_limited in principals if not is_limited)
    limited = ", ".join(sorted(name for name, is_limited in principals if is_limited and name not in free))
    if limited and not free:
        return f"{limited} may assume it under conditions"
    return f"{', '.join(free) or 'nobody'} may assume it" + (
        f", {limited} under conditions" if limited else ""
    )


def _who(document: Document) -> Iterator[tuple[str, bool]]:
    """Each with whether a condition has to hold, such as MFA, an external id or a subject."""
    for statement in document.statements:
        if statement.get("Effect") != "Allow":
            continue
        but = "everyone but " if "NotPrincipal" in statement else ""
        principal = statement.get("Principal", statement.get("NotPrincipal"))
        named = principal if isinstance(principal, dict) else {"AWS": principal}
        for kind, values in named.items():
            for value in map(str, as_list(values)):
                name = value.removesuffix(".amazonaws.com") if kind == "Service" else value
                who = "anyone" if name == "*" else name
                yield f"{but}{who}", bool(statement.get("Condition"))
