"""What a deletion took off others, given back together with what was deleted."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from reconciler.aws.reader import Reader
from reconciler.core.address import Address, Source
from reconciler.core.change import Change
from reconciler.core.desired import Desired
from reconciler.core.kind import Kind
from reconciler.kinds import KINDS

# A holder, and what was taken off it: the ARN of a policy, or the name of a role.
Taken = tuple[Address, str]
_KINDS: dict[str, Kind] = {kind.KIND: kind for kind in KINDS}


def restore_detached(
    taken: tuple[Taken, ...], restored: tuple[Desired, ...], reader: Reader, source: Source
) -> tuple[tuple[Desired, ...], tuple[Change, ...]]:
    """Those who held what is restored, as they are and with that; and notes on those who can't have it back.

    Raises:
        NoCredentials, Unreachable: nothing can be read at all.
    """
    back = {d.state.arn for d in restored} | {d.state.name for d in restored if d.kind.KIND == "role"}
    known = {d.address for d in restored}
    wanted: dict[Address, set[str]] = {}
    for address, what in taken:
        if what in back and address not in known:
            wanted.setdefault(address, set()).add(what)
    bare = tuple(_bare(address, source) for address in wanted)
    desired: list[Desired] = []
    notes: list[Change] = []
    for one, seen in zip(bare, reader.resources(bare), strict=True):
        have = None if seen.error else one.kind.from_answers(one.state, seen.answers)
        if seen.error:
            # It goes on as it is, and the plan says why it could not be read.
            desired.append(one)
        elif have is None:
            notes += _note(one.address, "is not there any more", source)
        elif getattr(have, "roles", ()) and set(have.roles) != wanted[one.address]:
            notes += _note(one.address, "holds another role by now", source)
        else:
            desired.append(
                replace(one, state=_with(have, wanted[one.address]), spec=have.owner, untagged=not have.owner)
            )
    return tuple(desired), tuple(notes)


def _bare(address: Address, source: Source) -> Desired:
    kind = _KINDS[address.kind]
    arn = f"arn:aws:iam::{address.account}:{address.kind}/{address.name}"
    return Desired(address, kind, kind.stub(address.name, arn), "", source, untagged=True)


def _with(have: Any, what: set[str]) -> Any:
    if hasattr(have, "attached"):
        return replace(have, attached=have.attached | what)
    return replace(have, roles=tuple(sorted(what)))


def _note(address: Address, why: str, source: Source) -> Iterator[Change]:
    yield Change(
        address, "none", notes=(f"{why}, and is not given back what was taken off it",), source=source
    )
