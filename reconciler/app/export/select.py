"""The use case of `reconcile export`: live resources as specs whose plan only adopts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.app.export.files import Export
from reconciler.app.export.roundtrip import ExportDraft, ExportedAccount, Wrong, owner_of
from reconciler.app.plan import Progress, reporting, silent
from reconciler.aws.client import Caller, Client
from reconciler.aws.reader import Reader
from reconciler.core.address import Address, Source
from reconciler.core.call import Answers, Call
from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError
from reconciler.core.kind import Kind
from reconciler.core.text import escaped, plural
from reconciler.facets import deletion
from reconciler.facets.reads import account as account_reads
from reconciler.facets.reads import sweep
from reconciler.facets.reads.policy_document import list_versions
from reconciler.facets.reads.sweep import NamedResource
from reconciler.kinds import KINDS
from reconciler.kinds.managed_policy.versions import listed
from reconciler.spec.model import OWNER_NAME

_KINDS: dict[str, Kind] = {kind.KIND: kind for kind in KINDS}
_OF_ACCOUNT = "account-settings"
_AWS_OWN = "AWS's own: it is never changed from here"
_BELONGS = "belongs to the spec"
# So many named resources are asked one by one.
_FEW = 20


def is_spec_name(text: str) -> bool:
    """Whether it is OWNER/NAME."""
    return OWNER_NAME.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export: addresses, in which `*` stands for any text; what is under a path; or everything.

    What belongs to a spec is only meant where it is named by its address, or with `owned`.
    """

    addresses: tuple[str, ...] = ()
    path: str = ""
    name: str = ""
    owned: bool = False

    @property
    def is_all(self) -> bool:
        """Whether the whole account is meant."""
        return not self.addresses and not self.path

    def fits(self, one: NamedResource, account: str) -> bool:
        """Whether this one is meant."""
        address = Address(account, one.kind, one.name)
        by_name = not self.addresses or any(address.matches(pattern) for pattern in self.addresses)
        return by_name and one.path.startswith(self.path or "/")


def export(wanted: Wanted, client: Client, progress: Progress = silent, *, apart: bool = False) -> Export:
    """All that is wanted, in one spec or, `apart`, in one for each section.

    What is handed back was loaded again and compared with what is live: its plan has nothing to do but to
    adopt.

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
    lists = () if direct is not None else account_reads.OF_EVERYTHING
    details = account_reads.PRINCIPAL_DETAILS if lists else account_reads.ROLE_DETAILS
    reader = Reader(
        client, reporting(client, progress), lists="always" if lists else "never", details=details
    )
    caller = reader.begin((), "", (*lists, account_reads.SUMMARY) if wanted.is_all else lists)
    answers, failed = reader.ask(lists)
    if direct is not None:
        more = _more(wanted, direct)
        answers, failed = reader.ask(more)
        found = [*direct, *_found_in(answers, more, wanted)]
    else:
        found = _with_profiles(
            [one for one in sweep.everything(answers) if wanted.fits(one, caller.account)], answers
        )
    own = {_address(one, caller): _AWS_OWN for one in found if sweep.is_aws_own(one)}
    others = [one for one in found if not sweep.is_aws_own(one)]
    if wanted.is_all:
        others.append(
            NamedResource(
                _OF_ACCOUNT, caller.account, "/", f"arn:{caller.partition}:iam::{caller.account}:root"
            )
        )
    seen = reader.resources(tuple(_bare(one, caller) for one in others))
    live = {
        one.desired.address: one.desired.kind.from_answers(one.desired.state, one.answers)
        for one in seen
        if not one.error
    }
    unread = {one.desired.address: one.error.message for one in seen if one.error}
    unread |= {Address(caller.account, "account", call.operation): e.message for call, e in failed.items()}
    there = {
        address: state
        for address, state in live.items()
        if state is not None and not _is_empty(address, state)
    }
    _check_found(wanted, [*own, *there, *unread])
    own |= {address: f"{_BELONGS} {spec}" for address, spec in _owned(wanted, there).items()}
    said = {address: state for address, state in there.items() if address not in own}
    remarks = (*(_remarks(reader) if wanted.is_all else ()), *_old_versions(said, reader))
    return ExportedAccount(caller, there, own, unread, remarks)


def _owned(wanted: Wanted, there: Mapping[Address, Any]) -> dict[Address, str]:
    """What is another spec's to describe, and which one's: two loaded together can't both say it."""
    if wanted.owned or wanted.addresses:
        return {}
    owners = {address: owner_of(address, state) for address, state in there.items()}
    return {address: owner for address, owner in owners.items() if owner}


