"""Users, with what belongs to them: path, attachments, inline policies, boundary, tags.

Their groups where the spec names them.

Does not: passwords, access keys, MFA devices, certificates (they are nobody's to keep in a file); rename.
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
from reconciler.core.text import shortened
from reconciler.facets import (
    attachments,
    boundary,
    identity_policies,
    inline_policies,
    names,
    tags,
)
from reconciler.facets import memberships as group_members
from reconciler.facets.identity import changes_of
from reconciler.facets.reads import group as group_reads
from reconciler.facets.reads import user as user_reads
from reconciler.facets.reads.account import (
    BOUNDARIES,
    PRINCIPAL_DETAILS,
    SOME_USERS,
    USER_DETAILS,
    AccountWide,
)
from reconciler.kinds.user import bulk as bulk_answers
from reconciler.kinds.user import deletion, desired
from reconciler.kinds.user.desired import Section, State
from reconciler.policy.document import arns
from reconciler.policy.meaning.canonical import fingerprint


class UserKind(Kind[Section, State]):
    """Users, with what belongs to them: path, attachments, inline policies, boundary, tags."""

    KIND = desired.KIND
    MODEL = Section
    identify = staticmethod(desired.identify)
    from_spec = staticmethod(desired.from_spec)
    render = staticmethod(desired.render)
    from_snapshot = staticmethod(desired.from_snapshot)
    stub = staticmethod(desired.stub)
    SECTION = "users"
    FACETS = ("path", "attached", "inline", "boundary", "groups", "tags")
    FACET_TITLES: ClassVar[Mapping[str, str]] = {
        "groups": "A user is in other groups than the spec says.",
        "path": "The path differs.",
        "tags": tags.TITLE,
        **boundary.FACET_TITLES,
        **identity_policies.FACET_TITLES,
    }
    CREATED_READ = CreatedRead("CreateUser", "GetUser", "UserName", "User")
    LISTED = Listed(PRINCIPAL_DETAILS, "UserDetailList", "UserName")
    LISTED_WHOLE = (USER_DETAILS, BOUNDARIES)
    TAGS_SHOWN_BY = "account details"
    FOLDS_TAG_KEYS = True
    RAISABLE = frozenset({"CreateUser", "AttachUserPolicy"})
    ORPHAN_SEVERITY = "gained"
    NAMED_BY = "UserName"
    TAKES_OFF: ClassVar[Mapping[str, str]] = {"DetachUserPolicy": "PolicyArn"}
    EMPTIED: ClassVar[Mapping[str, Any]] = {**identity_policies.EMPTIED, "groups": []}
    NAMED_IN_TRUST = True
    UPDATED_FACETS: ClassVar[Mapping[str, tuple[tuple[str, ...], str]]] = {
        "UpdateUser": (("path",), ""),
        **changes_of("User"),
        **boundary.changes_of("User"),
        **group_members.changes_of("groups", "GroupName"),
        **tags.changes("User"),
    }
    READS_PER_RESOURCE = 3
    ACCESS_BY = "policies"
    BULK_ANSWERS = bulk_answers.BULK_ANSWERS
    DELETE_OPERATIONS = deletion.DELETE_OPERATIONS
    notes = staticmethod(identity_policies.notes)
    deletion_reads = staticmethod(deletion.deletion_reads)
    usage = staticmethod(deletion.usage)
    delete = staticmethod(deletion.delete)

    def bulk(self, owner: str, account: AccountWide) -> tuple[Call, ...]:
        """The account's users, where a run looks for those anyway.

        Else each is asked for, as specs describe few.
        """
        return bulk_answers.reads(account)

    def reads(self, want: State, answers: Answers) -> tuple[Call, ...]:
        """The user and its lists together; then its documents, and whether what it is to have exists."""
        lists = user_reads.list_attached(want.name), user_reads.list_inline(want.name)
        memberships = () if want.groups is None else (user_reads.list_groups(want.name),)
        first = (user_reads.get(want.name), *lists, *memberships)
        if any(call not in answers for call in first):
            return first
        sweep = () if answers.get(first[0]) else (SOME_USERS,)
        inline = tuple(
            user_reads.get_inline(want.name, policy) for policy in user_reads.inline_names(want.name, answers)
        )
        held = user_reads.attached(want.name, answers), user_reads.boundary(want.name, answers)
        policies = boundary.probes(want.attached, want.boundary, *held, answers)
        entered = want.groups - user_reads.groups(want.name, answers) if want.groups else frozenset()
        return (*first, *sweep, *inline, *policies, *(group_reads.get(name) for name in sorted(entered)))

    def read_permissions(self, want: State) -> tuple[tuple[str, str], ...]:
        """The user and all that it holds, also what was attached by hand; the sweep.

        The groups that it is to be in.
        """
        permissions = (*user_reads.read_permissions(want.arn), ("iam:ListUsers", "*"))
        if want.groups is None:
            return permissions
        own = [("iam:ListGroupsForUser", arn) for arn in arns.with_and_without_path(want.arn)]
        return (*permissions, *own, ("iam:GetGroup", f"arn:{want.partition}:iam::{want.account}:group/*"))

    def from_answers(self, want: State, answers: Answers) -> State | None:
        """The live user; its groups only where the spec names them."""
        answer = answers.get(user_reads.get(want.name))
        if answer is None:
            return None
        user = answer["User"]
        all_tags = tags.of_response(user.get("Tags"))
        return State(
            name=user["UserName"],
            path=user["Path"],
            arn=user["Arn"],
            attached=user_reads.attached(want.name, answers),
            inline=user_reads.inline(want.name, answers),
            boundary=user_reads.boundary(want.name, answers),
            groups=None if want.groups is None else user_reads.groups(want.name, answers),
            tags=tags.users_own(all_tags),
            owner=tags.value_of(all_tags, tags.SPEC),
            applied=tags.value_of(all_tags, tags.APPLIED),
            all_tags=all_tags,
        )

    def complete(self, want: State, answers: Answers) -> State:
        """With the paths of AWS's own policies, which only AWS could tell."""
        return replace(
            want,
            attached=attachments.all_settled(want.attached, user_reads.attached(want.name, answers), answers),
            boundary=boundary.settled(want.boundary, user_reads.boundary(want.name, answers), answers),
        )

    def diff(self, want: State, have: State) -> tuple[FieldChange, ...]:
        """Field by field; inline policies by meaning, groups where they are managed."""
        changes = [FieldChange("path", "value", have.path, want.path)] if want.path != have.path else []
        changes += attachments.diff("attached", want.attached, have.attached)
        changes += attachments.diff("groups", want.groups, have.groups)
        changes += inline_policies.diff(want.inline, have.inline, want.partition)
        changes += boundary.diff(want.boundary, have.boundary)
        return (*changes, *tags.diff(want.tags, have.tags))

    def fingerprints(self, state: State) -> Mapping[str, str]:
        """Digests of what is applied; none of groups that are not managed."""
        groups = {"groups": fingerprint(" ".join(sorted(state.groups)))} if state.groups is not None else {}
        return groups | {
            "attached": fingerprint(" ".join(sorted(state.attached))),
            "boundary": fingerprint(state.boundary),
            "inline": inline_policies.fingerprint_of(state.inline),
            "path": fingerprint(state.path),
            "tags": tags.digest(state.tags),
        }

    def blockers(
        self, want: State, have: State | None, answers: Answers, promised: frozenset[str]
    ) -> tuple[str, ...]:
        """The same name in another case; policies and groups that are named but do not exist."""
        listed = (answers.get(SOME_USERS) or {}).get("Users", ()) if have is None else ()
        reasons = [*names.elsewhere(want.arn, have.arn if have else "", (user["Arn"] for user in listed))]
        held = (have.attached, have.boundary) if have else (frozenset[str](), "")
        reasons += attachments.missing(boundary.new(want.attached, want.boundary, *held), answers, promised)
        reasons += identity_policies.blockers(want, have, want.quota)
        reasons += (*group_members.over(want.groups), *tags.blockers(want.tags, want.owner))
        entered = (want.groups or frozenset()) - ((have.groups if have else None) or frozenset())
        return (*reasons, *group_members.missing("group", entered, group_reads.get, answers, promised))

    def create(self, want: State, *, in_cycle: bool) -> tuple[Call, ...]:
        """The user with its tags and boundary, then what it may do, and then its groups."""
        params: dict[str, Any] = {"UserName": want.name, "Path": want.path}
        needs: set[str] = set()
        if want.boundary:
            params["PermissionsBoundary"] = want.boundary
            needs = {facts.exists(want.boundary), facts.done(want.boundary, "document")}
        marked = want.tags | tags.own(want.owner, self.fingerprints(want), want.applied, want.mark)
        if marked:
            params["Tags"] = tags.as_param(marked)
        create_user = write(
            "CreateUser",
            want.arn,
            params,
            needs=needs,
            provides=[facts.exists(want.arn), facts.named(self.KIND, want.name)],
        )
        granted = group_members.awaited(
            self.KIND, want.name, identity_policies.changes(want, frozenset(), (), want.quota)
        )
        return (create_user, *granted, *group_members.groups(want.identity, want.groups, frozenset()))

    def update(self, want: State, have: State) -> tuple[Call, ...]:
        """A limit first, what adds access, what takes away, groups, our own tags.

        Under a new ARN the user is there only once it is moved.
        """
        main: list[Call] = []
        if want.path != have.path:
            moved = {"UserName": want.name, "NewPath": want.path}
            main.append(write("UpdateUser", want.arn, moved, provides=[facts.exists(want.arn)]))
        put = boundary.put(want.identity, want.boundary, have.boundary)
        limited = boundary.in_force(put, want.boundary)
        grown = identity_policies.changes(want, have.attached, have.inline, want.quota)
        granted = (*put, *(replace(call, needs=call.needs | limited) for call in grown))
        main += group_members.awaited(self.KIND, want.name, granted)
        main += group_members.groups(want.identity, want.groups, have.groups or frozenset())
        so_far = {facts.joined(want.name), *(fact for call in main for fact in call.provides)}
        main += boundary.remove(want.identity, want.boundary, have.boundary, so_far)
        marks = tags.own(want.owner, self.fingerprints(want), want.applied, want.mark, have.all_tags)
        return (
            *main,
            *tags.update(
                "User", want.identity.target, want.arn, want.tags, have.all_tags, marks, tuple(main)
            ),
        )

    def to_spec(self, have: State, context: SpecContext) -> Exported:
        """The entry of a spec that describes it."""
        # Start-up: few runs export.
        from reconciler.kinds.user.export import of_user  # noqa: PLC0415

        return of_user(have, context)

    def in_words(self, have: State) -> tuple[str, ...]:
        """What it holds, and in which groups it is."""
        groups = sorted(have.groups or ())
        return (
            *identity_policies.in_words(have, have.boundary),
            *((f"is in the groups {shortened(groups)}",) if groups else ()),
        )

    def summary(self, want: State) -> str:
        """What `verify` says when all is right."""
        groups = ", ".join(sorted(want.groups or ())) or "no group"
        return "; ".join(
            [*identity_policies.summary(want), *([] if want.groups is None else [f"in {groups}"])]
        )


kind = UserKind()
