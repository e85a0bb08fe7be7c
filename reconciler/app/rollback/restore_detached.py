"""Restores what a deletion detached from others, together with what was deleted."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from reconciler.aws.reader import Reader
from reconciler.core.address import Address, Source
from reconciler.core.change import Change
from reconciler.core.desired import Desired
from reconciler.core.kind import AnyKind
from reconciler.kinds import KINDS

# A holder, and what was detached from it: the ARN of a policy, or the name of a role.
Taken = tuple[Address, str]
_KINDS: dict[str, AnyKind] = {kind.KIND: kind for kind in KINDS}


def restore_detached(
    taken: tuple[Taken, ...], restored: tuple[Desired, ...], reader: Reader, source: Source
) -> tuple[tuple[Desired, ...], tuple[Change, ...]]:
    """The former holders of what is restored, with it again; and notes on holders that can't have it back.

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
    for desired_holder, seen in zip(bare, reader.resources(bare), strict=True):
        have = None if seen.error else desired_holder.kind.from_answers(desired_holder.state, seen.answers)
        if seen.error:
            # It is kept, and the plan says why it could not be read.
            desired.append(desired_holder)
        elif have is None:
            notes += _note(desired_holder.address, "no longer exists", source)
        elif getattr(have, "roles", ()) and set(have.roles) != wanted[desired_holder.address]:
            notes += _note(desired_holder.address, "has another role now", source)
        else:
            desired.append(
                replace(
                    desired_holder,
                    state=_with(have, wanted[desired_holder.address]),
                    spec=have.owner,
                    untagged=not have.owner,
                )
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
        address, "none", notes=(f"{why}, and what was detached from it is not attached again",), source=source
    )