def _old_versions(there: Mapping[Address, Any], reader: Reader) -> Iterator[tuple[str, str]]:
    """A spec says one document of a policy, the one in force.

    How many have others, as far as that can be read.
    """
    listings = [list_versions(state.arn) for address, state in there.items() if address.kind == "policy"]
    answers, failed = reader.ask(tuple(listings))
    number = sum(1 for one in listings if one not in failed and len(listed(one, answers)) > 1)
    if number:
        yield "policies", f"older versions of {'1 policy' if number == 1 else f'{number} policies'}"


def _is_empty(address: Address, state: Any) -> bool:
    """Whether these are settings of an account that has none."""
    return address.kind == _OF_ACCOUNT and not any(_KINDS[address.kind].render(state).values())


def _direct(wanted: Wanted) -> list[NamedResource] | None:
    """The resources themselves, where each is named whole and can be asked for by its name.

    Policies apart.
    """
    if wanted.is_all or wanted.path or len(wanted.addresses) > _FEW:
        return None
    found = []
    for text in wanted.addresses:
        kind, _, name = text.partition(".")
        if (
            "*" in text
            or kind not in _KINDS
            or not name
            or kind in ("oidc-provider", "saml-provider", _OF_ACCOUNT)
        ):
            return None
        if kind != "policy":
            found.append(NamedResource(kind, name, "/", ""))
    return found


def _more(wanted: Wanted, direct: list[NamedResource]) -> tuple[Call, ...]:
    """What else tells of named resources.

    Of policies their ARNs, of roles the profiles that their entries describe.
    """
    profiles = [deletion.profiles_of(one.name) for one in direct if one.kind == "role"]
    is_policy = any(text.startswith("policy.") for text in wanted.addresses)
    return (*profiles, *([account_reads.POLICIES] if is_policy else []))


def _found_in(answers: Answers, calls: tuple[Call, ...], wanted: Wanted) -> Iterator[NamedResource]:
    names = {text.partition(".")[2] for text in wanted.addresses if text.startswith("policy.")}
    for call in calls:
        answer = (answers.get(call) or {}) if call in answers else {}
        for one in answer.get("Policies", ()):
            if one["PolicyName"] in names:
                yield NamedResource("policy", one["PolicyName"], one["Path"], one["Arn"])
        for one in answer.get("InstanceProfiles", ()):
            yield NamedResource("instance-profile", one["InstanceProfileName"], one["Path"], one["Arn"])


def _with_profiles(found: list[NamedResource], answers: Answers) -> list[NamedResource]:
    """With the profiles of the roles among them: the entry of a role describes its own."""
    roles = {one.name for one in found if one.kind == "role"}
    known = {one.name for one in found if one.kind == "instance-profile"}
    listed = (answers.get(account_reads.PROFILES) or {}) if account_reads.PROFILES in answers else {}
    return found + [
        NamedResource("instance-profile", one["InstanceProfileName"], one["Path"], one["Arn"])
        for one in listed.get("InstanceProfiles", ())
        if one["InstanceProfileName"] not in known
        and roles & {role["RoleName"] for role in one.get("Roles", ())}
    ]


def _address(one: NamedResource, caller: Caller) -> Address:
    return Address(caller.account, one.kind, one.name)


def _bare(one: NamedResource, caller: Caller) -> Desired:
    kind = _KINDS[one.kind]
    arn = one.arn or f"arn:{caller.partition}:iam::{caller.account}:{one.kind}/{one.name}"
    return Desired(_address(one, caller), kind, kind.stub(one.name, arn), "", Source("", 0))


def _check_found(wanted: Wanted, found: Iterable[Address]) -> None:
    known = tuple(found)
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
    """What no spec is for, with how many there are."""
    answers, _ = reader.ask((account_reads.SUMMARY,))
    known = answers.get(account_reads.SUMMARY) if account_reads.SUMMARY in answers else None
    numbers = (known or {}).get("SummaryMap", {})
    found = [("users", "what users sign in with (passwords, access keys, MFA devices, certificates)")]
    if numbers.get("ServerCertificates"):
        found.append(("", plural(numbers["ServerCertificates"], "server certificate")))
    return tuple(found)
