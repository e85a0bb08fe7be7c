"""moto's application with our IAM responses in it."""

from typing import Any

from moto.backends import get_backend
from moto.core.utils import convert_to_flask_response
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app

from reconciler.sandbox.control import Silence
from reconciler.sandbox.iam import LoggedIamResponse, StrictIamResponse


def application(*, strict: bool) -> Any:
    """A WSGI application that serves what moto serves."""
    responses = StrictIamResponse if strict else LoggedIamResponse

    def create(service: Any) -> Any:
        app = create_backend_app(service)
        if service == "iam":
            view = convert_to_flask_response(responses.dispatch)
            app.view_functions = dict.fromkeys(app.view_functions, view)
        return app

    return DomainDispatcherApplication(create)


def reset() -> None:
    """Forget everything in IAM and STS."""
    for service in ("iam", "sts"):
        backends: Any = get_backend(service)
        backends.reset()


class QuietHandler(MotoRequestHandler):  # type: ignore[misc]
    """Keeps connections open between requests, logs nothing, and can hang up without an answer."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Nothing: the control address has the log."""

    def run_wsgi(self) -> None:
        """Serve one request; on `Silence` the connection just ends."""
        try:
            super().run_wsgi()
        except Silence:
            self.close_connection = True
