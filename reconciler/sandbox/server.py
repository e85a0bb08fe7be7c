"""Starts the sandbox: moto's server for IAM and STS on a local port."""

import os
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

LOOPBACK = "127.0.0.1"
# Any key is taken; these are for the environment that is printed. They open nothing.
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIASANDBOXSANDBOX00",
    "AWS_SECRET_ACCESS_KEY": "sandbox-sandbox-sandbox-sandbox-sandbox0",
    "AWS_DEFAULT_REGION": "us-east-1",
    # The user's own set-up stays out of the way.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
CLEARED = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ENDPOINT_URL_IAM",
    "AWS_ENDPOINT_URL_STS",
)


@dataclass(slots=True)
class Sandbox:
    """A running sandbox."""

    url: str
    control: Any
    _server: Any
    _thread: threading.Thread

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point the AWS tools at it."""
        return {"AWS_ENDPOINT_URL": self.url, **ENVIRONMENT}

    @property
    def cleared(self) -> tuple[str, ...]:
        """The variables that must not be set."""
        return CLEARED

    def begin(self, faults: Mapping[str, str]) -> None:
        """Start from here: an empty log, and these faults.

        Raises:
            ValueError: a fault is unknown, or its value is out of bounds.
        """
        self.control.log.clear()
        if faults:
            self.control.set_faults(dict(faults))

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join(timeout=5)


def start(
    port: int = 0,
    account: str = "123456789012",
    *,
    strict: bool = True,
    host: str = LOOPBACK,
    authorise: bool = False,
    quotas: Mapping[str, int] | None = None,
    exposed: bool = False,
) -> Sandbox:
    """Start a sandbox; port 0 takes a free one. Not strict: moto as it is, without rules and without lags.

    `exposed` where it may be reached under any name; else under those of this machine alone.

    moto reads its settings when it is imported, so one process holds sandboxes of one account.

    Raises:
        OSError: the port can't be had.
    """
    _set_environment(account)
    from werkzeug.serving import make_server  # noqa: PLC0415 - after moto's settings

    from reconciler.sandbox import wsgi  # noqa: PLC0415
    from reconciler.sandbox.control import Control  # noqa: PLC0415
    from reconciler.sandbox.iam import LOCK  # noqa: PLC0415
    from reconciler.sandbox.middleware import Middleware  # noqa: PLC0415
    from reconciler.sandbox.quotas import DEFAULTS  # noqa: PLC0415
    from reconciler.sandbox.world import World  # noqa: PLC0415

    world = World({**DEFAULTS, **(quotas or {})}, authorise)
    backend = partial(wsgi.backend_of, account)
    control = Control(world, backend, wsgi.reset, LOCK)
    app = Middleware(wsgi.application(world if strict else None, backend), control, exposed=exposed)
    # werkzeug prints and exits where the port can't be had; bound here, it is an error like any other.
    listening = _listening(host, port)
    port = listening.getsockname()[1]
    server = make_server(
        host, port, app, threaded=True, request_handler=wsgi.QuietHandler, fd=listening.fileno()
    )
    listening.close()
    server.daemon_threads = True  # type: ignore[attr-defined]
    return _serving(host, port, control, server)


def _set_environment(account: str) -> None:
    # moto looks things up through botocore, which would trip over the user's profile.
    for name in CLEARED:
        os.environ.pop(name, None)
    os.environ.update(ENVIRONMENT)
    os.environ["MOTO_ACCOUNT_ID"] = account
    os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")


def _serving(host: str, port: int, control: Any, server: Any) -> Sandbox:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    shown = f"[{host}]" if ":" in host else host
    return Sandbox(f"http://{shown}:{port}", control, server, thread)


def _listening(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener
