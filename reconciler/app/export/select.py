"""The use case of `reconcile export`: live resources as specs whose plan only adopts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.app.export.files import Export
from reconciler.app.export.roundtrip import ExportDraft, ExportedAccount, Wrong, owner_of
from reconciler.app.observe.progress import Progress, reporting, silent
from reconciler.aws.client import Caller, Client
from reconciler.aws.reader import Reader
from reconciler.core.address import Address, Source
from reconciler.core.call import Answers, Call
from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError
from reconciler.core.kind import AnyKind
from reconciler.core.text import escaped, owned_by, plural
from reconciler.facets import deletion
from reconciler.facets.reads import account as account_reads
from reconciler.facets.reads import sweep
from reconciler.facets.reads.policy_document import list_versions
from reconciler.facets.reads.sweep import NamedResource
from reconciler.kinds import KINDS
from reconciler.kinds.managed_policy.versions import listed
from reconciler.policy.document import arns
from reconciler.spec.model import OWNER_NAME

_KINDS: dict[str, AnyKind] = {kind.KIND: kind for kind in KINDS}
# What the account itself has.
_OF_ACCOUNT = tuple(kind.KIND for kind in KINDS if kind.ONE_IN_ACCOUNT)
# What GetAccountSummary counts and no spec describes while no kind does: the word in an ARN, member, noun.
_UNMANAGED = (("server-certificate", "ServerCertificates", "server certificate"),)
_AWS_OWN = "AWS's own: it is never changed from here"
# So many named resources are asked one by one.
_FEW = 20


def is_spec_name(text: str) -> bool:
    """Whether it is OWNER/NAME."""
    return OWNER_NAME.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export: addresses, in which `*` stands for any text; what is under a path; or everything.

    What belongs to a spec is exported only where it is named by its address, or with `owned`.
    """

    addresses: tuple[str, ...] = ()
    path: str = ""
    name: str = ""
    owned: bool = False

    @property
    def is_all(self) -> bool:
        """Whether to export the whole account."""
        return not self.addresses and not self.path

    def fits(self, resource: NamedResource, account: str) -> bool:
        """Whether to export this resource."""
        address = Address(account, resource.kind, resource.name)
        by_name = not self.addresses or any(address.matches(pattern) for pattern in self.addresses)
        return by_name and resource.path.startswith(self.path or "/")


def export(wanted: Wanted, client: Client, progress: Progress = silent, *, apart: bool = False) -> Export:
    """All that is wanted, in one spec or, with `apart`, in one for each section.

    The specs were loaded again and compared with what is live: their plan only adopts.

    Raises:
        PlanError: nothing of it is there.
        AwsError: there are no credentials, or no answer at all.
    """
    account = _read(wanted, client, progress)
    left = dict(account.left_out)
    while True:
        try:
            return ExportDraft(account, left, wanted.name, apart=apart).checked()
        except Wrong as wrong:
            left |= wrong.why


def _read(wanted: Wanted, client: Client, progress: Progress) -> ExportedAccount:
    direct = _direct(wanted)
    lists = () if direct is not None else sweep.lists_of_all(KINDS)
    details = account_reads.PRINCIPAL_DETAILS if lists else account_reads.ROLE_DETAILS
    reader = Reader(
        client, reporting(client, progress), lists="always" if lists else "never", details=details
    )
    caller = reader.begin((), "", (*lists, account_reads.SUMMARY) if wanted.is_all else lists)
    answers, failed = reader.ask(lists)
    if direct is not None:
        more = _more(wanted, direct)
        answers, failed = reader.ask(more)
        resources = [*direct, *_listed_in(answers, more, wanted)]
    else:
        every = sweep.everything(answers, KINDS)
        resources = _with_profiles([r for r in every if wanted.fits(r, caller.account)], answers)
    left_out = {_address(resource, caller): _AWS_OWN for resource in resources if sweep.is_aws_own(resource)}
    others = [resource for resource in resources if not sweep.is_aws_own(resource)]
    if wanted.is_all:
        root = arns.root(caller.partition, caller.account)
        others += [NamedResource(kind, caller.account, "/", root) for kind in _OF_ACCOUNT]
    seen = reader.resources(tuple(_bare(resource, caller) for resource in others))
    live = {
        resource.desired.address: resource.desired.kind.from_answers(resource.desired.state, resource.answers)
        for resource in seen
        if not resource.error
    }
    unread = {resource.desired.address: resource.error.message for resource in seen if resource.error}
    unread |= {Address(caller.account, "account", call.operation): e.message for call, e in failed.items()}
    states = {
        address: state
        for address, state in live.items()
        if state is not None and not _is_empty(address, state)
    }
    _check_present(wanted, [*left_out, *states, *unread])
    left_out |= {address: owned_by(spec) for address, spec in _owned(wanted, states).items()}
    exported = {address: state for address, state in states.items() if address not in left_out}
    remarks = (*(_remarks(reader) if wanted.is_all else ()), *_old_versions(exported, reader))
    return ExportedAccount(caller, states, left_out, unread, remarks)


def _owned(wanted: Wanted, states: Mapping[Address, Any]) -> dict[Address, str]:
    """What other specs own, and which: two specs that are loaded together can't both describe it."""
    if wanted.owned or wanted.addresses:
        return {}
    owners = {address: owner_of(address, state) for address, state in states.items()}
    return {address: owner for address, owner in owners.items() if owner}


def _old_versions(states: Mapping[Address, Any], reader: Reader) -> Iterator[tuple[str, str]]:
    """How many policies have other versions than the default one, as far as that can be read.

    A spec describes only the default version.
    """
    listings = [list_versions(state.arn) for address, state in states.items() if address.kind == "policy"]
    answers, failed = reader.ask(tuple(listings))
    count = sum(1 for listing in listings if listing not in failed and len(listed(listing, answers)) > 1)
    if count:
        yield "policies", f"older versions of {'1 policy' if count == 1 else f'{count} policies'}"


def _is_empty(address: Address, state: Any) -> bool:
    """Whether these are settings of an account that has none."""
    return address.kind in _OF_ACCOUNT and not any(_KINDS[address.kind].render(state).values())


def _direct(wanted: Wanted) -> list[NamedResource] | None:
    """The named resources, without policies, if all names are complete and can be read by name; else None."""
    if wanted.is_all or wanted.path or len(wanted.addresses) > _FEW:
        return None
    resources = []
    for text in wanted.addresses:
        kind, _, name = text.partition(".")
        if "*" in text or kind not in _KINDS or not name or not _is_read_by_name(kind):
            return None
        if kind != "policy":
            resources.append(NamedResource(kind, name, "/", ""))
    return resources


def _is_read_by_name(kind: str) -> bool:
    """Whether its name is enough to ask for one. Others are looked for in their list."""
    listed_in = _KINDS[kind].LISTED
    return listed_in is not None and bool(listed_in.name)


def _more(wanted: Wanted, direct: list[NamedResource]) -> tuple[Call, ...]:
    """Further reads for named resources: the ARNs of policies, the instance profiles of roles."""
    profiles = [deletion.profiles_of(resource.name) for resource in direct if resource.kind == "role"]
    is_policy = any(text.startswith("policy.") for text in wanted.addresses)
    return (*profiles, *([account_reads.POLICIES] if is_policy else []))


def _listed_in(answers: Answers, calls: tuple[Call, ...], wanted: Wanted) -> Iterator[NamedResource]:
    names = {text.partition(".")[2] for text in wanted.addresses if text.startswith("policy.")}
    for call in calls:
        answer = (answers.get(call) or {}) if call in answers else {}
        for entry in answer.get("Policies", ()):
            if entry["PolicyName"] in names:
                yield NamedResource("policy", entry["PolicyName"], entry["Path"], entry["Arn"])
        for entry in answer.get("InstanceProfiles", ()):
            yield NamedResource("instance-profile", entry["InstanceProfileName"], entry["Path"], entry["Arn"])


def _with_profiles(resources: list[NamedResource], answers: Answers) -> list[NamedResource]:
    """These, with the instance profiles of their roles: the entry of a role describes its profile."""
    roles = {entry.name for entry in resources if entry.kind == "role"}
    known = {entry.name for entry in resources if entry.kind == "instance-profile"}
    listed = (answers.get(account_reads.PROFILES) or {}) if account_reads.PROFILES in answers else {}
    return resources + [
        NamedResource("instance-profile", entry["InstanceProfileName"], entry["Path"], entry["Arn"])
        for entry in listed.get("InstanceProfiles", ())
        if entry["InstanceProfileName"] not in known
        and roles & {role["RoleName"] for role in entry.get("Roles", ())}
    ]


def _address(resource: NamedResource, caller: Caller) -> Address:
    return Address(caller.account, resource.kind, resource.name)


def _bare(resource: NamedResource, caller: Caller) -> Desired:
    kind = _KINDS[resource.kind]
    arn = resource.arn or f"arn:{caller.partition}:iam::{caller.account}:{resource.kind}/{resource.name}"
    return Desired(_address(resource, caller), kind, kind.stub(resource.name, arn), "", Source("", 0))


def _check_present(wanted: Wanted, addresses: Iterable[Address]) -> None:
    known = tuple(addresses)
    for pattern in wanted.addresses:
        if not any(address.matches(pattern) for address in known):
            raise PlanError(
                f"{escaped(pattern)}: there is no such resource in AWS",
                "addresses look like role.NAME or policy.NAME; * stands for any text",
            )
    if wanted.path and not known:
        raise PlanError(
            f"nothing is on the path {escaped(wanted.path)}", "a path begins and ends with a slash"
        )


def _remarks(reader: Reader) -> tuple[tuple[str, str], ...]:
    """What specs can't describe, with how many there are."""
    answers, _ = reader.ask((account_reads.SUMMARY,))
    known = answers.get(account_reads.SUMMARY) if account_reads.SUMMARY in answers else None
    numbers = (known or {}).get("SummaryMap", {})
    remarks = [("users", "what users sign in with (passwords, access keys, MFA devices, certificates)")]
    remarks += [
        ("", plural(numbers[member], noun))
        for word, member, noun in _UNMANAGED
        if word not in _KINDS and numbers.get(member)
    ]
    return tuple(remarks)
