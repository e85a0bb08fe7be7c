"""Reads what is in the account and in no loaded spec, as account-wide answers show it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from reconciler.app.observe.owned import AccountSweep
from reconciler.aws.reader import Reader
from reconciler.core.address import Address, Source
from reconciler.core.call import Params
from reconciler.core.desired import Desired
from reconciler.core.kind import AnyKind
from reconciler.core.plan import Unread
from reconciler.core.results.unmanaged import OwnedElsewhere
from reconciler.core.text import owned_by
from reconciler.facets import tags
from reconciler.facets.identity_documents import is_identity
from reconciler.facets.mark import NO_MARKS, SpecMarks
from reconciler.facets.reads import sweep
from reconciler.facets.reads.sweep import NamedResource, Tagged
from reconciler.kinds import KINDS
from reconciler.plan import ownership
from reconciler.plan.findings.unmanaged import (
    LiveAccount,
    Undescribed,
    UndescribedResources,
    documents_needed,
    effect_of,
)
from reconciler.policy.document.document import Document, as_list

_KINDS: Mapping[str, AnyKind] = {kind.KIND: kind for kind in KINDS}
_Key = tuple[str, str]


def read_undescribed(
    swept: AccountSweep,
    described: Mapping[str, Address],
    marks: Mapping[str, SpecMarks],
    others: Mapping[_Key, str],
    reader: Reader,
) -> UndescribedResources:
    """All of it, AWS's own apart.

    `described` are addresses by ARN, `marks` those that the loaded specs' resources may bear,
    `others` what another environment of the project describes without a tag.

    Raises:
        NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
    """
    orphans = {(orphan.address.kind, orphan.address.name) for orphan in swept.own_orphans}
    entries = swept.undescribed
    tagged = _of_specs_elsewhere(swept)
    undescribed = {(resource.kind, resource.name) for resource, _ in entries}
    orphaned = {(t.kind, t.name): t for t in swept.tagged if (t.kind, t.name) in orphans}
    states, unread = _read_states(swept, undescribed, {**tagged, **orphaned}, reader)
    live, unread_policies = _live_account(swept, states, undescribed, described, reader)
    everything = tuple(
        _undescribed(resource, entry, swept.account, states, live.documents, {**tagged, **orphaned})
        for resource, entry in entries
    )
    resources = tuple(resource for resource in everything if _key(resource) not in orphans)
    owned = {
        r.address: replace(owner, severity=effect_of(r, live)[0])
        for r in resources
        if (owner := _owner_of(r, tagged, marks, others)) is not None
    }
    addresses = tuple(sorted(f"{resource.kind}.{resource.name}" for resource, _ in swept.undescribed))
    own = tuple(resource for resource in everything if _key(resource) in orphans)
    return UndescribedResources(addresses, resources, own, owned, live, (*unread, *unread_policies))


def _of_specs_elsewhere(swept: AccountSweep) -> dict[_Key, Tagged]:
    """What bears the tag of a spec that is not loaded, or the mark of one of the same name elsewhere."""
    of_others = {(o.address.kind, o.address.name) for o in swept.orphans if o.whose}
    return {
        key: resource
        for resource in swept.tagged
        if (key := (resource.kind, resource.name)) in of_others or resource.spec not in swept.loaded
    }


def _live_account(
    swept: AccountSweep,
    states: Mapping[_Key, Any],
    undescribed: set[_Key],
    described: Mapping[str, Address],
    reader: Reader,
) -> tuple[LiveAccount, tuple[Unread, ...]]:
    """What it takes to judge them, and what of AWS's own policies can't be read."""
    groups = {
        name: state for (kind, name), state in states.items() if getattr(state, "users", None) is not None
    }
    members = tuple(groups.values())
    principals = [
        state
        for key, state in states.items()
        if is_identity(state) and (key in undescribed or state in members)
    ]
    needed = tuple(sorted(documents_needed(principals)))
    documents = sweep.documents(swept.answers) | reader.documents(needed)
    unread = tuple(
        Unread.by(error, Address(swept.account, "policy", arn.rpartition("/")[2]))
        for arn, error in reader.unread(needed).items()
    )
    return LiveAccount(swept.account, documents, groups, described, _trusting(swept)), unread


def _owner_of(
    resource: Undescribed,
    tagged: Mapping[_Key, Tagged],
    marks: Mapping[str, SpecMarks],
    others: Mapping[_Key, str],
) -> OwnedElsewhere | None:
    """Whose it is by its tags, if these prove it, or, without any, by another environment's description."""
    key = _key(resource)
    if key in others:
        words = f"described in the environment {others[key]}"
        return OwnedElsewhere(str(resource.address), "", words, is_of_project=True)
    tag = tagged.get(key)
    if tag is None or resource.unproven:
        return None
    mark, own = tags.mark_of(tag.applied), marks.get(tag.spec)
    of_project = own or next((m for m in marks.values() if m.origin == mark.origin), NO_MARKS)
    words = owned_by(tag.spec, own.whose_else(mark)) if own else f"{owned_by(tag.spec)}, which is not loaded"
    return OwnedElsewhere(str(resource.address), tag.spec, words, of_project.is_of_known_environment(mark))


