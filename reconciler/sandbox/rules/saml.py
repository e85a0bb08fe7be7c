"""SAML identity providers, which moto keeps by name and does not judge.

Their tags, which it does not have.
"""

import uuid
from typing import Any
from xml.etree import ElementTree as ET

from reconciler.sandbox.rule import Answer, ApiRefusal, ReceivedCall, after, before, instead, tags_of

_CREATE, _UPDATE = "CreateSAMLProvider", "UpdateSAMLProvider"
_OF_ONE = (
    "GetSAMLProvider",
    _UPDATE,
    "DeleteSAMLProvider",
    "TagSAMLProvider",
    "UntagSAMLProvider",
    "ListSAMLProviderTags",
)
_ROOT = "EntityDescriptor"


@before(*_OF_ONE, codes=("NoSuchEntity",))
def existing(call: ReceivedCall) -> None:
    """A provider that does not exist, or is not seen yet, is not found; also when it is deleted once more.

    Source: contract §6 (LS:saml#test_get_saml_provider_not_found, #test_delete_saml_provider_not_found). MT:
    a deletion of nothing is taken.
    """
    if _provider(call) is None or call.world.lags.is_unseen(call.params):
        raise ApiRefusal("NoSuchEntity", f"Manifest not found for arn {call.params['SAMLProviderArn']}")


@before(_CREATE, codes=("EntityAlreadyExists",))
def unique(call: ReceivedCall) -> None:
    """Of each name there is one.

    Source: contract §11; words GH org-formation/aws-resource-providers#59. MT: one silently replaces the
    other.
    """
    if call.params["Name"] in call.iam.saml_providers:
        raise ApiRefusal("EntityAlreadyExists", f"Provider with name {call.params['Name']} already exists.")


@before(_CREATE, _UPDATE, codes=("InvalidInput",))
def metadata(call: ReceivedCall) -> None:
    """Metadata is XML that describes an entity; the words are inferred.

    Source: M CreateSAMLProvider (SAMLMetadataDocument, InvalidInput). MT: any text.
    """
    try:
        # Expat bounds what entities grow to.
        root = ET.fromstring(call.params["SAMLMetadataDocument"].encode())  # noqa: S314
    except ET.ParseError:
        raise ApiRefusal("InvalidInput", "Could not parse metadata") from None
    if root.tag.rpartition("}")[2] != _ROOT:
        raise ApiRefusal("InvalidInput", "Could not parse metadata")


@instead(_CREATE)
def created(call: ReceivedCall) -> Answer:
    """Tags come with the provider.

    Source: M CreateSAMLProvider. MT: leaves them out.
    """
    provider = call.iam.create_saml_provider(call.params["Name"], call.params["SAMLMetadataDocument"])
    provider.tags = {tag["Key"]: tag for tag in call.params.get("Tags") or []}
    provider.uuid = uuid.uuid4().hex.upper()
    return {"SAMLProviderArn": provider.arn, **({"Tags": tags_of(provider)} if provider.tags else {})}


@instead("TagSAMLProvider")
def tagged(call: ReceivedCall) -> Answer:
    """A provider's `Env` and `env` are two tags.

    Source: contract §1 (UG:id_tags.md). MT: not implemented.
    """
    _provider(call).tags |= {tag["Key"]: tag for tag in call.params["Tags"]}
    return {}


@instead("UntagSAMLProvider")
def untagged(call: ReceivedCall) -> Answer:
    """Keys are taken off as they are written.

    Source: contract §1 (UG:id_tags.md). MT: not implemented.
    """
    for key in call.params["TagKeys"]:
        _provider(call).tags.pop(key, None)
    return {}


@instead("ListSAMLProviderTags")
def listed_tags(call: ReceivedCall) -> Answer:
    """Sorted by key, upper case before lower case.

    Source: contract §1 (M). MT: not implemented.
    """
    return {"Tags": sorted(tags_of(_provider(call)), key=lambda tag: tag["Key"]), "IsTruncated": False}


@after("GetSAMLProvider")
def shown(call: ReceivedCall, answer: Answer) -> None:
    """The answer has an id of its own, the tags, and what is known of encrypted assertions.

    Source: LS:saml#test_get_saml_provider. MT: none of them.
    """
    provider = _provider(call)
    answer |= {
        "SAMLProviderUUID": provider.uuid,
        "Tags": sorted(tags_of(provider), key=lambda tag: tag["Key"]),
        "AssertionEncryptionMode": "Allowed",
        "PrivateKeyList": [],
    }


def _provider(call: ReceivedCall) -> Any:
    providers = [p for p in call.iam.saml_providers.values() if p.arn == call.params["SAMLProviderArn"]]
    return providers[0] if providers else None


RULES = (existing, unique, metadata, created, tagged, untagged, listed_tags, shown)
