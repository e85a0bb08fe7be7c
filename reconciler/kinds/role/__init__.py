"""Roles, with what belongs to them alone: trust policy, attachments, inline policies, boundary, tags.

Manages all of these, closed: what a role has beyond the spec is a difference. Does not: change a path (IAM
can't), touch service-linked or AWS-reserved roles, replace. Its instance profile is a kind of its own.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from reconciler.core import facts
from reconciler.core.call import Answers, Call, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext
from reconciler.core.exported import Exported
from reconciler.core.kind import CreatedRead, Kind, Listed
from reconciler.facets import (
    attachments,
    boundary,
    identity_policies,
    inline_policies,
    names,
    tags,
    trusted_principals,
)
from reconciler.facets.identity import changes_of
from reconciler.facets.reads import role as role_reads
from reconciler.facets.reads.account import (
    BOUNDARIES,
    PRINCIPAL_DETAILS,
    ROLE_DETAILS,
    ROLES,
    SOME_ROLES,
    AccountWide,
)
from reconciler.kinds.role import bulk as bulk_answers
from reconciler.kinds.role import deletion, desired
from reconciler.kinds.role import trust as role_trust
from reconciler.kinds.role.desired import HOUR, Section, State
from reconciler.policy.document import arns
from reconciler.policy.document.document import document, in_order
from reconciler.policy.grants.trust import admits_nobody
from reconciler.policy.meaning.canonical import digest, fingerprint


def _probes(want: State, attached: frozenset[str], limit: str, answers: Answers) -> tuple[Call, ...]:
    policies = boundary.probes(want.attached, want.boundary, attached, limit, answers)
    answer = answers.get(role_reads.get(want.name))
    trust_ = document(answer["Role"]["AssumeRolePolicyDocument"]) if answer else None
    is_new = role_trust.is_new(want.trust, trust_, want.partition)
    return policies + (trusted_principals.probes(want.trust, want.account) if is_new else ())


def live(name: str, answers: Answers) -> State | None:
    """The live role of a name."""
    answer = answers.get(role_reads.get(name))
    if answer is None:
        return None
    role = answer["Role"]
    all_tags = tags.of_response(role.get("Tags"))
    return State(
        name=role["RoleName"],
        path=role["Path"],
        arn=role["Arn"],
        description=role.get("Description") or "",
        trust=in_order(document(role["AssumeRolePolicyDocument"])),
        attached=role_reads.attached(name, answers),
        inline=role_reads.inline(name, answers),
        boundary=role_reads.boundary(name, answers),
        max_session_duration=role.get("MaxSessionDuration") or HOUR,
        tags=tags.users_own(all_tags),
        owner=tags.value_of(all_tags, tags.SPEC),
        applied=tags.value_of(all_tags, tags.APPLIED),
        all_tags=all_tags,
    )


class RoleKind(Kind[Section, State]):
    """Roles, with what belongs to them alone: trust policy, attachments, inline policies, boundary, tags."""

    KIND = desired.KIND
    MODEL = Section
    identify = staticmethod(desired.identify)
    from_spec = staticmethod(desired.from_spec)
    render = staticmethod(desired.render)
    from_snapshot = staticmethod(desired.from_snapshot)
    stub = staticmethod(desired.stub)
    SECTION = "roles"
    FACETS = desired.FACETS
    FACET_TITLES = desired.FACET_TITLES
    CREATED_READ = CreatedRead("CreateRole", "GetRole", "RoleName", "Role")
    LISTED = Listed(PRINCIPAL_DETAILS, "RoleDetailList", "RoleName")
    LISTED_WHOLE = (ROLE_DETAILS, ROLES, BOUNDARIES)
    TAGS_SHOWN_BY = "account details"
    FOLDS_TAG_KEYS = True
    RAISABLE = frozenset({"CreateRole", "AttachRolePolicy", "UpdateAssumeRolePolicy"})
    ORPHAN_SEVERITY = "gained"
    NAMED_BY = "RoleName"
    TAKES_OFF: ClassVar[Mapping[str, str]] = {"DetachRolePolicy": "PolicyArn"}
    EMPTIED = identity_policies.EMPTIED
    NAMED_IN_TRUST = True
    UPDATED_FACETS: ClassVar[Mapping[str, tuple[tuple[str, ...], str]]] = {
        "UpdateRole": (("description", "max_session_duration"), ""),
        "UpdateAssumeRolePolicy": (("trust",), ""),
        **changes_of("Role"),
        **boundary.changes_of("Role"),
        **tags.changes("Role"),
    }
    READS_PER_RESOURCE = 3
    ACCESS_BY = "policies"
    BULK_ANSWERS = bulk_answers.BULK_ANSWERS
    notes = staticmethod(identity_policies.notes)
    # What deleting one takes is a subject of its own.
    DELETE_OPERATIONS = deletion.DELETE_OPERATIONS
    deletion_reads = staticmethod(deletion.deletion_reads)
    usage = staticmethod(deletion.usage)
    delete = staticmethod(deletion.delete)

    def bulk(self, owner: str, account: AccountWide) -> tuple[Call, ...]:
        """The account's roles."""
        return bulk_answers.reads(account)

    def reads(self, want: State, answers: Answers) -> tuple[Call, ...]:
        """The role and its two lists together.

        Then inline documents, and whether what is to be attached exists.
        """
        first = (
            role_reads.get(want.name),
            role_reads.list_attached(want.name),
            role_reads.list_inline(want.name),
        )
        if any(call not in answers for call in first):
            return first
        if answers.get(first[0]) is None:
            more: tuple[Call, ...] = (SOME_ROLES,)
            attached: frozenset[str] = frozenset()
        else:
            attached_policies = answers.get(first[2]) or {}
            more = tuple(
                role_reads.get_inline(want.name, policy)
                for policy in attached_policies.get("PolicyNames", ())
            )
            attached = role_reads.attached(want.name, answers)
        return (*first, *more, *_probes(want, attached, role_reads.boundary(want.name, answers), answers))

    def read_permissions(self, want: State) -> tuple[tuple[str, str], ...]:
        """The role and all that it holds, also what was attached by hand; the sweep; whom its trust names."""
        named = trusted_principals.principals_in_account(want.trust, want.account)
        return (
            *role_reads.read_permissions(want.arn),
            ("iam:ListRoles", "*"),
            *(trusted_principals.probed(arn) for whole in named for arn in arns.with_and_without_path(whole)),
        )

    def from_answers(self, want: State, answers: Answers) -> State | None:
        """The live role."""
        return live(want.name, answers)

    def complete(self, want: State, answers: Answers) -> State:
        """AWS's own policies named without their path get the path under which they were found."""
        return replace(
            want,
            attached=attachments.all_settled(want.attached, role_reads.attached(want.name, answers), answers),
            boundary=boundary.settled(want.boundary, role_reads.boundary(want.name, answers), answers),
        )

    def diff(self, want: State, have: State) -> tuple[FieldChange, ...]:
        """Field by field; documents by meaning."""
        changes: list[FieldChange] = []
        if want.description != have.description:
            changes.append(
                FieldChange("description", "value", have.description or None, want.description or None)
            )
        changes += role_trust.diff(want.trust, have.trust, want.partition)
        changes += attachments.diff("attached", want.attached, have.attached)
        changes += inline_policies.diff(want.inline, have.inline, want.partition)
        changes += boundary.diff(want.boundary, have.boundary)
        if want.max_session_duration != have.max_session_duration:
            lengths = str(have.max_session_duration), str(want.max_session_duration)
            changes.append(FieldChange("max_session_duration", "value", *lengths))
        return (*changes, *tags.diff(want.tags, have.tags))

    def fingerprints(self, state: State) -> Mapping[str, str]:
        """Digests of what is applied."""
        return {
            "attached": fingerprint(" ".join(sorted(state.attached))),
            "boundary": fingerprint(state.boundary),
            "description": fingerprint(state.description),
            "inline": inline_policies.fingerprint_of(state.inline),
            "max_session_duration": fingerprint(str(state.max_session_duration)),
            "tags": tags.digest(state.tags),
            "trust": digest(state.trust, state.partition),
        }

    def blockers(
        self, want: State, have: State | None, answers: Answers, promised: frozenset[str]
    ) -> tuple[str, ...]:
        """The same name elsewhere, and policies that are named but do not exist."""
        reasons: list[str] = []
        if have is None:
            listed = answers.get(SOME_ROLES) or {"Roles": []}
            other = names.same_name(want.name, (role["Arn"] for role in listed["Roles"]))
            if other:
                reasons.append(names.clash(want.arn, other))
        elif have.name != want.name:
            reasons.append(names.clash(want.arn, have.arn))
        elif have.path != want.path:
            reasons.append(names.moved(have.arn, want.path))
        reasons += identity_policies.blockers(want, have, want.quota)
        reasons += tags.blockers(want.tags, want.owner)
        held = (have.attached, have.boundary) if have else (frozenset[str](), "")
        new = have is None or role_trust.is_new(want.trust, have.trust, want.partition)
        reasons += role_trust.blockers(want.identity, want.trust, answers, promised, new=new)
        reasons += attachments.missing(boundary.new(want.attached, want.boundary, *held), answers, promised)
        return tuple(reasons)

    def create(self, want: State, *, in_cycle: bool) -> tuple[Call, ...]:
        """The role with its tags and boundary, then what is put into it.

        A role that must exist before those it trusts is made with a trust that admits nobody, and given its
        own once they are there.
        """
        own = facts.exists(want.arn)
        waits = role_trust.waits_for(want.trust, want.account)
        late_trust = in_cycle or own in waits
        first = document(admits_nobody(arns.root(want.partition, want.account))) if late_trust else want.trust
        params: dict[str, Any] = {
            "RoleName": want.name,
            "Path": want.path,
            "AssumeRolePolicyDocument": first.text,
        }
        params["MaxSessionDuration"] = want.max_session_duration
        if want.description:
            params["Description"] = want.description
        needs = frozenset[str]() if late_trust else waits
        if want.boundary:
            params["PermissionsBoundary"] = want.boundary
            needs = needs | {facts.exists(want.boundary), facts.done(want.boundary, "document")}
        marked = want.tags | tags.own(want.owner, self.fingerprints(want), want.applied, want.mark)
        if marked:
            params["Tags"] = tags.as_param(marked)
        create_role = write("CreateRole", want.arn, params, needs=needs, provides=[own])
        return (
            create_role,
            *((role_trust.call(want.identity, want.trust),) if late_trust else ()),
            *identity_policies.changes(want, frozenset(), (), want.quota),
        )

    def update(self, want: State, have: State) -> tuple[Call, ...]:
        """What adds access or a limit first, what takes away last, our own tags at the very end."""
        put = boundary.put(want.identity, want.boundary, have.boundary)
        limited = boundary.in_force(put, want.boundary)
        main: list[Call] = [*put]
        if (want.description, want.max_session_duration) != (have.description, have.max_session_duration):
            # Both always: IAM merges what is left out, the local server resets it (contract §3, §11).
            params = {
                "RoleName": want.name,
                "Description": want.description,
                "MaxSessionDuration": want.max_session_duration,
            }
            main.append(write("UpdateRole", want.arn, params, provides=[facts.done(want.arn, "settings")]))
        if role_trust.is_new(want.trust, have.trust, want.partition):
            main.append(role_trust.call(want.identity, want.trust))
        grown = identity_policies.changes(want, have.attached, have.inline, want.quota)
        main += [replace(call, needs=call.needs | limited) for call in grown]
        so_far = {fact for call in main for fact in call.provides}
        main += boundary.remove(want.identity, want.boundary, have.boundary, so_far)
        marks = tags.own(want.owner, self.fingerprints(want), want.applied, want.mark, have.all_tags)
        done = tuple(main)
        return done + tags.update(
            "Role", {"RoleName": want.name}, want.arn, want.tags, have.all_tags, marks, done
        )

    def to_spec(self, have: State, context: SpecContext) -> Exported:
        """The entry of a spec that describes it."""
        # Start-up: few runs export.
        from reconciler.kinds.role.export import of_role  # noqa: PLC0415

        return of_role(have, context)

    def in_words(self, have: State) -> tuple[str, ...]:
        """Who may assume it, and what it holds."""
        return (role_trust.who(have.trust), *identity_policies.in_words(have, have.boundary))

    def summary(self, want: State) -> str:
        """What `verify` says when all is right."""
        return "; ".join([role_trust.who(want.trust), *identity_policies.summary(want), "nothing else"])


kind = RoleKind()
