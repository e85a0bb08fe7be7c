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
from reconciler.parts import (
    access,
    attachments,
    body,
    boundary,
    bulk_roles,
    descriptions,
    exporting_principals,
    inline_policies,
    leaving_roles,
    live_roles,
    names,
    rendered,
    tags,
    trust,
    trusted_roles,
)
from reconciler.parts.account_wide import SOME_ROLES, AccountWide
from reconciler.parts.acknowledgements import Acknowledgements
from reconciler.parts.holders import Holder, OfAccount, changes_of
from reconciler.parts.ignores import Ignores
from reconciler.parts.profile_option import ProfileOption
from reconciler.parts.section import Section as BaseSection
from reconciler.parts.section import TagMap, duration, duration_schema
from reconciler.parts.trust import Trusts
from reconciler.policy import arns, limits
from reconciler.policy.canonical import digest, fingerprint
from reconciler.policy.document import Document, document, in_order
from reconciler.policy.equality import same_meaning
from reconciler.policy.trusts import admits_nobody

KIND = "role"
SECTION = "roles"
FACETS = ("path", "description", "trust", "attached", "inline", "boundary", "max_session_duration", "tags")
CHANGES = {
    "UpdateRole": (("description", "max_session_duration"), ""),
    "UpdateAssumeRolePolicy": (("trust",), ""),
    **changes_of("Role"),
    **boundary.changes_of("Role"),
    **tags.changes("Role"),
}
READS_EACH = 3
CUTS = bulk_roles.CUTS
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
    inline: body.BodiesByName = Field(default_factory=dict, description="The role's own policies.")
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
class State(OfAccount):
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
    def holder(self) -> Holder:
        """The role as a holder of policies."""
        return Holder("Role", self.name, self.arn)


def named(name: str, given: Mapping[str, Any], account: str, partition: str) -> tuple[str, str]:
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
    _check_trust_size(made, context.quotas.trust_size, problems.under("trust"))
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


def _check_trust_size(made: Document, raised: int | None, problems: Problems) -> None:
    most = raised or limits.TRUST_SIZE
    if made.size > most:
        hint = "" if raised else f"; if AWS raised your quota, say so: limits: {{trust_size: {limits.RAISABLE['trust_size'].most}}}"  # fmt: skip
        problems.error(f"the trust policy has {made.size} characters; IAM takes {most}{hint}")


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


def restored(name: str, arn: str, settings: Mapping[str, Any]) -> State:
    """The role that these settings describe."""
    return State(
        name=name,
        path=rendered.text(settings["path"]),
        arn=arn,
        description=rendered.optional(settings["description"]),
        trust=document(settings["trust"]),
        attached=frozenset(rendered.texts(settings["attached"])),
        inline=tuple(sorted((n, document(made)) for n, made in settings["inline"].items())),
        boundary=rendered.optional(settings["boundary"]),
        max_session_duration=rendered.number(settings["max_session_duration"]),
        tags=rendered.tags(settings["tags"]),
        owner="",
    )


def bare(name: str, arn: str, want: State | None = None) -> State:  # noqa: ARG001 - all of it is its own
    """A role of which nothing is known but its name."""
    return State(name, "/", arn, "", document({}), frozenset(), (), "", _HOUR, frozenset(), "")


def bulk(owner: str, account: AccountWide) -> tuple[Call, ...]:  # noqa: ARG001 - the protocol's signature
    """The account's roles."""
    return bulk_roles.reads(account)


def reads(want: State, answers: Answers) -> tuple[Call, ...]:
    """The role and its two lists together; then inline documents, and whether what is to be attached exists."""
    first = (
        live_roles.get(want.name),
        live_roles.list_attached(want.name),
        live_roles.list_inline(want.name),
    )
    if any(call not in answers for call in first):
        return first
    if answers.get(first[0]) is None:
        more: tuple[Call, ...] = (SOME_ROLES,)
        attached: frozenset[str] = frozenset()
    else:
        found = answers.get(first[2]) or {}
        more = tuple(live_roles.get_inline(want.name, policy) for policy in found.get("PolicyNames", ()))
        attached = live_roles.attached(want.name, answers)
    return (*first, *more, *_probes(want, attached, live_roles.boundary(want.name, answers), answers))


def looks_at(want: State) -> tuple[tuple[str, str], ...]:
    """The role and all that it holds, also what was attached by hand; the sweep; whom its trust names."""
    named = trusted_roles.principals_in_account(want.trust, want.account)
    return (
        *live_roles.looks_at(want.arn),
        ("iam:ListRoles", "*"),
        *(trusted_roles.probed(arn) for whole in named for arn in arns.with_and_without_path(whole)),
    )


def _probes(want: State, attached: frozenset[str], limit: str, answers: Answers) -> tuple[Call, ...]:
    policies = boundary.probes(want.attached, want.boundary, attached, limit, answers)
    return policies + (trusted_roles.probes(want.trust, want.account) if _trust_is_new(want, answers) else ())


def _trust_is_new(want: State, answers: Answers) -> bool:
    found = answers.get(live_roles.get(want.name))
    live = document(found["Role"]["AssumeRolePolicyDocument"]) if found else None
    return live is None or not same_meaning(want.trust, live, want.partition, trust=True)


def state(want: State, answers: Answers) -> State | None:
    """The live role."""
    return live(want.name, answers)


