"""The order of calls on users and on their groups.

What limits a user is in force before, and longer than, what it limits.

A user's access changes by its own calls, by its memberships and by calls on its groups. Each principal's own
calls are in a safe order by themselves; this is about the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from reconciler.core import facts
from reconciler.core.call import Call
from reconciler.facets.identity_documents import arns_of
from reconciler.facets.inline_policies import denies
from reconciler.plan.access import memberships
from reconciler.plan.comparison import Comparison
from reconciler.policy.catalogue.limits import GROUPS_PER_USER
from reconciler.policy.document.document import Document

Effect = Literal["limits", "grants", "takes", "frees", ""]
_JOIN, _LEAVE = "AddUserToGroup", "RemoveUserFromGroup"
# Facts that several calls make true: to wait for such a one is to wait for all of them.
_SHARED = ("ready ", "joined ")
Needs = dict[Call, set[str]]


def in_safe_order(drafts: list[Comparison]) -> list[Comparison]:
    """The same drafts, with what their calls wait for besides."""
    groups = {d.want.name: d for d in drafts if d.change.address.kind == "group"}
    users = {d.want.name: d for d in drafts if d.change.address.kind == "user"}
    principals = (*groups.values(), *users.values())
    if not principals:
        return drafts
    effects = {call: _effect(call, draft, groups) for draft in principals for call in draft.change.calls}
    needs: Needs = {}
    for user, (before, after) in memberships.belonging(tuple(drafts), {}).items():
        own = users[user].change.calls if user in users else ()
        around = tuple(
            call
            for name in sorted(before | after)
            if name in groups
            for call in groups[name].change.calls
            if call.params.get("UserName", user) == user
        )
        if around or any(call.operation in (_JOIN, _LEAVE) for call in own):
            _add(needs, (*own, *around), effects, users.get(user), groups)
        if len(before | after) > GROUPS_PER_USER:
            # No room for the new groups before the old ones are left.
            left = _facts(call for call in (*own, *around) if call.operation == _LEAVE)
            for call in (*own, *around):
                if call.operation == _JOIN:
                    needs.setdefault(call, set()).update(left)
    return [
        _with(draft, needs, effects) if draft.change.address.kind in ("group", "user") else draft
        for draft in drafts
    ]


def _effect(call: Call, draft: Comparison, groups: Mapping[str, Comparison]) -> Effect:
    """What a call does to the access of those whom it is about."""
    operation, params, denying = call.operation, call.params, draft.want.denying
    if operation in (_JOIN, _LEAVE):
        group = groups.get(params["GroupName"])
        limits = group is not None and _denies(group.want if operation == _JOIN else group.have, group)
        return ("limits" if limits else "grants") if operation == _JOIN else ("frees" if limits else "takes")
    if operation.endswith("PermissionsBoundary"):
        return "limits" if operation.startswith("Put") else "frees"
    if operation.startswith(("Attach", "Detach")):
        limits = params["PolicyArn"] in denying
        return (
            ("limits" if limits else "grants")
            if operation.startswith("A")
            else ("frees" if limits else "takes")
        )
    if operation.startswith("Put"):
        return "limits" if denies(Document(params["PolicyDocument"])) else "grants"
    if operation in ("DeleteUserPolicy", "DeleteGroupPolicy"):
        return "frees" if denies(dict(draft.have.inline)[params["PolicyName"]]) else "takes"
    return ""


def _denies(state: Any, group: Comparison) -> bool:
    if state is None:
        return False
    denying = group.want.denying | (group.have.denying if group.have else frozenset())
    return not denying.isdisjoint(state.attached) or any(denies(document) for _, document in state.inline)


def _add(
    needs: Needs,
    calls: tuple[Call, ...],
    effects: Mapping[Call, Effect],
    user: Comparison | None,
    groups: Mapping[str, Comparison],
) -> None:
    """What the calls about one user wait for."""
    by_effect: dict[Effect, list[Call]] = {}
    for call in calls:
        by_effect.setdefault(effects.get(call, ""), []).append(call)
    for call in by_effect.get("grants", ()):
        limits = [c for c in by_effect.get("limits", ()) if not (c.operation == _JOIN and _is_of(call, c))]
        needs.setdefault(call, set()).update(_facts(limits), _said(call, user, groups))
    for call in by_effect.get("frees", ()):
        # Whoever leaves a group is out of it before it denies less.
        leaving = [c for c in by_effect["frees"] if c.operation == _LEAVE and _is_of(call, c)]
        needs.setdefault(call, set()).update(_facts((*by_effect.get("takes", ()), *leaving)))
    replaced = bool(user and user.have and user.have.boundary)
    for call in by_effect.get("limits", ()):
        if replaced and call.operation == "PutUserPermissionsBoundary":
            # Another boundary may let through what the group gave.
            leaves = [c for c in by_effect.get("takes", ()) if c.operation == _LEAVE]
            needs.setdefault(call, set()).update(_facts(leaves))


def _is_of(call: Call, membership: Call) -> bool:
    """Whether a call is on the group that is joined or left: one that denies limits and grants at once."""
    return "UserName" not in call.params and call.params.get("GroupName") == membership.params["GroupName"]


def _said(call: Call, user: Comparison | None, groups: Mapping[str, Comparison]) -> Iterator[str]:
    """That the policies which one holds or comes to hold say what they should."""
    group = groups.get(call.params["GroupName"]) if call.operation == _JOIN else None
    for draft in (user, group):
        for arn in sorted(arns_of(draft.want)) if draft else ():
            yield facts.done(arn, "document")


def _facts(calls: Iterable[Call]) -> set[str]:
    return {fact for call in calls for fact in call.provides if not fact.startswith(_SHARED)}


def _with(draft: Comparison, needs: Needs, effects: Mapping[Call, Effect]) -> Comparison:
    calls = tuple(
        _waiting(call, needs.get(call, set()), effects.get(call, "")) for call in draft.change.calls
    )
    return replace(draft, change=replace(draft.change, calls=calls))


def _waiting(call: Call, needs: set[str], effect: Effect) -> Call:
    own = call.needs
    if call.operation == _JOIN and effect == "limits":
        # A group that denies is joined before the user is given what it is to be denied.
        own = own - {facts.ready("user", call.params["UserName"])}
    return replace(call, needs=own | (needs - call.provides))
