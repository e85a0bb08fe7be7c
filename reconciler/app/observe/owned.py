"""Finds what carries the tags of specs, or is in the account at all, by account-wide reads."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.call import Answers, Call, Params
from reconciler.core.errors import AwsError
from reconciler.core.plan import Unread
from reconciler.facets.mark import SpecMarks
from reconciler.facets.reads import account as account_reads
from reconciler.facets.reads import sweep
from reconciler.facets.reads.account import PRINCIPAL_DETAILS, ROLE_DETAILS, Tagging
from reconciler.facets.reads.sweep import NamedResource, Tagged
from reconciler.kinds import KINDS
from reconciler.plan.deletion.orphans import Orphan, orphans
from reconciler.spec.resolve import Specs


@dataclass(frozen=True, slots=True)
class AccountSweep:
    """What account-wide reads say beside the specs of one account.

    `described` has the ARN of what loaded specs describe, by kind and name, `tagged` all that carries the tag
    of a spec, `loaded` the names of the specs.
    """

    account: str
    described: dict[tuple[str, str], str]
    loaded: frozenset[str]
    tagged: frozenset[Tagged]
    orphans: tuple[Orphan, ...]
    answers: Answers
    errors: dict[Call, AwsError]

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What could not be searched for."""
        address = Address(self.account, "account", "sweep")
        return tuple(Unread.by(error, address, call.permission) for call, error in self.errors.items())

    @property
    def own_orphans(self) -> tuple[Orphan, ...]:
        """Those without the mark of others."""
        return tuple(orphan for orphan in self.orphans if not orphan.whose)

    @property
    def undescribed(self) -> tuple[tuple[NamedResource, Params], ...]:
        """What no loaded spec describes, AWS's own apart, each with what its list says."""
        return tuple(
            (resource, entry)
            for resource, entry in sweep.entries(self.answers, KINDS)
            if not (self._is_described(resource) or sweep.is_aws_own(resource))
        )

    def _is_described(self, resource: NamedResource) -> bool:
        """Whether a loaded spec describes it: policies are told apart by their ARNs."""
        arn = self.described.get((resource.kind, resource.name))
        by_arn = any(resource.kind == kind.KIND and kind.ACCESS_BY == "document" for kind in KINDS)
        return arn is not None and (not by_arn or arn == resource.arn)

    @property
    def counts(self) -> tuple[int, int]:
        """How many resources are AWS's own, and how many of the others loaded specs describe."""
        resources = list(sweep.everything(self.answers, KINDS))
        others = [resource for resource in resources if not sweep.is_aws_own(resource)]
        described = sum(map(self._is_described, others))
        return len(resources) - len(others), described

    @property
    def noticed(self) -> tuple[tuple[str, int], ...]:
        """How many roles, users and groups no loaded spec describes or owns, by kind, as the sweep shows."""
        kinds = tuple(k for k in KINDS if k.LISTED is not None and k.LISTED.call == PRINCIPAL_DETAILS)
        owned = {(orphan.address.kind, orphan.address.name) for orphan in self.orphans}
        named = (resource for resource, _ in sweep.entries(self.answers, kinds))
        counts = Counter(
            r.kind
            for r in named
            if (r.kind, r.name) not in self.described.keys() | owned and not sweep.is_aws_own(r)
        )
        return tuple(counts.items())


def known_orphans(
    specs: Specs,
    elsewhere: frozenset[str],
    tagging: Tagging,
    reader: Reader,
    marks: Mapping[str, SpecMarks],
) -> tuple[tuple[Orphan, ...], bool]:
    """What earlier reads of a run show of what its specs no longer describe, and whether that is all of it.

    No call is sent.
    """
    wanted = account_reads.owned(tagging)
    answers, answered = reader.answered((*wanted, ROLE_DETAILS))
    tagged = frozenset(sweep.tagged(answers, answered, KINDS))
    account = reader.caller().account
    return _orphans(specs, elsewhere, tagged, account, marks), set(wanted) <= set(answered)


def read_sweep(
    specs: Specs,
    elsewhere: frozenset[str],
    account: str,
    calls: tuple[Call, ...],
    reader: Reader,
    marks: Mapping[str, SpecMarks],
) -> AccountSweep:
    """What these reads find; `elsewhere` are specs of other accounts, `marks` those that specs may bear.

    Raises:
        NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
    """
    answers, errors = reader.ask(calls)
    tagged = frozenset(sweep.tagged(answers, calls, KINDS))
    described, owned = _described(specs, elsewhere), _orphans(specs, elsewhere, tagged, account, marks)
    loaded = frozenset(specs.names) - elsewhere
    return AccountSweep(account, described, loaded, tagged, owned, answers, errors)


def _described(specs: Specs, elsewhere: frozenset[str]) -> dict[tuple[str, str], str]:
    return {(d.kind.KIND, d.state.name): d.state.arn for d in specs.desired if d.spec not in elsewhere}


def _orphans(
    specs: Specs,
    elsewhere: frozenset[str],
    tagged: frozenset[Tagged],
    account: str,
    marks: Mapping[str, SpecMarks],
) -> tuple[Orphan, ...]:
    files = {name: file for name, file in specs.files.items() if name in specs.tagging - elsewhere}
    return tuple(orphans(tagged, _described(specs, elsewhere), files, specs.removed, account, marks))