def live(name: str, answers: Answers) -> State | None:
    """The live role of a name."""
    found = answers.get(live_roles.get(name))
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
        attached=live_roles.attached(name, answers),
        inline=live_roles.inline(name, answers),
        boundary=live_roles.boundary(name, answers),
        max_session_duration=role.get("MaxSessionDuration") or _HOUR,
        tags=tags.users_own(all_tags),
        owner=tags.value_of(all_tags, tags.SPEC),
        applied=tags.value_of(all_tags, tags.APPLIED),
        all_tags=all_tags,
    )


def settle(want: State, answers: Answers) -> State:
    """AWS's own policies named without their path get the path under which they were found."""
    return replace(
        want,
        attached=attachments.all_settled(want.attached, live_roles.attached(want.name, answers), answers),
        boundary=boundary.settled(want.boundary, live_roles.boundary(want.name, answers), answers),
    )


def diff(want: State, have: State) -> tuple[FieldChange, ...]:
    """Field by field; documents by meaning."""
    changes: list[FieldChange] = []
    if want.description != have.description:
        changes.append(
            FieldChange("description", "value", have.description or None, want.description or None)
        )
    if not same_meaning(want.trust, have.trust, want.partition, trust=True):
        changes.append(FieldChange("trust", "document", have.trust.text, want.trust.text))
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


def obstacles(want: State, have: State | None, answers: Answers, promised: frozenset[str]) -> tuple[str, ...]:
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
    held = (have.attached, have.boundary) if have else (frozenset[str](), "")
    found += [
        f"the trust names {arn}, and there is no such role or user, nor does this plan make it"
        for arn in trusted_roles.missing(want.trust, want.account, answers, promised)
        if arn != want.arn
    ]
    if have is None or not same_meaning(want.trust, have.trust, want.partition, trust=True):
        found += trusted_roles.dead(want.trust)
    found += attachments.missing(boundary.new(want.attached, want.boundary, *held), answers, promised)
    return tuple(found)


def _principals(want: State) -> set[str]:
    return {facts.exists(arn) for arn in trusted_roles.principals_in_account(want.trust, want.account)}


def create(want: State, *, in_cycle: bool) -> tuple[Call, ...]:
    """The role with its tags and boundary, then what is put into it.

    A role that must exist before those it trusts is made with a trust that admits nobody, and given its own
    once they are there.
    """
    own = facts.exists(want.arn)
    waits = _principals(want)
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
    needs = set() if late_trust else waits
    if want.boundary:
        params["PermissionsBoundary"] = want.boundary
        needs = needs | {facts.exists(want.boundary)}
    marked = want.tags | tags.own(want.owner, fingerprints(want), want.applied)
    if marked:
        params["Tags"] = tags.as_param(marked)
    made = write("CreateRole", want.arn, params, needs=needs, provides=[own])
    return (
        made,
        *(_trust_call(want) if late_trust else ()),
        *access.changes(want, frozenset(), (), want.quota),
    )


def _trust_call(want: State) -> tuple[Call, ...]:
    params = {"RoleName": want.name, "PolicyDocument": want.trust.text}
    needs = {facts.exists(want.arn)} | _principals(want)
    return (
        write(
            "UpdateAssumeRolePolicy", want.arn, params, needs=needs, provides=[facts.done(want.arn, "trust")]
        ),
    )


def update(want: State, have: State) -> tuple[Call, ...]:
    """What adds access or a limit first, what takes away last, our own tags at the very end."""
    put = boundary.put(want.holder, want.boundary, have.boundary)
    limited = {fact for call in put for fact in call.provides}
    main: list[Call] = [*put]
    if (want.description, want.max_session_duration) != (have.description, have.max_session_duration):
        # Both always: IAM merges what is left out, the local server resets it (contract §3, §11).
        params = {
            "RoleName": want.name,
            "Description": want.description,
            "MaxSessionDuration": want.max_session_duration,
        }
        main.append(write("UpdateRole", want.arn, params, provides=[facts.done(want.arn, "settings")]))
    if not same_meaning(want.trust, have.trust, want.partition, trust=True):
        main += _trust_call(want)
    grown = access.changes(want, have.attached, have.inline, want.quota)
    main += [replace(call, needs=call.needs | limited) for call in grown]
    so_far = {fact for call in main for fact in call.provides}
    main += boundary.remove(want.holder, want.boundary, have.boundary, so_far)
    marks = tags.own(want.owner, fingerprints(want), want.applied)
    done = tuple(main)
    return done + tags.update(
        "Role", {"RoleName": want.name}, want.arn, want.tags, have.all_tags, marks, done
    )


notes = access.notes
exported = exporting_principals.of_role
# What deleting one takes is a subject of its own.
ENDS = leaving_roles.ENDS
hanging, usage, delete = leaving_roles.hanging, leaving_roles.usage, leaving_roles.delete


def summary(want: State) -> str:
    """What `verify` says when all is right."""
    who = ", ".join(sorted(_who(want.trust))) or "nobody"
    return "; ".join([f"{who} may assume it", *access.summary(want), "nothing else"])


def _who(made: Document) -> set[str]:
    found: set[str] = set()
    for statement in made.statements:
        principal = statement.get("Principal")
        if statement.get("Effect") != "Allow" or not isinstance(principal, dict):
            continue
        for kind, values in principal.items():
            for value in [values] if isinstance(values, str) else values:
                found.add(value.partition(".")[0].upper() if kind == "Service" else value)
    return found
