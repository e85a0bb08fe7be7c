"""What a role may do by all its documents together.

These are its attached and inline policies, within its permissions boundary.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from reconciler.policy.catalogue import actions, reference_disagreements
from reconciler.policy.catalogue.actions import Action
from reconciler.policy.compare import resource_classes
from reconciler.policy.compare.compared_statements import ComparedStatements
from reconciler.policy.document.document import Document, as_list, compact, statements_of
from reconciler.policy.meaning.evaluate import AccessRequest, Decision, evaluate, includes
from reconciler.policy.meaning.patterns import Budget
from reconciler.policy.meaning.statements import Element, Statement, statements

_WALK = 300_000
Answer = Literal["allowed", "denied", "unknown"]


@dataclass(frozen=True, slots=True)
class IdentityPolicies:
    """A role's documents by what they are called; `unseen` are policies whose documents are not known.

    `own` are the ARNs of the principal itself, its groups and the policies that it holds; `limit` is that of
    its boundary. `tags` are the principal's own.
    """

    identity: tuple[tuple[str, Document], ...]
    boundary: tuple[str, Document] | None = None
    unseen: tuple[str, ...] = ()
    unseen_boundary: str = ""
    own: tuple[str, ...] = ()
    limit: str = ""
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityDecision:
    """The answer, which document and statement of it decided, and why in words."""

    answer: Answer
    why: str
    document: str = ""
    statement: Statement | None = None


def ruling(role: IdentityPolicies, request: AccessRequest) -> IdentityDecision:
    """Whether the role may.

    "unknown" where that depends on a document that is not known, or on what is not documented.
    """
    action = actions.action(request.action)
    if action is not None and reference_disagreements.needs_no_permission(action):
        return IdentityDecision("allowed", f"{action.full} needs no permission, and no policy denies it")
    if action is None or action.resources:
        return _ruling(role, request)
    asked = reference_disagreements.asked_on(action, role.own[0].split(":")[1] if role.own else "aws")
    on_all = _ruling(role, replace(request, resource=asked))
    for effect in ("Allow", "Deny"):
        other = _ruling(_widened(role, action, effect), replace(request, resource=asked))
        if other.answer != on_all.answer:
            why = (
                f"the reference of {actions.data_date()} lists no resource for {action.full}, and AWS's own"
                " policies or guides grant it on such all the same"
            )
            return IdentityDecision("unknown", why, other.document, other.statement)
    if request.resource in (None, "*", asked) or _ruling(role, request).answer == on_all.answer:
        return on_all
    return replace(
        on_all,
        why=(
            f"{on_all.why}; {action.full} takes no resource, so what is granted or denied on one does not"
            " count"
        ),
    )


def _widened(role: IdentityPolicies, action: Action, effect: str) -> IdentityPolicies:
    """The role as if its statements counted whose resources the reference does not list for the action.

    AWS grants the action on such resources elsewhere.
    """
    limit = role.boundary
    return replace(
        role,
        identity=tuple((name, _on_everything(document, action, effect)) for name, document in role.identity),
        boundary=(limit[0], _on_everything(limit[1], action, effect)) if limit else None,
    )


def _on_everything(document: Document, action: Action, effect: str) -> Document:
    data = document.data
    for statement in statements_of(data):
        texts = as_list(statement.get("Resource", []))
        if statement.get("Effect") == effect and any(_may_count(action, text) for text in texts):
            statement["Resource"] = "*"
    return Document(compact(data))


def _may_count(action: Action, text: str) -> bool:
    return reference_disagreements.grants_elsewhere(action, text) or reference_disagreements.grants_once(
        action, text
    )


def _ruling(role: IdentityPolicies, request: AccessRequest) -> IdentityDecision:
    decision = evaluate([document for _, document in role.identity], request)
    name = role.identity[decision.document][0] if decision.document is not None else ""
    if decision.answer == "explicit deny":
        return IdentityDecision("denied", "denied explicitly", name, decision.statement)
    limit = _limit(role, request)
    if limit is not None and limit.answer == "denied":
        return limit
    if decision.answer == "unknown":
        return IdentityDecision("unknown", decision.why, name, decision.statement)
    if decision.answer == "allowed":
        return _unless_unseen(role, limit or IdentityDecision("allowed", "allowed", name, decision.statement))
    if role.unseen:
        return IdentityDecision(
            "unknown",
            f"no document that was seen allows it, and these were not seen: {', '.join(role.unseen)}",
        )
    return IdentityDecision("denied", "no document allows it")


def _limit(role: IdentityPolicies, request: AccessRequest) -> IdentityDecision | None:
    """What the boundary says against it; None where it says nothing against it."""
    if role.unseen_boundary:
        return IdentityDecision("unknown", f"the permissions boundary was not seen: {role.unseen_boundary}")
    if role.boundary is None:
        return None
    name, document = role.boundary
    decision: Decision = evaluate([document], request)
    if decision.answer == "allowed":
        return None
    if decision.answer == "unknown":
        return IdentityDecision("unknown", decision.why, name, decision.statement)
    why = (
        "the permissions boundary denies it"
        if decision.answer == "explicit deny"
        else "the permissions boundary does not allow it"
    )
    return IdentityDecision("denied", why, name, decision.statement)


def _unless_unseen(role: IdentityPolicies, decision: IdentityDecision) -> IdentityDecision:
    """The decision, unless a document that was not seen could deny."""
    if decision.answer == "allowed" and role.unseen:
        return IdentityDecision(
            "unknown",
            f"{decision.document} allows it, but these were not seen and could deny it:"
            f" {', '.join(role.unseen)}",
            decision.document,
            decision.statement,
        )
    return decision


Written = tuple[dict[str, Any], ...]


def sides(before: IdentityPolicies, after: IdentityPolicies) -> ComparedStatements:
    """All statements of a role before and after a change.

    A boundary that was not seen is left out: the answer is then what the other documents give and take.
    """
    return ComparedStatements(
        every_statement(before),
        every_statement(after),
        (before.boundary is not None, after.boundary is not None),
    )


def written(role: IdentityPolicies) -> Written:
    """The same statements as the documents write them, in the same order."""
    return tuple(statement for document in all_documents(role) for statement in _written(document))


@lru_cache(maxsize=4096)
def _written(document: Document) -> Written:
    """Read only: many roles have the same document."""
    return tuple(document.statements)


def all_documents(role: IdentityPolicies) -> tuple[Document, ...]:
    """Every document that is known, the boundary last."""
    limit = (role.boundary[1],) if role.boundary else ()
    return (*(document for _, document in role.identity), *limit)


def every_statement(role: IdentityPolicies) -> tuple[Statement, ...]:
    """All statements that are known, those of the boundary last."""
    limiting = statements(role.boundary[1]) if role.boundary else ()
    return (*granting(role), *(replace(s, limits=s.allows) for s in limiting))


def granting(role: IdentityPolicies) -> tuple[Statement, ...]:
    """The same without those of the boundary."""
    return tuple(s for _, document in role.identity for s in statements(document))


def resources_told_apart(role: IdentityPolicies, asked: AccessRequest) -> tuple[str, ...]:
    """A resource of every class that the role's documents tell apart, whatever resource the request names.

    Raises:
        TooMuch: there are too many classes.
    """
    action = asked.action.lower()
    only = Element(frozenset({action}))
    every = tuple(replace(s, actions=only) for s in every_statement(role) if includes(s.actions, action, {}))
    by_class = resource_classes.resources(every, asked.variables, Budget(_WALK)) if every else {}
    return tuple(sorted({"*", *(text for text in by_class.values() if text)}))
