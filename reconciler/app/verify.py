"""What the users of the specs have beside what the specs say: `verify` shows it, and judges nothing by it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.app.pipeline.review import Planned
from reconciler.core.address import Address
from reconciler.core.errors import AccessDenied, AwsError
from reconciler.core.plan import Plan
from reconciler.facets import credentials, identity_policies

Held = Mapping[Address, tuple[str, ...]]


def credential_lines(planned: Planned) -> tuple[Plan, Held]:
    """Lines about each user that exists, and the plan with the number of all reads.

    Raises:
        NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
    """
    # Start-up: plans bring this module along, and few of them have users.
    from reconciler.kinds import user  # noqa: PLC0415

    plan, before = planned.plan, planned.client.count
    addresses = [c.address for c in plan.changes if c.address.kind == user.kind.KIND and c.action != "create"]
    answers, errors = planned.reader.ask(tuple(call for a in addresses for call in credentials.reads(a.name)))
    groups = _groups(planned, addresses)
    held = {
        address: (
            *groups[address],
            *(f"has {line}" for line in credentials.lines(address.name, answers)),
            *(_unknown(call.permission, errors[call]) for call in credentials.unknown(address.name, answers)),
        )
        for address in addresses
    }
    reads = plan.header.reads + planned.client.count - before
    return replace(plan, header=replace(plan.header, reads=reads)), held


def _groups(planned: Planned, addresses: list[Address]) -> dict[Address, tuple[str, ...]]:
    """What each user gets through its groups, in words.

    Raises:
        NoCredentials, Unreachable, OutOfTime: nothing can be read at all.
    """
    states = {draft.change.address: draft.have for draft in planned.drafts if draft.have is not None}
    names = {a: tuple(sorted(states[a].groups or ())) if a in states else () for a in addresses}
    needed = {name for of_one in names.values() for name in of_one}
    live = planned.reader.holding("group", tuple(sorted(needed)))
    return {
        address: tuple(_through(name, live.get(name)) for name in of_one) for address, of_one in names.items()
    }


def _through(group: str, state: Any) -> str:
    if state is None or isinstance(state, AwsError):
        return f"what it gets through group {group} could not be read"
    return f"through group {group}: {'; '.join(identity_policies.in_words(state))}"


def _unknown(permission: str, error: AwsError) -> str:
    why = f"needs {permission}" if isinstance(error, AccessDenied) else error.message
    return f"{_WORDS[permission.removeprefix('iam:')]} could not be looked for ({why})"


_WORDS = {
    "GetLoginProfile": "a password",
    "ListAccessKeys": "access keys",
    "ListMFADevices": "MFA devices",
    "ListSigningCertificates": "signing certificates",
    "ListSSHPublicKeys": "SSH keys",
    "ListServiceSpecificCredentials": "credentials of services",
}
