"""What users have that no spec describes: passwords, keys, devices, certificates.

Looked at, told in plain lines, never changed.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from reconciler.core.call import MOST_KEPT, Answers, Call, Params, read

# What specs may not say of users, and what to do about it.
ELSEWHERE = {
    "password": "nothing: passwords are not managed here",
    "login_profile": "nothing: passwords are not managed here",
    "access_keys": "nothing: access keys are not managed here",
    "keys": "nothing: access keys are not managed here",
    "mfa": "nothing: MFA devices are not managed here",
    "mfa_devices": "nothing: MFA devices are not managed here",
    "signing_certificates": "nothing: certificates are not managed here",
    "server_certificates": "nothing: server certificates are not managed here",
    "ssh_public_keys": "nothing: SSH keys are not managed here",
    "service_specific_credentials": "nothing: credentials of services are not managed here",
}
_Says = Callable[[Params], str]


@lru_cache(maxsize=MOST_KEPT)
def reads(name: str) -> tuple[Call, ...]:
    """Every look at what one user has, in the order of the lines."""
    return tuple(read(operation, UserName=name) for operation in _SAYS)


def lines(name: str, answers: Answers) -> tuple[str, ...]:
    """What the user has, a line for each sort of it.

    None of what it has nothing of, or of what was not answered.
    """
    texts = (_SAYS[c.operation](answers.get(c) or {}) for c in reads(name) if c in answers)
    return tuple(line for line in texts if line)


def unknown(name: str, answers: Answers) -> tuple[Call, ...]:
    """The looks that brought no answer."""
    return tuple(call for call in reads(name) if call not in answers)


def _password(answer: Params) -> str:
    return "a password" if answer.get("LoginProfile") else ""


def _keys(answer: Params) -> str:
    keys = [(key["AccessKeyId"], key["Status"]) for key in answer.get("AccessKeyMetadata", ())]
    return _listed("access key", "access keys", keys)


def _devices(answer: Params) -> str:
    return _listed(
        "MFA device", "MFA devices", [(d["SerialNumber"], "") for d in answer.get("MFADevices", ())]
    )


def _certificates(answer: Params) -> str:
    certificates = [(c["CertificateId"], c["Status"]) for c in answer.get("Certificates", ())]
    return _listed("signing certificate", "signing certificates", certificates)


def _ssh_keys(answer: Params) -> str:
    keys = [(key["SSHPublicKeyId"], key["Status"]) for key in answer.get("SSHPublicKeys", ())]
    return _listed("SSH key", "SSH keys", keys)


def _of_services(answer: Params) -> str:
    services = [(c["ServiceName"], c["Status"]) for c in answer.get("ServiceSpecificCredentials", ())]
    return _listed("credential of a service", "credentials of services", services)


def _listed(singular: str, plural: str, items: Iterable[tuple[str, str]]) -> str:
    """`an access key: AKIA… active`, `2 access keys: AKIA… active, AKIA… inactive`; "" for none."""
    shown = [f"{name} {status.lower()}".rstrip() for name, status in sorted(items)]
    if not shown:
        return ""
    article = "an" if singular[0] in "aM" or singular.startswith("SSH") else "a"
    head = f"{article} {singular}" if len(shown) == 1 else f"{len(shown)} {plural}"
    return f"{head}: {', '.join(shown)}"


_SAYS: dict[str, _Says] = {
    "GetLoginProfile": _password,
    "ListAccessKeys": _keys,
    "ListMFADevices": _devices,
    "ListSigningCertificates": _certificates,
    "ListSSHPublicKeys": _ssh_keys,
    "ListServiceSpecificCredentials": _of_services,
}
OPERATIONS = tuple(_SAYS)
