"""The first stage: specs are opened, the caller is asked for, and reads are sent ahead."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from reconciler.app.observe.progress import Progress, reporting
from reconciler.app.origin import Origins, origins_of
from reconciler.app.request import SpecSelection, chosen
from reconciler.app.specs import OpenedSpecs, load_valid
from reconciler.aws.client import Caller, Client
from reconciler.aws.reader import Reader
from reconciler.core.call import Call
from reconciler.core.desired import Desired
from reconciler.core.errors import AwsError, PlanError
from reconciler.core.plan import Header
from reconciler.core.results.beside import Failure
from reconciler.facets import tags
from reconciler.facets.mark import NO_MARK, Mark, SpecMarks, digest_of
from reconciler.facets.reads.account import ANY_SPEC, ROLE_DETAILS, Tagging
from reconciler.spec.resolve import Specs

# Of all specs every one must be right and for this account; or those that are go on without the others.
Strictness = Literal["every", "valid"]
_Resolved = tuple[Specs, tuple[Failure, ...]]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a use case reads beside its resources, and how strict it is with specs.

    `sweep` is the account-wide reads that find what is tagged or there at all. `as_read` is how a resource is
    read ahead; `ahead` is whether AWS may be read before the specs are known to be right, where they describe
    so much that the whole account is read in any case. `details` is the read of the account's roles;
    `whole_account` is whether all that is there is looked at, whoever's it is.
    """

    sweep: Callable[[Specs, Tagging], tuple[Call, ...]]
    strictness: Strictness = "every"
    as_read: Callable[[Desired], Desired] = lambda desired: desired
    ahead: bool = True
    details: Callable[[Tagging], Call] = lambda _tagging: ROLE_DETAILS
    whole_account: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """The specs for the caller's account, and the reader of this run.

    `failures` are spec files that are wrong; `elsewhere` says of specs why they are for another account.
    """

    specs: Specs
    failures: tuple[Failure, ...]
    elsewhere: Mapping[str, str]
    opened: OpenedSpecs
    header: Header
    client: Client
    reader: Reader
    sweep: tuple[Call, ...]
    calls_before: int
    origins: Origins

    @property
    def marks(self) -> dict[str, SpecMarks]:
        """The marks that the specs' resources may bear, by the spec's name."""
        variables = self.specs.variables
        return {
            name: SpecMarks(
                self.origins.by_spec.get(name, ""),
                variables.get(name, {}),
                tuple({**variables.get(name, {}), **other} for other in self.opened.other_environments),
            )
            for name in self.specs.names
        }

    @property
    def tagging(self) -> Tagging:
        """The names of the specs that tag what is theirs."""
        return self.opened.outline.marked

    @property
    def counted(self) -> Header:
        """The header with the number of reads so far."""
        return replace(self.header, reads=self.client.count - self.calls_before)

    def desired(self, request: SpecSelection) -> tuple[Desired, ...]:
        """What the request chooses of all that the specs of this account describe, marked as theirs."""
        described = (d for d in chosen(request, self.specs.desired) if d.spec not in self.elsewhere)
        return tuple(replace(d, state=tags.marked(d.state, self._mark_of(d))) for d in described)

    def _mark_of(self, desired: Desired) -> Mark:
        variables = digest_of(desired.shaped_by) if desired.shaped_by else ""
        origin = self.origins.by_spec.get(desired.spec, "")
        return Mark(origin, variables) if origin else NO_MARK


def begin(
    request: SpecSelection,
    client: Client,
    progress: Progress,
    beginning: Beginning,
    reader: Reader | None = None,
) -> Begun:
    """Open the specs and send the first reads; `reader` is one that has read some of it already.

    Raises:
        SpecError: the specs are wrong; or, of the valid ones, none is right.
        PlanError: every spec must be for this account, and one is not.
        AwsError: there are no credentials, or no answer at all.
    """
    opened = OpenedSpecs(request)
    before = client.count
    tagging = opened.outline.marked
    reader = reader or Reader(
        client,
        reporting(client, progress),
        ANY_SPEC if beginning.whole_account else tagging,
        lists="always" if beginning.whole_account else "where fewer",
        details=beginning.details(tagging),
    )
    specs, _ = _resolve_ahead(opened, reader, beginning)
    ahead = tuple(map(beginning.as_read, chosen(request, specs.desired)))
    caller = reader.begin(ahead, opened.filler, beginning.sweep(specs, tagging))
    specs, failures = _resolve(opened, beginning.strictness, caller.account, caller.partition)
    origins = origins_of(request, _marking(specs))
    elsewhere = specs.of_other_accounts(caller.account, caller.partition)
    if beginning.strictness == "every":
        _check_account(elsewhere)
    header = header_of(specs, caller, client)
    sweep = beginning.sweep(specs, tagging)
    return Begun(specs, failures, elsewhere, opened, header, client, reader, sweep, before, origins)


def _marking(specs: Specs) -> dict[str, str]:
    """The files of the specs that mark what is theirs."""
    return {name: file for name, file in specs.files.items() if name in specs.tagging}


def _resolve(opened: OpenedSpecs, strictness: Strictness, account: str | None, partition: str) -> _Resolved:
    if strictness == "valid":
        return load_valid(opened, account, partition)
    return opened.specs(account, partition), ()


def _resolve_ahead(opened: OpenedSpecs, reader: Reader, beginning: Beginning) -> _Resolved:
    """The resolved specs, by account and partition. AWS is asked for nothing before the specs are right.

    There is one exception: specs that describe so much that the whole account is read in any case. Then the
    reads are under way meanwhile, and the specs are resolved once, for the account of the caller.
    """
    strictness = beginning.strictness
    if not beginning.ahead or opened.is_narrowed or not reader.reads_ahead(opened.outline.numbers):
        return _resolve(opened, strictness, None, "")
    try:
        caller = reader.caller()
    except AwsError:
        # What is wrong with the specs is said first.
        _resolve(opened, strictness, None, "")
        raise
    try:
        return _resolve(opened, strictness, caller.account, caller.partition)
    except BaseException:
        reader.stop()
        raise


def header_of(specs: Specs, caller: Caller, client: Client) -> Header:
    """Which specs a run is for, and which account and caller."""
    return Header(specs.names, caller.account, caller.partition, caller.arn, client.endpoint)


def _check_account(elsewhere: Mapping[str, str]) -> None:
    """Raise where a spec is for another account."""
    for name, wrong in elsewhere.items():
        raise PlanError(
            f"the spec {name} {wrong}",
            "use the other account's --profile, or change `account:` or `partition:`",
        )
