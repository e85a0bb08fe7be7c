"""Roles, with what belongs to them alone: trust policy, attachments, inline policies, boundary, tags.

Manages all of these, closed: what a role has beyond the spec is a difference. Does not: change a path (IAM
can't), touch service-linked or AWS-reserved roles, replace. Its instance profile is a kind of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from reconciler.core import facts
from reconciler.core.call import Answers, Call, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext, Tags
from reconciler.core.problems import Problems
from reconciler.facets import (
    attachments,
    boundary,
    identity_policies,
    inline_policies,
    names,
    snapshot,
    tags,
    trusted_principals,
)
from reconciler.facets.identity import Identity, InAccount, changes_of
from reconciler.facets.reads import role as role_reads
from reconciler.facets.reads.account import SOME_ROLES, AccountWide
from reconciler.kinds.role import bulk as bulk_answers
from reconciler.kinds.role import deletion, export
from reconciler.kinds.role import trust as role_trust
from reconciler.kinds.role.instance_profile_option import ProfileOption
from reconciler.language import descriptions, policy_body, trust
from reconciler.language.acknowledge import Acknowledgements
from reconciler.language.ignore import Ignores
from reconciler.language.section import Section as BaseSection
from reconciler.language.section import TagMap, duration, duration_schema
from reconciler.language.trust import Trusts
from reconciler.policy.catalogue import limits
from reconciler.policy.document import arns
from reconciler.policy.document.document import Document, document, in_order
from reconciler.policy.grants.trust import admits_nobody
from reconciler.policy.meaning.canonical import digest, fingerprint

KIND = "role"
SECTION = "roles"
FACETS = ("path", "description", "trust", "attached", "inline", "boundary", "max_session_duration", "tags")
UPDATED_FACETS = {
    "UpdateRole": (("description", "max_session_duration"), ""),
    "UpdateAssumeRolePolicy": (("trust",), ""),
    **changes_of("Role"),
    **boundary.changes_of("Role"),
    **tags.changes("Role"),
}
READS_PER_RESOURCE = 3
BULK_ANSWERS = bulk_answers.BULK_ANSWERS
_HOUR = 3600


class Section(BaseSection):
    """A role."""

    ELSEWHERE: ClassVar[dict[str, str]] = {
        "assume_role_policy": "trust: or trust_document:",
        "AssumeRolePolicyDocument": "trust: or trust_document:",
        "assume_role_policy_document": "trust: or trust_document:",
        "ManagedPolicyArns": "attach:",
        "managed_policy_arns": "attach:",
        "managed_policies": "attach:",
        "policies": "attach: for managed policies, inline: for the role's own",
        "inline_policy": "inline:",
        "permissions_boundary": "boundary:",
        "PermissionsBoundary": "boundary:",
        "MaxSessionDuration": "max_session_duration:",
        "Principal": "trust:",
        "trust_policy": "trust: or trust_document:",
        "assume": "trust:",
        "Policies": "inline:",
        "Description": "description:",
        "Path": "path:",
        "Tags": "tags:",
    }
    description: str = Field("", description="Up to 1000 characters of Latin-1.")
    path: str = Field("/", description="Begins and ends with a slash; can't be changed once the role exists.")
    tags: TagMap
    trust: Trusts | None = Field(None, description="Who may assume the role.")
    trust_document: dict[str, Any] | None = Field(None, description="The trust policy in IAM's own grammar.")
    attach: attachments.Attachments = Field((), description="Managed policies; all others are detached.")
    inline: policy_body.BodiesByName = Field(default_factory=dict, description="The role's own policies.")
    boundary: str | None = Field(None, description="The permissions boundary, a policy.")
    max_session_duration: Annotated[int, BeforeValidator(duration), duration_schema()] = Field(
        _HOUR, description="The longest session: 1h to 12h."
    )
    instance_profile: ProfileOption | None = Field(
        None, description="An instance profile that holds the role."
    )
    ignore: Ignores = Field((), description="Differences to leave alone.")
    acknowledge: Acknowledgements = Field((), description="Consent to what a guard refuses.")


@dataclass(frozen=True, slots=True)
class State(InAccount):
    """A role as desired, or as it is. `boundary` is "" for none; `denying` and `quota` only order calls."""

    name: str
    path: str
    arn: str
    description: str
    trust: Document
    attached: frozenset[str]
    inline: inline_policies.Inline
    boundary: str
    max_session_duration: int
    tags: Tags
    owner: str
    applied: str = ""
    all_tags: Tags = frozenset()
    denying: frozenset[str] = field(default=frozenset(), compare=False)
    quota: int = field(default=limits.POLICIES_PER_ROLE, compare=False)

    @property
    def holder(self) -> Identity:
        """The role as a holder of policies."""
        return Identity("Role", self.name, self.arn)


def identify(name: str, given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
    """The role's name and ARN."""
    return name, arns.build(partition, account, "role", names.written_path(given), name)


