"""Passwords, access keys, SSH keys and certificates: moto's, with IAM's words."""

import ssl
from typing import Any

from reconciler.policy.document import arns
from reconciler.sandbox.rule import Answer, ApiRefusal, ReceivedCall, after, before, instead


@before("GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile", codes=("NoSuchEntity",))
def passwords(call: ReceivedCall) -> None:
    """A user without a password has no login profile.

    Source: LS:users#test_login_profile_errors, #test_login_profile_lifecycle. MT: other words.
    """
    name = call.params.get("UserName")
    if name and not call.iam.users[name].password:
        raise ApiRefusal("NoSuchEntity", f"Login Profile for User {name} cannot be found.")


@before("CreateLoginProfile", codes=("EntityAlreadyExists",))
def new_password(call: ReceivedCall) -> None:
    """A user has one password.

    Source: LS:users#test_login_profile_errors. MT: other words.
    """
    name = call.params.get("UserName")
    if name and call.iam.users[name].password:
        raise ApiRefusal("EntityAlreadyExists", f"Login Profile for user {name} already exists.")


@before("UpdateAccessKey", "DeleteAccessKey", codes=("NoSuchEntity",))
def access_keys(call: ReceivedCall) -> None:
    """A key is its user's; without a name it is the caller's, and a role has none.

    Source: LS:users#test_access_key_errors. MT: without a name takes anybody's.
    """
    key, user = call.params["AccessKeyId"], _user(call)
    if user is None or not user.has_access_key(key):
        raise ApiRefusal("NoSuchEntity", f"The Access Key with id {key} cannot be found.")
    call.params["UserName"] = user.name


def _user(call: ReceivedCall) -> Any:
    """The user that is named, or that calls; None for the account's root.

    Raises:
        ApiRefusal: nobody is named, and a role calls.
    """
    name = call.params.get("UserName")
    if not name and ":assumed-role/" in call.caller():
        raise ApiRefusal("ValidationError", "Must specify userName when calling with non-User credentials")
    return call.iam.users[name] if name else call.iam.get_user_from_access_key_id(call.access_key)


@before("GetAccessKeyLastUsed", codes=("AccessDenied",))
def last_used(call: ReceivedCall) -> None:
    """Of a key that is none of the account's nothing is told.

    Source: LS:users#test_access_key_errors. MT: not found.
    """
    key = call.params["AccessKeyId"]
    if call.iam.get_user_from_access_key_id(key) is None:
        raise ApiRefusal(
            "AccessDenied",
            f"User: {call.caller()} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access"
            f" key {key}",
        )


@instead("GetUser")
def caller(call: ReceivedCall) -> Answer:
    """Without a name it is the caller; the account's root has the account's number as its id, and no name.

    A role has none.

    Source: LS:test_iam.py#test_get_user_without_username_as_role; M GetUser; UG:reference_identifiers.md. MT:
    a user of its own making.
    """
    user = _user(call)
    if user is not None:
        return {"User": user}
    root = arns.root(call.iam.partition, call.account)
    return {"User": {"UserId": call.account, "Arn": root, "CreateDate": "2010-01-01T00:00:00Z"}}


@before("GetSSHPublicKey", "UpdateSSHPublicKey", "DeleteSSHPublicKey", codes=("NoSuchEntity",))
def ssh_keys(call: ReceivedCall) -> None:
    """An SSH key is its user's.

    Source: LS:ssh_public_keys#test_get_ssh_public_key_not_found. MT: other words.
    """
    key, user = call.params["SSHPublicKeyId"], call.iam.users[call.params["UserName"]]
    if key not in [kept.ssh_public_key_id for kept in user.ssh_public_keys]:
        raise ApiRefusal("NoSuchEntity", f"The Public Key with id {key} cannot be found.")


@before("UploadSigningCertificate", codes=("MalformedCertificate",))
def signing_certificates(call: ReceivedCall) -> None:
    """A certificate is one.

    Source: LS:signing_certificates#test_signing_certificate_errors. MT: other words.
    """
    body = call.params["CertificateBody"]
    try:
        # Reading it as an authority's is the standard library's way to read one at all.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=body)
    except (ValueError, ssl.SSLError):
        raise ApiRefusal("MalformedCertificate", f"Certificate {body} is malformed.") from None


@before("UploadServerCertificate", codes=("EntityAlreadyExists",))
def server_certificates(call: ReceivedCall) -> None:
    """A server certificate's name is taken.

    Source: LS:server_certificates#test_server_certificate_errors. MT: replaces the other.
    """
    name = call.params["ServerCertificateName"]
    if name in [kept.cert_name for kept in call.iam.certificates.values()]:
        raise ApiRefusal("EntityAlreadyExists", f"The Server Certificate with name {name} already exists.")


@after("GetServerCertificate")
def server_certificate_tags(_call: ReceivedCall, answer: Answer) -> None:
    """A server certificate shows its tags, none as an empty list; here it has none.

    Source: LS:server_certificates#test_server_certificate_lifecycle. MT: absent.
    """
    answer["ServerCertificate"]["Tags"] = []


RULES = (
    passwords,
    new_password,
    access_keys,
    last_used,
    caller,
    ssh_keys,
    signing_certificates,
    server_certificates,
    server_certificate_tags,
)
