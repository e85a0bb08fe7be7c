"""What moto and the sandbox lack of server certificates: tags, another path. A plugin of pytest.

It is loaded before the sandbox, whose tables it adds to.
"""

from typing import Any

from reconciler.sandbox import authorisation, rules, tagging_api
from reconciler.sandbox.rule import Answer, ReceivedCall, after, instead, tags_of


def _certificate(call: ReceivedCall) -> Any:
    return call.iam.get_server_certificate(call.params["ServerCertificateName"])


@instead("UploadServerCertificate")
def uploaded(call: ReceivedCall) -> Answer:
    """Tags come with the certificate.

    Source: M UploadServerCertificate. MT: leaves them out, and keeps it under an id of its own.
    """
    p = call.params
    name = p["ServerCertificateName"]
    call.iam.upload_server_certificate(name, p["CertificateBody"], p["PrivateKey"], path=p.get("Path"))
    _, certificate = call.iam.certificates.popitem()
    certificate.tags = {tag["Key"]: tag for tag in p.get("Tags") or []}
    call.iam.certificates[name] = certificate
    return {}


@instead("UpdateServerCertificate")
def moved(call: ReceivedCall) -> Answer:
    """A certificate's path can be changed.

    Source: M UpdateServerCertificate. MT: not implemented.
    """
    _certificate(call).path = call.params["NewPath"]
    return {}


@instead("TagServerCertificate")
def tagged(call: ReceivedCall) -> Answer:
    """Tags are added, or get other values.

    Source: M TagServerCertificate. MT: not implemented.
    """
    _certificate(call).tags |= {tag["Key"]: tag for tag in call.params["Tags"]}
    return {}


@instead("UntagServerCertificate")
def untagged(call: ReceivedCall) -> Answer:
    """Keys are taken off as they are written.

    Source: M UntagServerCertificate. MT: not implemented.
    """
    for key in call.params["TagKeys"]:
        _certificate(call).tags.pop(key, None)
    return {}


@after("GetServerCertificate")
def with_tags(call: ReceivedCall, answer: Answer) -> None:
    """The answer has the tags.

    Source: M GetServerCertificate. MT: has none.
    """
    answer["ServerCertificate"]["Tags"] = tags_of(_certificate(call))


rules.RULES = (*rules.RULES, uploaded, moved, tagged, untagged, with_tags)
tagging_api._KEPT = (*tagging_api._KEPT, "certificates")
authorisation._NAMED["server-certificate"] = "ServerCertificateName"
authorisation._KEPT["server-certificate"] = "certificates"
