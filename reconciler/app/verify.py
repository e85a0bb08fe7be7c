"""What the users of the specs have beside what the specs say: `verify` shows it, and judges nothing by it."""

from collections.abc import Mapping
from dataclasses import replace

from reconciler.app.pipeline.review import Planned
from reconciler.core.address import Address
from reconciler.core.errors import AccessDenied, AwsError
from reconciler.core.plan import Plan
from reconciler.facets import credentials

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
    held = {
        address: (
            *(f"has {line}" for line in credentials.lines(address.name, answers)),
            *(_unknown(call.permission, errors[call]) for call in credentials.unknown(address.name, answers)),
        )
        for address in addresses
    }
    reads = plan.header.reads + planned.client.count - before
    return replace(plan, header=replace(plan.header, reads=reads)), held


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
