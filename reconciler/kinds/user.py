"""Users, with what belongs to them: path, attachments, inline policies, boundary, tags; their groups where the spec names them.

Does not: passwords, access keys, MFA devices, certificates (they are nobody's to keep in a file); rename, delete.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from pydantic import Field

from reconciler.core import facts
from reconciler.core.call import Answers, Call, Params, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext, Tags
from reconciler.core.problems import Problems
from reconciler.parts import (
    attachments,
    body,
    boundary,
    inline_policies,
    live_groups,
    live_users,
    membership,
    names,
    rendered,
    tags,
)
from reconciler.parts.access_order import in_safe_order
from reconciler.parts.account_wide import SOME_USERS, AccountWide, Cut
from reconciler.parts.acknowledgements import Acknowledgements
from reconciler.parts.holders import Holder, changes_of
from reconciler.parts.ignores import Ignores
from reconciler.parts.section import Section as BaseSection
from reconciler.parts.section import TagMap, Texts
from reconciler.policy import arns, limits
from reconciler.policy.canonical import fingerprint
from reconciler.policy.document import document

KIND = "user"
SECTION = "users"
FACETS = ("path", "attached", "inline", "boundary", "groups", "tags")
CHANGES = {
    "UpdateUser": (("path",), ""),
    **changes_of("User"),
    **boundary.changes_of("User"),
    **membership.changes_of("groups", "GroupName"),
    **tags.changes("User"),
}
READS_EACH = 3
CUTS: dict[str, Callable[[Params, AccountWide], Cut]] = {}


class Section(BaseSection):
    """A user."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "permissions_boundary": "boundary:",
        "policies": "attach: for managed policies, inline: for the user's own",
        "PermissionsBoundary": "boundary:",
        "managed_policies": "attach:",
        "managed_policy_arns": "attach:",
        "inline_policy": "inline:",
        "memberships": "groups:",
        "password": "nothing: passwords are not managed here",
        "login_profile": "nothing: passwords are not managed here",
        "access_keys": "nothing: access keys are not managed here",
        "keys": "nothing: access keys are not managed here",
        "mfa": "nothing: MFA devices are not managed here",
        "mfa_devices": "nothing: MFA devices are not managed here",
        "signing_certificates": "nothing: certificates are not managed here",
        "server_certificates": "nothing: server certificates are not managed here",
        "ssh_public_keys": "nothing: SSH keys are not managed here",
        "service_specific_credentials": "nothing: credentials of services are not managed here",
    }
    path: str = Field("/", description="Begins and ends with a slash.")
    tags: TagMap
    attach: attachments.Attachments = Field((), description="Managed policies; all others are detached.")
    inline: body.BodiesByName = Field(default_factory=dict, description="The user's own policies.")
    boundary: str | None = Field(None, description="The permissions boundary, a policy.")
    groups: Texts | None = Field(None, description="All groups of the user; not managed where left out.")
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State:
    """A user as desired, or as it is. `boundary` is "" for none, `groups` None where not managed; `denying` and `quota` only order calls."""  # fmt: skip

    name: str
    path: str
    arn: str
    attached: frozenset[str]
    inline: inline_policies.Inline
    boundary: str
    groups: frozenset[str] | None
    tags: Tags
    owner: str
    applied: str = ""
    all_tags: Tags = frozenset()
    denying: frozenset[str] = field(default=frozenset(), compare=False)
    quota: int = field(default=limits.POLICIES_PER_USER, compare=False)

    @property
    def account(self) -> str:
        """The account it is in."""
        return self.arn.split(":")[4]

    @property
    def partition(self) -> str:
        """The partition it is in."""
        return self.arn.split(":")[1]

    @property
    def holder(self) -> Holder:
        """The user as a holder of policies."""
        return Holder("User", self.name, self.arn)


