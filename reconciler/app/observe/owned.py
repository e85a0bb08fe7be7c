"""Finds what carries the tags of specs, or is in the account at all, by account-wide reads."""

from dataclasses import dataclass

from reconciler.aws.reader import Reader
from reconciler.core.address import Address
from reconciler.core.call import Answers, Call
from reconciler.core.errors import AwsError
from reconciler.core.plan import Unread
from reconciler.core.results.beside import Unmanaged
from reconciler.facets.reads import sweep
from reconciler.kinds import KINDS
from reconciler.plan.deletion.orphans import Orphan, orphans
from reconciler.spec.resolve import Specs


@dataclass(frozen=True, slots=True)
class AccountSweep:
    """What account-wide reads say beside the specs of one account."""

    account: str
    described: dict[tuple[str, str], str]
    orphans: tuple[Orphan, ...]
    answers: Answers
    errors: dict[Call, AwsError]

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What could not be searched for."""
        address = Address(self.account, "account", "sweep")
        return tuple(Unread.by(error, address, call.permission) for call, error in self.errors.items())

    @property
    def unmanaged(self) -> Unmanaged:
        """What no loaded spec names, AWS's own apart."""
        resources = list(sweep.everything(self.answers, KINDS))
        aws_own = [resource for resource in resources if sweep.is_aws_own(resource)]
        others = [resource for resource in resources if not sweep.is_aws_own(resource)]
        unmanaged = sorted(f"{o.kind}.{o.name}" for o in others if (o.kind, o.name) not in self.described)
        return Unmanaged(tuple(unmanaged), len(aws_own), len(others) - len(unmanaged))


def read_sweep(
    specs: Specs, elsewhere: frozenset[str], account: str, calls: tuple[Call, ...], reader: Reader
) -> AccountSweep:
    """What these reads find; `elsewhere` are specs of other accounts.

    Raises:
        NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
    """
    answers, errors = reader.ask(calls)
    described = {(d.kind.KIND, d.state.name): d.state.arn for d in specs.desired if d.spec not in elsewhere}
    files = {name: file for name, file in specs.files.items() if name in specs.tagging - elsewhere}
    tagged = sweep.tagged(answers, calls, KINDS)
    owned = tuple(orphans(tagged, described, files, specs.removed, account))
    return AccountSweep(account, described, owned, answers, errors)
