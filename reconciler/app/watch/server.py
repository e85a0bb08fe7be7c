"""A small server for what a watch knows: /metrics, /healthz, and the last report at /."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

from reconciler.app.watch.metrics import WatchMetrics
from reconciler.core.errors import ReconcileError
from reconciler.core.host_header import host_of, is_loopback

# For a whole request, however slowly it comes and its answer is taken.
_SECONDS_A_REQUEST = 8
_MOST_AT_ONCE = 32
# Nothing in a report may load or run anything, nor be read by another page.
_HEADERS = {
    # What may run in a report says the report itself.
    "Content-Security-Policy": "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int, watched: WatchMetrics) -> None:
        self.watched = watched
        self._room = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self.is_private = is_loopback(host)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Without asking the DNS for its own name, as the class above does."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Not more than so many at once, so that slow clients leave the job its file descriptors."""
        if not self._room.acquire(timeout=1):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own.

        A client that sends a byte now and then is cut off like one that sends none.
        """
        late = threading.Timer(_SECONDS_A_REQUEST, _cut_off, (request,))
        late.daemon = True
        late.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            late.cancel()
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that closed the connection needs no message."""


def _cut_off(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version, sys_version = "reconcile", ""
    timeout = _SECONDS_A_REQUEST

    def do_GET(self) -> None:
        """Answer."""
        watched, path = self.server.watched, self.path.partition("?")[0]
        if self.server.is_private and not is_loopback(host_of(self.headers.get("Host", ""))):
            # A page that a browser was lured to, under a name that leads here.
            self._answer(403, "this is served to this machine alone\n")
        elif path == "/metrics":
            self._answer(200, *watched.metrics(self.headers.get("Accept", "")))
        elif path == "/healthz":
            is_well, message = watched.health()
            self._answer(200 if is_well else 503, f"{message}\n")
        elif path == "/":
            self._answer(200, watched.page(), "text/html; charset=utf-8")
        else:
            self._answer(404, "there are /, /metrics and /healthz\n")

    def do_HEAD(self) -> None:
        """The same without its body."""
        self.do_GET()

    def _answer(self, status: int, body: str | bytes, kind: str = "text/plain; charset=utf-8") -> None:
        data = body.encode(errors="replace") if isinstance(body, str) else body
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Requests are not logged."""


@contextmanager
def serving(host: str, port: int, watched: WatchMetrics) -> Iterator[str]:
    """The address under which it is served meanwhile.

    Raises:
        ReconcileError: nothing can listen there.
    """
    try:
        server = _Server(host, port, watched)
    except OSError as error:
        raise ReconcileError(
            f"nothing can listen on {host} port {port}: {error.strerror or error}",
            "name another with --listen",
        ) from None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