def named(name: str, given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
    """The user's name and ARN."""
    return name, arns.build(partition, account, "user", names.written_path(given), name)


def from_spec(name: str, section: Section, context: SpecContext, problems: Problems) -> State | None:
    """The desired user."""
    names.check_name(name, "userNameType", problems)
    names.check_path(section.path, "pathType", problems)
    tags.check(section.tags, problems.under("tags"), fold_case=True)
    quota = attachments.quota_of(context.quotas.policies_per_user, "policies_per_user")
    attached = attachments.build(section.attach, context, problems.under("attach"), quota)
    inline = inline_policies.build(section.inline, context, problems.under("inline"), KIND)
    limit = attachments.policy_arn(section.boundary, context, problems.under("boundary")) if section.boundary is not None else ""  # fmt: skip
    groups = names.members(section.groups, "groupNameType", problems.under("groups"))
    if groups and len(groups) > limits.GROUPS_PER_USER:
        problems.error(f"{len(groups)} groups; IAM takes {limits.GROUPS_PER_USER}", "groups")
    if problems.has_errors:
        return None
    return State(
        name=name,
        path=section.path,
        arn=arns.build(context.partition, context.account, "user", section.path, name),
        attached=attached,
        inline=inline,
        boundary=limit,
        groups=groups,
        tags=tags.merged(context, section.tags, problems, fold_case=True),
        owner=context.owner,
        denying=context.denying,
        quota=quota.number,
    )


def render(want: State) -> dict[str, Any]:
    """All settings; `groups` is null where memberships are not managed."""
    return {
        "path": want.path,
        "attached": sorted(want.attached),
        "inline": {name: made.data for name, made in want.inline},
        "boundary": want.boundary or None,
        "groups": None if want.groups is None else sorted(want.groups),
        "tags": dict(sorted(want.tags)),
    }


def restored(name: str, arn: str, settings: Mapping[str, Any]) -> State:
    """The user that these settings describe."""
    groups, path = settings["groups"], rendered.text(settings["path"])
    return State(
        name=name,
        path=path,
        arn=arns.on_path(arn, path),
        attached=frozenset(rendered.texts(settings["attached"])),
        inline=tuple(sorted((n, document(made)) for n, made in settings["inline"].items())),
        boundary=rendered.optional(settings["boundary"]),
        groups=None if groups is None else frozenset(rendered.texts(groups)),
        tags=rendered.tags(settings["tags"]),
        owner="",
    )


def bulk(owner: str, account: AccountWide) -> tuple[Call, ...]:  # noqa: ARG001 - the protocol's signature
    """Nothing: specs describe few users, and each is asked for."""
    return ()


def reads(want: State, answers: Answers) -> tuple[Call, ...]:
    """The user and its lists together; then its documents, and whether what it is to have exists."""
    lists = live_users.list_attached(want.name), live_users.list_inline(want.name)
    memberships = () if want.groups is None else (live_users.list_groups(want.name),)
    first = (live_users.get(want.name), *lists, *memberships)
    if any(call not in answers for call in first):
        return first
    sweep = () if answers.get(first[0]) else (SOME_USERS,)
    inline = tuple(
        live_users.get_inline(want.name, policy) for policy in live_users.inline_names(want.name, answers)
    )
    new = list(attachments.new(want.attached, live_users.attached(want.name, answers)))
    if want.boundary and not attachments.is_same_policy(want.boundary, live_users.boundary(want.name, answers)):  # fmt: skip
        new.append(want.boundary)
    policies = tuple(probe for arn in new for probe in attachments.needed_probes(arn, answers))
    entered = want.groups - live_users.groups(want.name, answers) if want.groups else frozenset()
    return (*first, *sweep, *inline, *policies, *(live_groups.get(name) for name in sorted(entered)))


def looks_at(want: State) -> tuple[tuple[str, str], ...]:
    """The user and all that it holds, also what was attached by hand; the sweep; the groups that it is to be in."""
    own = ["GetUser", "ListAttachedUserPolicies", "ListUserPolicies", "GetUserPolicy"]
    own += [] if want.groups is None else ["ListGroupsForUser"]
    policies = [f"arn:{want.partition}:iam::{whose}:policy/*" for whose in (want.account, "aws")]
    entered = [f"arn:{want.partition}:iam::{want.account}:group/*"] if want.groups else []
    return (
        *((f"iam:{action}", arn) for action in own for arn in arns.with_and_without_path(want.arn)),
        ("iam:ListUsers", "*"),
        *((action, arn) for action in ("iam:GetPolicy", "iam:GetPolicyVersion") for arn in policies),
        *(("iam:GetGroup", arn) for arn in entered),
    )


def state(want: State, answers: Answers) -> State | None:
    """The live user; its groups only where the spec names them."""
    found = answers.get(live_users.get(want.name))
    if found is None:
        return None
    user = found["User"]
    all_tags = tags.of_response(user.get("Tags"))
    return State(
        name=user["UserName"],
        path=user["Path"],
        arn=user["Arn"],
        attached=live_users.attached(want.name, answers),
        inline=live_users.inline(want.name, answers),
        boundary=live_users.boundary(want.name, answers),
        groups=None if want.groups is None else live_users.groups(want.name, answers),
        tags=tags.users_own(all_tags),
        owner=tags.value_of(all_tags, tags.SPEC),
        applied=tags.value_of(all_tags, tags.APPLIED),
        all_tags=all_tags,
    )


def settle(want: State, answers: Answers) -> State:
    """With the paths of AWS's own policies, which only AWS could tell."""
    live = live_users.attached(want.name, answers)
    limit = frozenset({live_users.boundary(want.name, answers)})
    return replace(
        want,
        attached=frozenset(attachments.settled(arn, live, answers) for arn in want.attached),
        boundary=attachments.settled(want.boundary, limit, answers) if want.boundary else "",
    )


def diff(want: State, have: State) -> tuple[FieldChange, ...]:
    """Field by field; inline policies by meaning, groups where they are managed."""
    changes: list[FieldChange] = []
    if want.path != have.path:
        changes.append(FieldChange("path", "value", have.path, want.path))
    for name, live, wanted in (
        ("attached", have.attached, want.attached),
        ("groups", have.groups or frozenset(), want.groups),
    ):
        if wanted is not None and wanted != live:
            changes.append(FieldChange(name, "set", tuple(sorted(live)), tuple(sorted(wanted))))
    changes += inline_policies.diff(want.inline, have.inline, want.partition)
    changes += boundary.diff(want.boundary, have.boundary)
    return (*changes, *tags.diff(want.tags, have.tags))


def fingerprints(state: State) -> Mapping[str, str]:
    """Digests of what is applied; none of groups that are not managed."""
    found = {
        "attached": fingerprint(" ".join(sorted(state.attached))),
        "boundary": fingerprint(state.boundary),
        "inline": inline_policies.fingerprint_of(state.inline),
        "path": fingerprint(state.path),
        "tags": tags.digest(state.tags),
    }
    managed = {} if state.groups is None else {"groups": fingerprint(" ".join(sorted(state.groups)))}
    return {**found, **managed}


def obstacles(want: State, have: State | None, answers: Answers, promised: frozenset[str]) -> tuple[str, ...]:
    """The same name in another case; policies and groups that are named but do not exist."""
    found: list[str] = []
    if have is None:
        listed = answers.get(SOME_USERS) or {"Users": []}
        other = names.same_name(want.name, (user["Arn"] for user in listed["Users"]))
        found += [names.clash(want.arn, other)] if other else []
    elif have.name != want.name:
        found.append(names.clash(want.arn, have.arn))
    new = want.attached - (have.attached if have else frozenset())
    if want.boundary and want.boundary != (have.boundary if have else ""):
        new |= {want.boundary}
    found += attachments.missing(new, answers, promised)
    entered = (want.groups or frozenset()) - ((have.groups if have else None) or frozenset())
    found += [
        f"there is no group {name} in AWS, and this plan makes none"
        for name in sorted(entered)
        if facts.named("group", name) not in promised and answers.get(live_groups.get(name)) is None
    ]
    return tuple(found)


def create(want: State, *, in_cycle: bool) -> tuple[Call, ...]:  # noqa: ARG001 - a user names no principal
    """The user with its tags and boundary, then what it may do, and then its groups."""
    params: dict[str, Any] = {"UserName": want.name, "Path": want.path}
    needs: set[str] = set()
    if want.boundary:
        params["PermissionsBoundary"] = want.boundary
        needs = {facts.exists(want.boundary), facts.done(want.boundary, "document")}
    marked = want.tags | tags.own(want.owner, fingerprints(want))
    if marked:
        params["Tags"] = tags.as_param(marked)
    there = [facts.exists(want.arn), facts.named(KIND, want.name)]
    made = write("CreateUser", want.arn, params, needs=needs, provides=there)
    access = _access(want, frozenset(), ())
    return (made, *access, *_groups(want, frozenset(), access))


def update(want: State, have: State) -> tuple[Call, ...]:
    """A limit first, then what adds access, what takes away last; groups after all of it, and our own tags at the very end."""
    main: list[Call] = []
    if want.path != have.path:
        params = {"UserName": want.name, "NewPath": want.path}
        # Under its new ARN it is there only now.
        moved = [facts.exists(want.arn), facts.done(want.arn, "path")]
        main.append(write("UpdateUser", want.arn, params, provides=moved))
    put = boundary.put(want.holder, want.boundary, have.boundary)
    limited = {fact for call in put for fact in call.provides}
    access = tuple(
        replace(call, needs=call.needs | limited) for call in _access(want, have.attached, have.inline)
    )
    main += [*put, *access, *_groups(want, have.groups or frozenset(), (*put, *access))]
    so_far = {fact for call in main for fact in call.provides}
    main += boundary.remove(want.holder, want.boundary, have.boundary, so_far)
    marks = tags.own(want.owner, fingerprints(want), want.applied)
    done = tuple(main)
    return done + tags.update("User", want.holder.target, want.arn, want.tags, have.all_tags, marks, done)


def _access(want: State, attached: frozenset[str], inline: inline_policies.Inline) -> tuple[Call, ...]:
    calls = (
        *attachments.changes(want.holder, want.attached, attached, want.quota),
        *inline_policies.changes(want.holder, want.inline, inline, want.partition),
    )
    return in_safe_order(calls, want.attached, want.denying, inline)


def _groups(want: State, have: frozenset[str], before: tuple[Call, ...]) -> tuple[Call, ...]:
    return membership.groups(want.holder, want.groups, have, before, limits.GROUPS_PER_USER)


def notes(want: State, have: State) -> tuple[str, ...]:
    """The quota of attachments may force something off before its replacement is on."""
    if attachments.gap(want.attached, have.attached, want.quota):
        return (attachments.GAP,)
    return ()


def summary(want: State) -> str:
    """What `verify` says when all is right."""
    parts = [attachments.summary(want.attached, want.account)]
    if want.inline:
        parts.append(f"inline {', '.join(name for name, _ in want.inline)}")
    if want.boundary:
        parts.append(f"within {arns.short(want.boundary, want.account).removeprefix('policy/')}")
    if want.groups is not None:
        parts.append(f"in {', '.join(sorted(want.groups))}" if want.groups else "in no group")
    return "; ".join(parts)
