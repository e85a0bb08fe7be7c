"""OIDC identity providers, which moto keeps and does not judge.

Client ids, which it can't change one by one.
"""

from typing import Any
from urllib.parse import urlsplit

from reconciler.sandbox.rule import Answer, ApiRefusal, ReceivedCall, before, instead

_CREATE = "CreateOpenIDConnectProvider"
_OF_ONE = (
    "GetOpenIDConnectProvider",
    "DeleteOpenIDConnectProvider",
    "AddClientIDToOpenIDConnectProvider",
    "RemoveClientIDFromOpenIDConnectProvider",
    "UpdateOpenIDConnectProviderThumbprint",
    "TagOpenIDConnectProvider",
    "UntagOpenIDConnectProvider",
    "ListOpenIDConnectProviderTags",
)
_MOST_THUMBPRINTS, _MOST_CLIENTS = 5, 100
# What IAM finds where no thumbprint is given: any will do here.
_FETCHED = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280"


@before(*_OF_ONE, codes=("NoSuchEntity",))
def providers(call: ReceivedCall) -> None:
    """A provider that does not exist, or is not seen yet, is not found; also when it is deleted once more.

    Source: contract §6 (LS:oidc#test_delete_open_id_connect_provider). MT: a deletion of nothing is taken.
    """
    arn = call.params["OpenIDConnectProviderArn"]
    if arn not in call.iam.open_id_providers or call.world.lags.is_unseen(call.params):
        words = (
            f"OpenId connect Provider {arn} cannot be found."
            if call.operation.startswith("Delete")
            else f"OpenIDConnect Provider not found for arn {arn}"
        )
        raise ApiRefusal("NoSuchEntity", words)


@before(_CREATE, codes=("ValidationError", "EntityAlreadyExists"))
def urls(call: ReceivedCall) -> None:
    """A URL begins with https:// and has neither port nor query; of each there is one, letter by letter.

    Source: contract §1 (M CreateOpenIDConnectProviderRequest), §12 (LS:oidc). MT: takes http://, another
    text.
    """
    url = call.params["Url"]
    parts = urlsplit(url)
    if parts.scheme != "https" or ":" in parts.netloc or parts.query or not parts.netloc:
        raise ApiRefusal("ValidationError", "Invalid Open ID Connect Provider URL")
    arn = f"arn:{call.iam.partition}:iam::{call.account}:oidc-provider/{url.removeprefix('https://')}"
    if arn in call.iam.open_id_providers:
        raise ApiRefusal("EntityAlreadyExists", f"Provider with url {url} already exists.")


@before(_CREATE, "UpdateOpenIDConnectProviderThumbprint", codes=("InvalidInput",))
def thumbprints(call: ReceivedCall) -> None:
    """At most five, kept in lower case; IAM finds one itself where a new provider has none.

    Source: contract §1 (LS:oidc), §4 (M). MT: any number, in any case, and none.
    """
    given = call.params.get("ThumbprintList") or []
    if len(given) > _MOST_THUMBPRINTS:
        raise ApiRefusal("InvalidInput", "Thumbprint list must contain fewer than 5 entries.")
    call.params["ThumbprintList"] = [text.lower() for text in given] or [_FETCHED]


@before(_CREATE, "AddClientIDToOpenIDConnectProvider", codes=("LimitExceeded",))
def client_ids(call: ReceivedCall) -> None:
    """A hundred client ids; fixed.

    Source: contract §1 (LS:oidc). MT: no limit over several calls.
    """
    given = [call.params["ClientID"]] if "ClientID" in call.params else call.params.get("ClientIDList") or []
    present = [] if call.operation == _CREATE else _provider(call).client_id_list
    if len({*present, *given}) > _MOST_CLIENTS:
        raise ApiRefusal("LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100")


@instead("AddClientIDToOpenIDConnectProvider")
def added(call: ReceivedCall) -> Answer:
    """Adding a client id is idempotent.

    Source: contract §3 (M; LS:oidc#after-update). MT: not implemented.
    """
    kept = _provider(call).client_id_list
    if call.params["ClientID"] not in kept:
        kept.append(call.params["ClientID"])
    return {}


@instead("RemoveClientIDFromOpenIDConnectProvider")
def removed(call: ReceivedCall) -> Answer:
    """Removing a client id is idempotent, and the list may end up empty.

    Source: contract §3 (M; LS:oidc#after-update). MT: not implemented.
    """
    kept = _provider(call).client_id_list
    if call.params["ClientID"] in kept:
        kept.remove(call.params["ClientID"])
    return {}


@before("TagOpenIDConnectProvider", "UntagOpenIDConnectProvider")
def provider_tags(call: ReceivedCall) -> None:
    """A provider's `Env` and `env` are two tags.

    Source: contract §1 (UG:id_tags.md). MT: one replaces the other.
    """
    provider = _provider(call)
    removed = call.params.get("TagKeys") or []
    every = [*provider.tags.values(), *(call.params.get("Tags") or [])]
    provider.tags = {tag["Key"]: tag for tag in every if tag["Key"] not in removed}
    for name in ("Tags", "TagKeys"):
        if name in call.params:
            call.params[name] = []


def _provider(call: ReceivedCall) -> Any:
    return call.iam.open_id_providers[call.params["OpenIDConnectProviderArn"]]


RULES = (providers, urls, thumbprints, client_ids, added, removed, provider_tags)
