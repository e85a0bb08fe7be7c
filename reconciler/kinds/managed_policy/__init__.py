"""Customer managed policies.

Manages: the document (as the default version), user tags, ownership tags; the description when creating.
Does not: change a description or a path (IAM can't), edit AWS's own policies, replace.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from reconciler.core import facts
from reconciler.core.call import Answers, Call, write
from reconciler.core.change import FieldChange
from reconciler.core.context import SpecContext, Tags
from reconciler.core.exported import Exported
from reconciler.core.kind import CreatedRead, Kind, Listed
from reconciler.core.text import plural
from reconciler.facets import names, tags
from reconciler.facets.reads.account import POLICIES, POLICY_DETAILS, AccountWide
from reconciler.facets.reads.policy_document import get, get_version, list_versions
from reconciler.kinds.managed_policy import bulk as bulk_answers
from reconciler.kinds.managed_policy import deletion, desired
from reconciler.kinds.managed_policy import versions as kept_versions
from reconciler.kinds.managed_policy.desired import Section, State
from reconciler.policy.compare.equality import same_meaning
from reconciler.policy.document import arns
from reconciler.policy.document.document import document
from reconciler.policy.document.grammar import VERSIONS
from reconciler.policy.meaning.canonical import digest, fingerprint


def _recorded(want: State, shown: str, all_tags: Tags) -> str:
    """The description that the policy was created with.

    What is shown, unless the tag says that it was the wanted one.

    Then IAM has garbled it (contract §12.10), or the answer leaves it out (§8): nothing differs that anyone
    could change.
    """
    applied = tags.applied_fields(tags.value_of(all_tags, tags.APPLIED)) or {}
    return want.description if applied.get("description") == fingerprint(want.description) else shown


_ABOUT = {"SetDefaultPolicyVersion": "{} says the same already and is made the default again"}


class ManagedPolicyKind(Kind[Section, State]):
    """Customer managed policies."""

    KIND = desired.KIND
    MODEL = Section
    identify = staticmethod(desired.identify)
    from_spec = staticmethod(desired.from_spec)
    render = staticmethod(desired.render)
    from_snapshot = staticmethod(desired.from_snapshot)
    stub = staticmethod(desired.stub)
    SECTION = "policies"
    FACETS = ("path", "description", "document", "tags")
    FACET_TITLES: ClassVar[Mapping[str, str]] = {
        "document": "A managed policy's document means something else than the spec's.",
        "description": "The description differs.",
        "path": "The path differs.",
        "tags": tags.TITLE,
    }
    CREATED_READ = CreatedRead("CreatePolicy", "GetPolicy", "PolicyArn", "Policy", by_arn=True)
    LOST_ANSWERS = (kept_versions.LOST_ANSWER,)
    RAISABLE = frozenset({"CreatePolicy"})
    LISTED = Listed(POLICY_DETAILS, "Policies", "PolicyName")
    TAGS_SHOWN_BY = "tagging API"
    UPDATED_FACETS: ClassVar[Mapping[str, tuple[tuple[str, ...], str]]] = {
        "CreatePolicyVersion": (("document",), ""),
        "SetDefaultPolicyVersion": (("document",), ""),
        "DeletePolicyVersion": ((), ""),
        **tags.changes("Policy"),
    }
    READS_PER_RESOURCE = 2
    ACCESS_BY = "document"
    BULK_ANSWERS = bulk_answers.BULK_ANSWERS
    deletion_reads = staticmethod(deletion.deletion_reads)
    usage = staticmethod(deletion.usage)
    delete = staticmethod(deletion.delete)
    DELETE_OPERATIONS = deletion.DELETE_OPERATIONS

    def bulk(self, owner: str, account: AccountWide) -> tuple[Call, ...]:
        """The account's policies, and the tags of those that the spec owns."""
        return bulk_answers.reads(owner, account)

    def reads(self, want: State, answers: Answers) -> tuple[Call, ...]:
        """GetPolicy, then the default version; all versions only where the document differs.

        Before a policy is created the account is swept for the same name on another path or in another case.
        """
        asked = get(want.arn)
        if asked not in answers:
            return (asked,)
        answer = answers.get(asked)
        if answer is None:
            return (asked, POLICIES)
        default = get_version(want.arn, answer["Policy"]["DefaultVersionId"])
        listing = list_versions(want.arn)
        calls = [asked, default]
        version = answers.get(default) if default in answers else None
        if (
            version
            and want.document.data
            and not same_meaning(want.document, document(version["PolicyVersion"]["Document"]))
        ):
            calls.append(listing)
        if listing in answers:
            calls += [get_version(want.arn, v["VersionId"]) for v in kept_versions.listed(listing, answers)]
        return tuple(calls)

    def read_permissions(self, want: State) -> tuple[tuple[str, str], ...]:
        """The policy, its versions, and the sweep before it is created."""
        own = ("iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions")
        return (*((action, want.arn) for action in own), ("iam:ListPolicies", "*"))

    def from_answers(self, want: State, answers: Answers) -> State | None:
        """The live policy."""
        answer = answers.get(get(want.arn))
        if answer is None:
            return None
        policy = answer["Policy"]
        default = policy["DefaultVersionId"]
        version = answers.get(get_version(want.arn, default))
        all_tags = tags.of_response(policy.get("Tags"))
        parsed = arns.parse(policy["Arn"])
        return State(
            name=policy["PolicyName"],
            path=policy.get("Path") or (parsed.path if parsed else "/"),
            arn=policy["Arn"],
            description=_recorded(want, policy.get("Description") or "", all_tags),
            document=document(version["PolicyVersion"]["Document"]) if version else document({}),
            tags=tags.users_own(all_tags),
            owner=tags.value_of(all_tags, tags.SPEC),
            applied=tags.value_of(all_tags, tags.APPLIED),
            all_tags=all_tags,
            versions=kept_versions.kept(want.arn, default, answers),
        )

    def diff(self, want: State, have: State) -> tuple[FieldChange, ...]:
        """Document by meaning, tags; the description as a note, since IAM can't change it."""
        changes: list[FieldChange] = []
        if want.description != have.description:
            note = "a policy's description can't be changed; IAM may also have garbled it"
            changes.append(
                FieldChange(
                    "description", "value", have.description or None, want.description or None, note=note
                )
            )
        if not same_meaning(want.document, have.document):
            changes.append(FieldChange("document", "document", have.document.text, want.document.text))
            changes += kept_versions.pruned(want.arn, want.document, have.versions)
        return (*changes, *tags.diff(want.tags, have.tags))

    def fingerprints(self, state: State) -> Mapping[str, str]:
        """Digests of what is applied."""
        return {
            "description": fingerprint(state.description),
            "document": digest(state.document),
            "tags": tags.digest(state.tags),
        }

    def blockers(
        self, want: State, have: State | None, answers: Answers, promised: frozenset[str]
    ) -> tuple[str, ...]:
        """The same name elsewhere; a document of a version that IAM no longer takes."""
        reasons: list[str] = [*tags.blockers(want.tags, want.owner)]
        if have is None:
            listed = answers.get(POLICIES) or {"Policies": []}
            other = names.same_name(want.name, (policy["Arn"] for policy in listed["Policies"]))
            if other:
                reasons.append(names.clash(want.arn, other))
        elif have.arn != want.arn:
            reasons.append(names.clash(want.arn, have.arn))
        written = have is None or not same_meaning(want.document, have.document)
        if written and want.document.data.get("Version") == VERSIONS[1]:
            reasons.append(
                "the document is of Version 2008-10-17, and IAM takes new ones of 2012-10-17 only: write that"
            )
        return tuple(reasons)

    def create(self, want: State, *, in_cycle: bool) -> tuple[Call, ...]:
        """One call; the tags travel with it."""
        params: dict[str, Any] = {
            "PolicyName": want.name,
            "Path": want.path,
            "PolicyDocument": want.document.text,
        }
        if want.description:
            params["Description"] = want.description
        marked = want.tags | tags.own(want.owner, self.fingerprints(want), want.applied, want.mark)
        if marked:
            params["Tags"] = tags.as_param(marked)
        return (write("CreatePolicy", want.arn, params, provides=[facts.exists(want.arn)]),)

    def update(self, want: State, have: State) -> tuple[Call, ...]:
        """A new default version, or a kept one that means the same; then the tags."""
        calls = (
            ()
            if same_meaning(want.document, have.document)
            else kept_versions.new_default(want.arn, want.document, have.versions)
        )
        marks = tags.own(
            want.owner,
            self.fingerprints(replace(want, description=have.description)),
            want.applied,
            want.mark,
            have.all_tags,
        )
        target = {"PolicyArn": want.arn}
        return calls + tags.update("Policy", target, want.arn, want.tags, have.all_tags, marks, calls)

    def notes(self, want: State, have: State) -> tuple[str, ...]:
        """Whether a version goes, or a kept one comes back."""
        if same_meaning(want.document, have.document):
            return ()
        return tuple(
            _ABOUT[call.operation].format(call.params["VersionId"])
            for call in self.update(want, have)
            if call.operation in _ABOUT
        )

    def to_spec(self, have: State, context: SpecContext) -> Exported:
        """The entry of a spec that describes it."""
        # Start-up: few runs export.
        from reconciler.kinds.managed_policy.export import of_policy  # noqa: PLC0415

        return of_policy(have, context)

    def summary(self, want: State) -> str:
        """What `verify` says when all is right."""
        actions: set[str] = set()
        for statement in want.document.statements:
            listed = statement.get("Action", statement.get("NotAction", []))
            actions |= {listed} if isinstance(listed, str) else set(listed)
        patterns = sum("*" in action or "?" in action for action in actions)
        numbers = [plural(len(actions) - patterns, "action")] * (patterns < len(actions) or not actions)
        numbers += [plural(patterns, "pattern") + " of actions"] * bool(patterns)
        return f"says what the spec says ({' and '.join(numbers)})"


kind = ManagedPolicyKind()