def from_spec(name: str, section: Section, context: SpecContext, problems: Problems) -> State | None:
    """The desired role."""
    names.check_name(name, "roleNameType", problems)
    if name.startswith(("AWSServiceRoleFor", "AWSReservedSSO_")):
        problems.error("roles of this name are AWS's own: they can't be managed here", on_key=True)
    names.check_path(section.path, "pathType", problems)
    descriptions.check_of_role(section.description, problems.under("description"))
    _check_duration(section.max_session_duration, problems.under("max_session_duration"))
    tags.check(section.tags, problems.under("tags"), fold_case=True)
    made = trust.build(section.trust, section.trust_document, context, problems)
    quota = attachments.quota_of(context.quotas.policies_per_role, "policies_per_role")
    attached = attachments.build(section.attach, context, problems.under("attach"), quota)
    inline = inline_policies.build(section.inline, context, problems.under("inline"), KIND)
    limit = boundary.of_section(section.boundary, context, problems.under("boundary"))
    if made is None or problems.has_errors:
        return None
    role_trust.check_size(made, context.quotas.trust_size, problems.under("trust"))
    return State(
        name=name,
        path=section.path,
        arn=arns.build(context.partition, context.account, "role", section.path, name),
        description=section.description,
        trust=made,
        attached=attached,
        inline=inline,
        boundary=limit,
        max_session_duration=section.max_session_duration,
        tags=tags.merged(context, section.tags, problems, fold_case=True),
        owner=context.owner,
        denying=context.denying,
        quota=quota.number,
    )


def _check_duration(seconds: int, problems: Problems) -> None:
    least, most = limits.bounds("roleMaxSessionDurationType")
    if not least <= seconds <= most:
        problems.error(f"{seconds} seconds; IAM takes {least // _HOUR}h to {most // _HOUR}h")


def render(want: State) -> dict[str, Any]:
    """All settings; attachments and the boundary as ARNs, the session length in seconds."""
    return {
        "path": want.path,
        "description": want.description or None,
        "trust": want.trust.data,
        "attached": sorted(want.attached),
        "inline": {name: made.data for name, made in want.inline},
        "boundary": want.boundary or None,
        "max_session_duration": want.max_session_duration,
        "tags": dict(sorted(want.tags)),
    }


def from_snapshot(name: str, arn: str, settings: Mapping[str, Any]) -> State:
    """The role that these settings describe."""
    return State(
        name=name,
        path=snapshot.text(settings["path"]),
        arn=arn,
        description=snapshot.optional(settings["description"]),
        trust=document(settings["trust"]),
        attached=frozenset(snapshot.texts(settings["attached"])),
        inline=tuple(sorted((n, document(made)) for n, made in settings["inline"].items())),
        boundary=snapshot.optional(settings["boundary"]),
        max_session_duration=snapshot.number(settings["max_session_duration"]),
        tags=snapshot.tags(settings["tags"]),
        owner="",
    )


def stub(name: str, arn: str, want: State | None = None) -> State:  # noqa: ARG001 - all of it is its own
    """A role of which nothing is known but its name."""
    return State(name, "/", arn, "", document({}), frozenset(), (), "", _HOUR, frozenset(), "")


def bulk(owner: str, account: AccountWide) -> tuple[Call, ...]:  # noqa: ARG001 - the protocol's signature
    """The account's roles."""
    return bulk_answers.reads(account)


def reads(want: State, answers: Answers) -> tuple[Call, ...]:
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
        found = answers.get(first[2]) or {}
        more = tuple(role_reads.get_inline(want.name, policy) for policy in found.get("PolicyNames", ()))
        attached = role_reads.attached(want.name, answers)
    return (*first, *more, *_probes(want, attached, role_reads.boundary(want.name, answers), answers))


def read_permissions(want: State) -> tuple[tuple[str, str], ...]:
    """The role and all that it holds, also what was attached by hand; the sweep; whom its trust names."""
    named = trusted_principals.principals_in_account(want.trust, want.account)
    return (
        *role_reads.read_permissions(want.arn),
        ("iam:ListRoles", "*"),
        *(trusted_principals.probed(arn) for whole in named for arn in arns.with_and_without_path(whole)),
    )


