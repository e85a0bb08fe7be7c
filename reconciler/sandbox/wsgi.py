"""moto's application with our IAM responses, the tagging API, and a request handler that can hang up."""

import json
import os
import socket
import struct
from collections.abc import Iterable
from functools import cache
from typing import Any

from moto.core.utils import convert_to_flask_response
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.sts.models import sts_backends

from reconciler.sandbox import authorisation, tagging_api
from reconciler.sandbox.iam import LOCK, PARAMS, LoggedIamResponse, StrictIamResponse
from reconciler.sandbox.middleware import Reset
from reconciler.sandbox.rules import ApiRefusal
from reconciler.sandbox.sts import StrictTokenResponse
from reconciler.sandbox.world import World

_LOADS_POLICIES = "MOTO_IAM_LOAD_MANAGED_POLICIES"


def application(world: World | None, backend: Any) -> Any:
    """A WSGI application that serves what moto serves; with a world, behind the rules."""
    responses: Any = LoggedIamResponse
    if world is not None:
        responses = type("Responses", (StrictIamResponse,), {"world": world})

    def create(service: Any) -> Any:
        app = create_backend_app(service)
        serving = {"iam": responses} if world is None else {"iam": responses, "sts": StrictTokenResponse}
        if service in serving:
            view = convert_to_flask_response(serving[service].dispatch)
            app.view_functions = dict.fromkeys(app.view_functions, view)
        return app

    motos = DomainDispatcherApplication(create)
    # It would look through all its folders for the service with every request: half of the time that one
    # takes.
    motos.get_backend_for_host = cache(motos.get_backend_for_host)
    if world is None:
        return motos

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("HTTP_X_AMZ_TARGET") == f"{tagging_api.TARGET}GetResources":
            return _resources(environ, start_response, world, backend())
        answer: Iterable[bytes] = motos(environ, start_response)
        return answer

    return serve


def _resources(environ: dict[str, Any], start_response: Any, world: World, iam: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    credential = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split("/")
    status, answer = 200, {}
    try:
        params = environ[PARAMS] = tagging_api.parsed(body)
        with LOCK:
            who = authorisation.caller(iam, world, credential[0]) if world.authorise else None
            if who is not None:
                authorisation.demand(
                    iam, who, authorisation.NeededPermission("tag:GetResources", "*", "*", {})
                )
            answer = tagging_api.get_resources(
                iam, world, params, credential[2] if len(credential) > 2 else ""
            )
    except tagging_api.Malformed as error:
        status, answer = 400, {"__type": error.code, "Message": str(error)}
    except ApiRefusal as refused:
        status, answer = 400, {"__type": "AccessDeniedException", "Message": refused.message}
    text = json.dumps(answer).encode()
    start_response(
        f"{status} OK", [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(text)))]
    )
    return [text]


def backend_of(account: str) -> Any:
    """Moto's IAM of the account."""
    return iam_backends[account]["aws"]


def reset() -> None:
    """Forget everything in IAM and STS; AWS's own policies, slow to make, are kept."""
    for sts in list(sts_backends.values()):
        sts.reset()
    for partitions in list(iam_backends.values()):
        for iam in partitions.values():
            _forget(iam)


def _forget(iam: Any) -> None:
    policies = iam.aws_managed_policies
    loads = os.environ.pop(_LOADS_POLICIES, None)
    try:
        iam.reset()
    finally:
        if loads is not None:
            os.environ[_LOADS_POLICIES] = loads
    for policy in policies:
        policy.attachment_count = 0
    iam.aws_managed_policies = policies
    iam.managed_policies = {policy.arn: policy for policy in policies}


class QuietHandler(MotoRequestHandler):  # type: ignore[misc]
    """Keeps connections open between requests, logs nothing, and can hang up without an answer."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Nothing: the control address has the log."""

    # Werkzeug's.
    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:  # noqa: ARG002
        """The application wants the connection closed; werkzeug takes it for the client's doing."""
        self.close_connection = True
        if isinstance(error, Reset):
            # With no time to linger, closing sends a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())
