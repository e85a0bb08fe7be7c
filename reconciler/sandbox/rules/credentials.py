"""Credentials of users that moto does not know: those of single services."""

from datetime import UTC, datetime

from reconciler.sandbox.rules.base import Answer, Call, Refusal, before, instead, service_credentials


@before("DeleteServiceSpecificCredential", codes=("NoSuchEntity",))
def known(call: Call) -> None:
    """One that the user does not have can't be deleted; the words are inferred.

    Source: M DeleteServiceSpecificCredential. MT: not implemented.
    """
    wanted = call.params["ServiceSpecificCredentialId"]
    user = call.iam.users[call.params["UserName"]]
    if wanted not in [one["ServiceSpecificCredentialId"] for one in service_credentials(user)]:
        raise Refusal("NoSuchEntity", f"No such credential {wanted} exists")


@instead(
    "CreateServiceSpecificCredential", "ListServiceSpecificCredentials", "DeleteServiceSpecificCredential"
)
def of_services(call: Call) -> Answer:
    """A user has credentials for CodeCommit and others, and shows their passwords once.

    Source: M CreateServiceSpecificCredential, ServiceSpecificCredentialMetadata. MT: not implemented.
    """
    user = call.iam.users[call.params["UserName"]]
    found = service_credentials(user)
    if call.operation.startswith("List"):
        return {"ServiceSpecificCredentials": found}
    if call.operation.startswith("Delete"):
        wanted = call.params["ServiceSpecificCredentialId"]
        user.service_specific_credentials = [c for c in found if c["ServiceSpecificCredentialId"] != wanted]
        return {}
    made = {
        "UserName": user.name,
        "Status": "Active",
        "ServiceName": call.params["ServiceName"],
        "ServiceUserName": f"{user.name}-at-{call.account}",
        "ServiceSpecificCredentialId": f"ACCA{len(found):016}",
        "CreateDate": datetime.now(UTC),
    }
    user.service_specific_credentials = [*found, made]
    return {"ServiceSpecificCredential": {**made, "ServicePassword": "sandbox-password"}}


RULES = (known, of_services)