def _probes(want: State, attached: frozenset[str], limit: str, answers: Answers) -> tuple[Call, ...]:
    policies = boundary.probes(want.attached, want.boundary, attached, limit, answers)
    found = answers.get(role_reads.get(want.name))
    trust_ = document(found["Role"]["AssumeRolePolicyDocument"]) if found else None
    is_new = role_trust.is_new(want.trust, trust_, want.partition)
    return policies + (trusted_principals.probes(want.trust, want.account) if is_new else ())


def from_answers(want: State, answers: Answers) -> State | None:
    """The live role."""
    return live(want.name, answers)


def live(name: str, answers: Answers) -> State | None:
    """The live role of a name."""
    found = answers.get(role_reads.get(name))
    if found is None:
        return None
    role = found["Role"]
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
        max_session_duration=role.get("MaxSessionDuration") or _HOUR,
        tags=tags.users_own(all_tags),
        owner=tags.value_of(all_tags, tags.SPEC),
        applied=tags.value_of(all_tags, tags.APPLIED),
        all_tags=all_tags,
    )


def complete(want: State, answers: Answers) -> State:
    """AWS's own policies named without their path get the path under which they were found."""
    return replace(
        want,
        attached=attachments.all_settled(want.attached, role_reads.attached(want.name, answers), answers),
        boundary=boundary.settled(want.boundary, role_reads.boundary(want.name, answers), answers),
    )


def diff(want: State, have: State) -> tuple[FieldChange, ...]:
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


def fingerprints(state: State) -> Mapping[str, str]:
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


def blockers(want: State, have: State | None, answers: Answers, promised: frozenset[str]) -> tuple[str, ...]:
    """The same name elsewhere, and policies that are named but do not exist."""
    found: list[str] = []
    if have is None:
        listed = answers.get(SOME_ROLES) or {"Roles": []}
        other = names.same_name(want.name, (role["Arn"] for role in listed["Roles"]))
        if other:
            found.append(names.clash(want.arn, other))
    elif have.name != want.name:
        found.append(names.clash(want.arn, have.arn))
    elif have.path != want.path:
        found.append(names.moved(have.arn, want.path))
    found += identity_policies.blockers(want, have, want.quota)
    found += tags.blockers(want.tags, want.owner)
    held = (have.attached, have.boundary) if have else (frozenset[str](), "")
    new = have is None or role_trust.is_new(want.trust, have.trust, want.partition)
    found += role_trust.blockers(want.holder, want.trust, answers, promised, new=new)
    found += attachments.missing(boundary.new(want.attached, want.boundary, *held), answers, promised)
    return tuple(found)


def create(want: State, *, in_cycle: bool) -> tuple[Call, ...]:
    """The role with its tags and boundary, then what is put into it.

    A role that must exist before those it trusts is made with a trust that admits nobody, and given its own
    once they are there.
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
    marked = want.tags | tags.own(want.owner, fingerprints(want), want.applied)
    if marked:
        params["Tags"] = tags.as_param(marked)
    made = write("CreateRole", want.arn, params, needs=needs, provides=[own])
    return (
        made,
        *((role_trust.call(want.holder, want.trust),) if late_trust else ()),
        *identity_policies.changes(want, frozenset(), (), want.quota),
    )


def update(want: State, have: State) -> tuple[Call, ...]:
    """What adds access or a limit first, what takes away last, our own tags at the very end."""
    put = boundary.put(want.holder, want.boundary, have.boundary)
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
        main.append(role_trust.call(want.holder, want.trust))
    grown = identity_policies.changes(want, have.attached, have.inline, want.quota)
    main += [replace(call, needs=call.needs | limited) for call in grown]
    so_far = {fact for call in main for fact in call.provides}
    main += boundary.remove(want.holder, want.boundary, have.boundary, so_far)
    marks = tags.own(want.owner, fingerprints(want), want.applied)
    done = tuple(main)
    return done + tags.update(
        "Role", {"RoleName": want.name}, want.arn, want.tags, have.all_tags, marks, done
    )


notes = identity_policies.notes
to_spec = export.of_role
# What deleting one takes is a subject of its own.
DELETE_OPERATIONS = deletion.DELETE_OPERATIONS
deletion_reads, usage, delete = deletion.deletion_reads, deletion.usage, deletion.delete


def summary(want: State) -> str:
    """What `verify` says when all is right."""
    return "; ".join([role_trust.who(want.trust), *identity_policies.summary(want), "nothing else"])
