"""Groups: what their members may do.

Manages: path, attachments, inline policies, and the members where the spec names them. IAM has no tags on
groups, so naming one in a spec is the claim to it. Does not: make users, rename.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from reconciler.core import facts
from reconciler.core.call import Answers, Call, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext
from reconciler.core.exported import Exported
from reconciler.core.kind import Kind, Listed
from reconciler.core.problems import Problems
from reconciler.core.text import shortened
from reconciler.facets import attachments, identity_policies, inline_policies, memberships, names, snapshot
from reconciler.facets.identity import changes_of
from reconciler.facets.reads import group as group_reads
from reconciler.facets.reads import user as user_reads
from reconciler.facets.reads.account import GROUPS, PRINCIPAL_DETAILS, AccountWide
from reconciler.kinds.group import bulk as bulk_answers
from reconciler.kinds.group import deletion, lost_answers
from reconciler.kinds.group.desired import Section, State
from reconciler.policy.catalogue import limits
from reconciler.policy.document import arns
from reconciler.policy.document.document import document
from reconciler.policy.meaning.canonical import fingerprint


class GroupKind(Kind[Section, State]):
    """Groups: what their members may do."""

    MODEL = Section
    KIND = "group"
    SECTION = "groups"
    FACETS = ("path", "attached", "inline", "members")
    FACET_TITLES: ClassVar[Mapping[str, str]] = {
        "members": "A group has other members than the spec says.",
        "path": "The path differs.",
        **identity_policies.FACET_TITLES,
    }
    # Nothing marks a group as ours: whether a create was, its path says.
    CREATED_READ = None
    LOST_ANSWERS = (lost_answers.CREATED_GROUP,)
    RAISABLE = frozenset({"CreateGroup"})
    LISTED = Listed(PRINCIPAL_DETAILS, "GroupDetailList", "GroupName")
    UNMARKED = "groups"
    NAMED_BY = "GroupName"
    TAKES_OFF: ClassVar[Mapping[str, str]] = {"DetachGroupPolicy": "PolicyArn"}
    EMPTIED: ClassVar[Mapping[str, Any]] = {**identity_policies.EMPTIED, "members": []}
    UPDATED_FACETS: ClassVar[Mapping[str, tuple[tuple[str, ...], str]]] = {
        "UpdateGroup": (("path",), ""),
        **memberships.changes_of("members", "UserName"),
        **changes_of("Group"),
    }
    READS_PER_RESOURCE = 3
    ACCESS_BY = "policies"
    BULK_ANSWERS = bulk_answers.BULK_ANSWERS
    # What deleting one takes is a subject of its own.
    DELETE_OPERATIONS = deletion.DELETE_OPERATIONS
    deletion_reads = staticmethod(deletion.deletion_reads)
    usage = staticmethod(deletion.usage)
    delete = staticmethod(deletion.delete)

    def identify(self, name: str, given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
        """The group's name and ARN."""
        return name, arns.build(partition, account, "group", names.written_path(given), name)

    def from_spec(
        self, name: str, section: Section, context: SpecContext, problems: Problems
    ) -> State | None:
        """The desired group."""
        names.check_name(name, "groupNameType", problems)
        names.check_path(section.path, "pathType", problems)
        quota = attachments.Quota(limits.POLICIES_PER_GROUP, "; for groups it can't be raised")
        attached = attachments.build(section.attach, context, problems.under("attach"), quota)
        inline = inline_policies.build(section.inline, context, problems.under("inline"), self.KIND)
        members = names.members(section.members, "userNameType", problems.under("members"))
        if problems.has_errors:
            return None
        arn = arns.build(context.partition, context.account, "group", section.path, name)
        return State(name, section.path, arn, attached, inline, members, denying=context.denying)

    def render(self, want: State) -> dict[str, Any]:
        """All settings; `members` is null where they are not managed."""
        return {
            "path": want.path,
            "attached": sorted(want.attached),
            "inline": {name: policy.data for name, policy in want.inline},
            "members": None if want.members is None else sorted(want.members),
        }

    def from_snapshot(self, name: str, arn: str, settings: Mapping[str, Any]) -> State:
        """The group that these settings describe."""
        members, path = settings["members"], snapshot.text(settings["path"])
        return State(
            name=name,
            path=path,
            arn=arns.on_path(arn, path),
            attached=frozenset(snapshot.texts(settings["attached"])),
            inline=tuple(sorted((n, document(data)) for n, data in settings["inline"].items())),
            members=None if members is None else frozenset(snapshot.texts(members)),
        )

    def stub(self, name: str, arn: str, want: State | None = None) -> State:
        """A group of which nothing is known but its name."""
        return State(name, "/", arn, frozenset(), (), frozenset())

    def bulk(self, owner: str, account: AccountWide) -> tuple[Call, ...]:
        """The account's groups, where they are looked for."""
        return bulk_answers.reads(account)

    def reads(self, want: State, answers: Answers) -> tuple[Call, ...]:
        """The group and its two lists together.

        Then its documents, and whether what is to come into it exists.
        """
        first = (
            group_reads.get(want.name),
            group_reads.list_attached(want.name),
            group_reads.list_inline(want.name),
        )
        if any(call not in answers for call in first):
            return first
        answer = answers.get(first[0])
        sweep = () if answer else (GROUPS,)
        inline = tuple(
            group_reads.get_inline(want.name, policy)
            for policy in group_reads.inline_names(want.name, answers)
        )
        users = tuple(
            user_reads.get(name) for name in sorted((want.members or frozenset()) - group_reads.users(answer))
        )
        new = attachments.new(want.attached, group_reads.attached(want.name, answers))
        probes = tuple(probe for arn in new for probe in attachments.needed_probes(arn, answers))
        return (*first, *sweep, *inline, *users, *probes)

    def read_permissions(self, want: State) -> tuple[tuple[str, str], ...]:
        """The group and all that it holds, also what was attached by hand; the sweep.

        The users who are to come in.
        """
        users = [f"arn:{want.partition}:iam::{want.account}:user/*"] if want.members is not None else []
        return (
            *group_reads.read_permissions(want.arn),
            ("iam:ListGroups", "*"),
            *(("iam:GetUser", arn) for arn in users),
        )

    def from_answers(self, want: State, answers: Answers) -> State | None:
        """The live group, its members too where the spec leaves them alone."""
        answer = answers.get(group_reads.get(want.name))
        if answer is None:
            return None
        group = answer["Group"]
        return State(
            name=group["GroupName"],
            path=group["Path"],
            arn=group["Arn"],
            attached=group_reads.attached(want.name, answers),
            inline=group_reads.inline(want.name, answers),
            members=group_reads.users(answer) if want.members is not None else None,
            users=group_reads.users(answer),
        )

    def complete(self, want: State, answers: Answers) -> State:
        """With the paths of AWS's own policies, which only AWS could tell."""
        live = group_reads.attached(want.name, answers)
        return replace(want, attached=attachments.all_settled(want.attached, live, answers))

    def diff(self, want: State, have: State) -> tuple[FieldChange, ...]:
        """Path, attachments, inline policies by meaning, members where they are managed."""
        changes: list[FieldChange] = []
        if want.path != have.path:
            changes.append(FieldChange("path", "value", have.path, want.path))
        changes += attachments.diff("attached", want.attached, have.attached)
        changes += attachments.diff("members", want.members, have.members)
        return (*changes, *inline_policies.diff(want.inline, have.inline, want.partition))

    def fingerprints(self, state: State) -> Mapping[str, str]:
        """Digests of what is applied; there is no tag to keep them in."""
        return {
            "attached": fingerprint(" ".join(sorted(state.attached))),
            "inline": inline_policies.fingerprint_of(state.inline),
            "members": fingerprint(" ".join(sorted(state.members or ()))),
            "path": fingerprint(state.path),
        }

    def blockers(
        self, want: State, have: State | None, answers: Answers, promised: frozenset[str]
    ) -> tuple[str, ...]:
        """The same name in another case; policies and users that are named but do not exist."""
        listed = (answers.get(GROUPS) or {}).get("Groups", ()) if have is None else ()
        reasons = [*names.elsewhere(want.arn, have.arn if have else "", (group["Arn"] for group in listed))]
        reasons += attachments.missing(
            want.attached - (have.attached if have else frozenset()), answers, promised
        )
        reasons += identity_policies.blockers(want, have, limits.POLICIES_PER_GROUP)
        new = (want.members or frozenset()) - (have.users if have else frozenset())
        return (*reasons, *memberships.missing("user", new, user_reads.get, answers, promised))

    def create(self, want: State, *, in_cycle: bool) -> tuple[Call, ...]:
        """The group, then what it may do, and then its members."""
        there = [facts.exists(want.arn), facts.named(self.KIND, want.name)]
        create_group = write(
            "CreateGroup", want.arn, {"GroupName": want.name, "Path": want.path}, provides=there
        )
        granted = identity_policies.changes(want, frozenset(), (), limits.POLICIES_PER_GROUP)
        return (
            create_group,
            *memberships.awaited(self.KIND, want.name, granted),
            *memberships.members(want.identity, want.members, frozenset()),
        )

    def update(self, want: State, have: State) -> tuple[Call, ...]:
        """What takes access away comes last, and nobody comes in before the group is as it should be."""
        granted = identity_policies.changes(want, have.attached, have.inline, limits.POLICIES_PER_GROUP)
        moved: tuple[Call, ...] = ()
        if want.path != have.path:
            params = {"GroupName": want.name, "NewPath": want.path}
            moved = (write("UpdateGroup", want.arn, params, provides=[facts.done(want.arn, "path")]),)
        return (
            *moved,
            *memberships.awaited(self.KIND, want.name, granted),
            *memberships.members(want.identity, want.members, have.members or frozenset()),
        )

    def notes(self, want: State, have: State) -> tuple[str, ...]:
        """A quota may force something off before its replacement is on."""
        return identity_policies.notes_within(want, have, limits.POLICIES_PER_GROUP)

    def to_spec(self, have: State, context: SpecContext) -> Exported:
        """The entry of a spec that describes it."""
        # Start-up: few runs export.
        from reconciler.kinds.group.export import of_group  # noqa: PLC0415

        return of_group(have, context)

    def in_words(self, have: State) -> tuple[str, ...]:
        """What it holds, and who is in it."""
        members = sorted(have.users)
        inside = f"has the members {shortened(members)}" if members else "has no members"
        return (*identity_policies.in_words(have), inside)

    def summary(self, want: State) -> str:
        """What `verify` says when all is right."""
        parts = identity_policies.summary(want)
        if want.members is not None:
            parts.append(f"members {', '.join(sorted(want.members))}" if want.members else "no members")
        return "; ".join(parts)


kind = GroupKind()