def _key(resource: Undescribed) -> _Key:
    return resource.address.kind, resource.address.name


def _read_states(
    swept: AccountSweep, undescribed: set[_Key], tagged: Mapping[_Key, Tagged], reader: Reader
) -> tuple[dict[_Key, Any], tuple[Unread, ...]]:
    """Principals, all groups among them, and what bears the tag of another spec; and what can't be read."""
    wanted = tuple(
        _bare(resource, swept.account)
        for resource, _ in sweep.entries(swept.answers, KINDS)
        # Users hold what their groups hold, whoever describes these.
        if (by := _KINDS[resource.kind].ACCESS_BY) == "policies"
        or (by == "document" and (key := (resource.kind, resource.name)) in undescribed and key in tagged)
    )
    seen = reader.resources(wanted)
    states = {
        (o.desired.address.kind, o.desired.address.name): o.desired.kind.from_answers(
            o.desired.state, o.answers
        )
        for o in seen
        if o.error is None
    }
    unread = (
        Unread.by(o.error, o.desired.address)
        for o in seen
        if o.error is not None and (o.desired.address.kind, o.desired.address.name) in undescribed
    )
    return {key: state for key, state in states.items() if state is not None}, tuple(unread)


def _bare(resource: NamedResource, account: str) -> Desired:
    kind = _KINDS[resource.kind]
    address = Address(account, resource.kind, resource.name)
    return Desired(address, kind, kind.stub(resource.name, resource.arn), "", Source("", 0))


def _undescribed(
    resource: NamedResource,
    entry: Params,
    account: str,
    states: Mapping[_Key, Any],
    documents: Mapping[str, Document],
    tagged: Mapping[_Key, Tagged],
) -> Undescribed:
    key, kind = (resource.kind, resource.name), _KINDS[resource.kind]
    state = states.get(key)
    return Undescribed(
        Address(account, resource.kind, resource.name),
        kind,
        resource.path,
        resource.arn,
        _day(entry.get("CreateDate")),
        _day((entry.get("RoleLastUsed") or {}).get("LastUsedDate")),
        _unproven(kind, state, tagged[key]) if key in tagged else "",
        state if kind.ACCESS_BY == "policies" else None,
        documents.get(resource.arn),
        entry.get("AttachmentCount"),
        entry.get("PermissionsBoundaryUsageCount"),
        tuple(role["Arn"] for role in entry.get("Roles") or ()),
        # Of a role that was never used the member is there, and empty.
        "RoleLastUsed" in entry,
    )


def _unproven(kind: AnyKind, state: Any, tagged: Tagged) -> str:
    """Why its tags are not believed: whoever may tag can write them."""
    if state is not None:
        return ownership.other_access(kind, state)
    if kind.ACCESS_BY in ("policies", "document"):
        return "it could not be read, so that its tags prove nothing"
    return ownership.bears_tag_alone(tagged.applied)


def _day(moment: object) -> date | None:
    try:
        return date.fromisoformat(str(moment)[:10]) if moment else None
    except ValueError:
        return None


def _trusting(swept: AccountSweep) -> dict[str, tuple[str, ...]]:
    """The roles that trust each identity provider, by its ARN."""
    trusting: dict[str, tuple[str, ...]] = {}
    for role, provider in _federated(sweep.trusts(swept.answers) or {}):
        trusting[provider] = (*trusting.get(provider, ()), role)
    return trusting


def _federated(trusts: Mapping[str, Document]) -> Iterator[tuple[str, str]]:
    for role, trust in sorted(trusts.items()):
        for statement in trust.statements:
            principal = statement.get("Principal")
            if statement.get("Effect") == "Allow" and isinstance(principal, dict):
                yield from ((role, str(arn)) for arn in as_list(principal.get("Federated", [])))
