"""Credentials of users for single services, which moto does not know."""

import secrets
from datetime import UTC, datetime

from reconciler.sandbox.rule import (
    Answer,
    ApiRefusal,
    ReceivedCall,
    before,
    instead,
    service_credentials,
)

# M CreateServiceSpecificCredential; UG:id_credentials_service-specific-creds.md.
_SERVICES = ("bedrock.amazonaws.com", "cassandra.amazonaws.com", "codecommit.amazonaws.com")
_CHANGES = (
    "DeleteServiceSpecificCredential",
    "ResetServiceSpecificCredential",
    "UpdateServiceSpecificCredential",
)


@before(*_CHANGES, "ListServiceSpecificCredentials", codes=("ValidationError",))
def of_the_caller(call: ReceivedCall) -> None:
    """Without a name it is the caller's, where that is a user.

    Source: M ListServiceSpecificCredentials and the others, UserName: "assumes the user whose credentials are
    used".
    """
    if "UserName" in call.params:
        return
    user = call.iam.get_user_from_access_key_id(call.access_key)
    if user is None:
        raise ApiRefusal("ValidationError", "Must specify userName when calling with non-User credentials")
    call.params["UserName"] = user.name


@before("CreateServiceSpecificCredential", "ListServiceSpecificCredentials", codes=("NoSuchEntity",))
def services(call: ReceivedCall) -> None:
    """Few services have credentials of their own.

    Source: LS:test_iam.py#test_create_service_specific_credential_invalid_service,
    #test_list_service_specific_credential_different_service.
    """
    service = call.params.get("ServiceName")
    if service and service not in _SERVICES:
        raise ApiRefusal(
            "NoSuchEntity", f"No such service {service} is supported for Service Specific Credentials"
        )


@before(*_CHANGES, codes=("NoSuchEntity",))
def known(call: ReceivedCall) -> None:
    """One that the user does not have can't be changed.

    Source: LS:test_iam.py#test_user_match_id_mismatch, #test_id_match_user_mismatch. MT: not implemented.
    """
    wanted = call.params["ServiceSpecificCredentialId"]
    user = call.iam.users[call.params["UserName"]]
    if wanted not in [kept["ServiceSpecificCredentialId"] for kept in service_credentials(user)]:
        raise ApiRefusal("NoSuchEntity", f"No such credential {wanted} exists")


@instead("CreateServiceSpecificCredential", "ListServiceSpecificCredentials", *_CHANGES)
def of_services(call: ReceivedCall) -> Answer:
    """A user has credentials for CodeCommit and others, and shows their passwords once; reset, another one.

    Source: LS:test_iam.py#test_service_specific_credential_lifecycle; M ServiceSpecificCredentialMetadata.
    MT: not implemented.
    """
    user = call.iam.users[call.params["UserName"]]
    kept = service_credentials(user)
    if call.operation.startswith("Create"):
        return {"ServiceSpecificCredential": _with_password(_created(call))}
    if call.operation.startswith("List"):
        service = call.params.get("ServiceName")
        return {
            "ServiceSpecificCredentials": [
                {**credential, "UserName": user.name}
                for credential in kept
                if service in (None, credential["ServiceName"])
            ]
        }
    wanted = call.params["ServiceSpecificCredentialId"]
    credential = next(c for c in kept if c["ServiceSpecificCredentialId"] == wanted)
    if call.operation.startswith("Delete"):
        kept.remove(credential)
    elif call.operation.startswith("Update"):
        credential["Status"] = call.params["Status"]
    else:
        return {"ServiceSpecificCredential": _with_password(credential)}
    return {}


def _created(call: ReceivedCall) -> Answer:
    user = call.iam.users[call.params["UserName"]]
    user.credentials_created = getattr(user, "credentials_created", -1) + 1
    created = {
        "UserName": user.name,
        "Status": "Active",
        "ServiceName": call.params["ServiceName"],
        "ServiceUserName": f"{user.name}-at-{call.account}",
        "ServiceSpecificCredentialId": f"ACCA{user.credentials_created:016}",
        "CreateDate": datetime.now(UTC),
    }
    user.service_specific_credentials = [*service_credentials(user), created]
    return created


def _with_password(credential: Answer) -> Answer:
    return {**credential, "ServicePassword": secrets.token_urlsafe(24)}


RULES = (of_the_caller, services, known, of_services)
