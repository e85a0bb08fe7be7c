"""Instance profiles: the container through which EC2 gets a role. Described under the role that it holds.

The console makes one with each role for EC2; the API does not. Manages: the role in it, user tags. Does not:
change a path (IAM can't), look at running instances, replace.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from reconciler.core import facts
from reconciler.core.call import MOST_KEPT, Answers, Call, read, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext, Tags
from reconciler.core.exported import Exported
from reconciler.core.kind import CreatedRead, Kind, Listed
from reconciler.core.problems import Problems
from reconciler.core.usage import Usage
from reconciler.facets import deletion, names, snapshot, tags
from reconciler.facets.mark import NO_MARK, Mark
from reconciler.facets.reads.account import PROFILES, AccountWide
from reconciler.kinds.instance_profile import bulk as bulk_answers
from reconciler.kinds.instance_profile import lost_answers
from reconciler.policy.document import arns
from reconciler.policy.meaning.canonical import fingerprint


@dataclass(frozen=True, slots=True)
class State:
    """A profile as desired, or as it is. IAM holds at most one role in it."""

    name: str
    path: str
    arn: str
    roles: tuple[str, ...]
    role_arn: str
    tags: Tags
    owner: str
    applied: str = ""
    all_tags: Tags = frozenset()
    mark: Mark = NO_MARK


@lru_cache(maxsize=MOST_KEPT)
def _get(name: str) -> Call:
    return read("GetInstanceProfile", InstanceProfileName=name)


def _get_roles(want: State) -> tuple[Call, ...]:
    """Whether the role that is to go in, if any, exists at all."""
    return tuple(read("GetRole", RoleName=role) for role in want.roles)


def _add(want: State, waits: tuple[str, ...]) -> tuple[Call, ...]:
    needs = [facts.exists(want.arn), facts.exists(want.role_arn), *waits]
    return tuple(
        write(
            "AddRoleToInstanceProfile",
            want.arn,
            {"InstanceProfileName": want.name, "RoleName": role},
            needs=needs,
            provides=[facts.done(want.arn, "role")],
        )
        for role in want.roles
    )


class InstanceProfileKind(Kind[Any, State]):
    """Instance profiles: the container through which EC2 gets a role.

    Described under the role that it holds.
    """

    KIND = "instance-profile"
    SECTION = "roles"
    FACETS = ("path", "roles", "tags")
    FACET_TITLES: ClassVar[Mapping[str, str]] = {
        "roles": "An instance profile holds another role than the spec says, or none.",
        "path": "The path differs.",
        "tags": tags.TITLE,
    }
    CREATED_READ = CreatedRead(
        "CreateInstanceProfile", "GetInstanceProfile", "InstanceProfileName", "InstanceProfile"
    )
    LOST_ANSWERS = (lost_answers.ADDED_ROLE,)
    RAISABLE = frozenset({"CreateInstanceProfile"})
    LISTED = Listed(PROFILES, "InstanceProfiles", "InstanceProfileName")
    NAMED_BY = "InstanceProfileName"
    TAKES_OFF: ClassVar[Mapping[str, str]] = {"RemoveRoleFromInstanceProfile": "RoleName"}
    EMPTIED: ClassVar[Mapping[str, Any]] = {"roles": []}
    TAGS_SHOWN_BY = "tagging API"
    NOT_EDITABLE = "a profile is described by its role: that can't be written for you"
    UPDATED_FACETS: ClassVar[Mapping[str, tuple[tuple[str, ...], str]]] = {
        "AddRoleToInstanceProfile": (("roles",), ""),
        "RemoveRoleFromInstanceProfile": (("roles",), ""),
        **tags.changes("InstanceProfile"),
    }
    READS_PER_RESOURCE = 1
    DELETE_OPERATIONS = (("RemoveRoleFromInstanceProfile", KIND), ("DeleteInstanceProfile", KIND))
    BULK_ANSWERS = bulk_answers.BULK_ANSWERS

    def identify(
        self, name: str, given: Mapping[str, Any], account: str, partition: str
    ) -> tuple[str, str] | None:
        """The name and ARN of the profile that a role asks for, if it does."""
        option = given.get("instance_profile")
        if not option:
            return None
        own = option if isinstance(option, dict) else {} if option == "true" else {"name": str(option)}
        own_name, path = str(own.get("name") or name), str(own.get("path") or names.written_path(given))
        return own_name, arns.build(partition, account, "instance-profile", path, own_name)

    def from_spec(self, name: str, section: Any, context: SpecContext, problems: Problems) -> State | None:
        """The profile that a role's section asks for, if it does."""
        option = section.instance_profile
        if option is None:
            return None
        here = problems.under("instance_profile")
        own_name, own_path = option.name or name, option.path or section.path
        names.check_name(own_name, "instanceProfileNameType", here)
        if option.path:
            names.check_path(own_path, "pathType", here)
        tags.check(option.tags, here.under("tags"), fold_case=False)
        return State(
            name=own_name,
            path=own_path,
            arn=arns.build(context.partition, context.account, "instance-profile", own_path, own_name),
            roles=(name,),
            role_arn=arns.build(context.partition, context.account, "role", section.path, name),
            tags=tags.merged(context, option.tags, here, fold_case=False),
            owner=context.owner,
        )

    def render(self, want: State) -> dict[str, Any]:
        """Path, roles and tags."""
        return {"path": want.path, "roles": list(want.roles), "tags": dict(sorted(want.tags))}

    def from_snapshot(self, name: str, arn: str, settings: Mapping[str, Any]) -> State:
        """The profile that these settings describe."""
        roles = snapshot.texts(settings["roles"])
        partition, account = arn.split(":")[1], arn.split(":")[4]
        return State(
            name=name,
            path=snapshot.text(settings["path"]),
            arn=arn,
            roles=roles,
            role_arn=arns.build(partition, account, "role", "/", roles[0]) if roles else "",
            tags=snapshot.tags(settings["tags"]),
            owner="",
        )

    def stub(self, name: str, arn: str, want: State | None = None) -> State:
        """A profile of which nothing is known but its name."""
        return State(name, "/", arn, (), "", frozenset(), "")

    def bulk(self, owner: str, account: AccountWide) -> tuple[Call, ...]:
        """The account's profiles, and the tags of those that the spec owns."""
        return bulk_answers.reads(owner, account)

    def reads(self, want: State, answers: Answers) -> tuple[Call, ...]:
        """One call has it all. Before a profile is created, its name is looked for in another case."""
        get = _get(want.name)
        if get not in answers:
            return (get,)
        answer = answers.get(get)
        if answer is None:
            return (get, PROFILES, *_get_roles(want))
        held = tuple(role["RoleName"] for role in answer["InstanceProfile"].get("Roles", ()))
        return (get,) if held == want.roles else (get, *_get_roles(want))

    def read_permissions(self, want: State) -> tuple[tuple[str, str], ...]:
        """The profile, the sweep before it is created, and whether its role exists."""
        profiles = arns.with_and_without_path(want.arn)
        roles = arns.with_and_without_path(want.role_arn) if want.role_arn else ()
        return (
            *(("iam:GetInstanceProfile", arn) for arn in profiles),
            ("iam:ListInstanceProfiles", "*"),
            *(("iam:GetRole", arn) for arn in roles),
        )

    def from_answers(self, want: State, answers: Answers) -> State | None:
        """The live profile."""
        answer = answers.get(_get(want.name))
        if answer is None:
            return None
        profile = answer["InstanceProfile"]
        all_tags = tags.of_response(profile.get("Tags"))
        return State(
            name=profile["InstanceProfileName"],
            path=profile["Path"],
            arn=profile["Arn"],
            roles=tuple(role["RoleName"] for role in profile.get("Roles", ())),
            role_arn=next((role["Arn"] for role in profile.get("Roles", ())), ""),
            tags=tags.users_own(all_tags),
            owner=tags.value_of(all_tags, tags.SPEC),
            applied=tags.value_of(all_tags, tags.APPLIED),
            all_tags=all_tags,
        )

    def diff(self, want: State, have: State) -> tuple[FieldChange, ...]:
        """The role inside, and tags."""
        roles = () if want.roles == have.roles else (FieldChange("roles", "set", have.roles, want.roles),)
        return (*roles, *tags.diff(want.tags, have.tags))

    def fingerprints(self, state: State) -> Mapping[str, str]:
        """Digests of what is applied."""
        return {"roles": fingerprint(" ".join(state.roles)), "tags": tags.digest(state.tags)}

    def blockers(
        self, want: State, have: State | None, answers: Answers, promised: frozenset[str]
    ) -> tuple[str, ...]:
        """The same name elsewhere, another path, or a role that is not there to be put in."""
        for probe in _get_roles(want):
            if (
                probe in answers
                and answers.get(probe) is None
                and facts.exists(want.role_arn) not in promised
            ):
                return (f"there is no role {want.roles[0]}, and this plan makes none",)
        if have is None:
            listed = answers.get(PROFILES) or {"InstanceProfiles": []}
            other = names.same_name(want.name, (profile["Arn"] for profile in listed["InstanceProfiles"]))
            return (names.clash(want.arn, other),) if other else ()
        if have.name != want.name:
            return (names.clash(want.arn, have.arn),)
        if crowded := tags.blockers(want.tags, want.owner):
            return crowded
        return (names.moved(have.arn, want.path),) if have.path != want.path else ()

    def create(self, want: State, *, in_cycle: bool) -> tuple[Call, ...]:
        """The profile with its tags, then the role into it."""
        params: dict[str, Any] = {"InstanceProfileName": want.name, "Path": want.path}
        marked = want.tags | tags.own(want.owner, self.fingerprints(want), want.applied, want.mark)
        if marked:
            params["Tags"] = tags.as_param(marked)
        create_profile = write("CreateInstanceProfile", want.arn, params, provides=[facts.exists(want.arn)])
        return (create_profile, *_add(want, ()))

    def update(self, want: State, have: State) -> tuple[Call, ...]:
        """A profile holds one role, so another one has to leave before.

        Instances go without until it is in.
        """
        calls: list[Call] = []
        if want.roles != have.roles:
            emptied = facts.done(want.arn, "emptied")
            calls += [deletion.emptied(want.name, want.arn, role) for role in have.roles]
            calls += _add(want, (emptied,) if have.roles else ())
        marks = tags.own(want.owner, self.fingerprints(want), want.applied, want.mark, have.all_tags)
        target = {"InstanceProfileName": want.name}
        done = tuple(calls)
        return done + tags.update("InstanceProfile", target, want.arn, want.tags, have.all_tags, marks, done)

    def notes(self, want: State, have: State) -> tuple[str, ...]:
        """Exchanging the role leaves a moment without."""
        if have.roles and want.roles and want.roles != have.roles:
            return ("gap: a profile has one role, so instances have none until the exchange is done",)
        return ()

    def to_spec(self, have: State, context: SpecContext) -> Exported:
        """What its role's entry says of it."""
        # Start-up: few runs export.
        from reconciler.kinds.instance_profile.export import entry_of_role  # noqa: PLC0415

        return entry_of_role(have, context)

    def usage(self, have: State, answers: Answers) -> Usage:
        """The role in it, which instances no longer get through it; IAM doesn't know which those are."""
        return Usage(tuple(("role", name) for name in have.roles))

    def delete(self, have: State, answers: Answers) -> tuple[Call, ...]:
        """The role out of it, then the profile."""
        before = tuple(deletion.emptied(have.name, have.arn, role) for role in have.roles)
        params = {"InstanceProfileName": have.name}
        return deletion.delete("DeleteInstanceProfile", self.KIND, have.name, have.arn, params, before)

    def summary(self, want: State) -> str:
        """What `verify` says when all is right."""
        return f"holds role {', '.join(want.roles)}"


kind = InstanceProfileKind()
