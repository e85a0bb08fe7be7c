"""A proxy between the command and its server, which keeps every answer and replays it with one change."""

import http.client
import threading
import urllib.parse
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.conftest import PATIENCE

Change = Callable[[str, str], str]
_EMPTY = urllib.parse.quote('{"Version":"2012-10-17","Statement":[]}')
# What is about the answer and not in it.
_AROUND = {"ResponseMetadata", "RequestId", "IsTruncated", "Marker"}


@dataclass
class Between:
    """The answers so far, each by the request that it answers. `change` is applied to each answer."""

    target: str
    port: int = 0
    kept: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    asked: set[bytes] = field(default_factory=set)
    change: Change = lambda _operation, text: text

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, body: bytes, path: str, headers: dict[str, str]) -> tuple[int, str]:
        """What the server says, or said: the account is as it was."""
        # No server has given this marker.
        body = body.replace(b"&Marker=M", b"")
        self.asked.add(body)
        operation = urllib.parse.parse_qs(body.decode()).get("Action", [headers.get("X-Amz-Target", "")])[0]
        if body not in self.kept:
            host = urllib.parse.urlparse(self.target)
            connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=PATIENCE)
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            status, text = response.status, response.read().decode()
            if status != 200:
                return status, text
            self.kept[body] = operation, text
        return 200, self.change(*self.kept[body])


class ProxyServer(ThreadingHTTPServer):
    # As many as a command connects at once: one that finds no room tries again after a second.
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A command that ends leaves its connections."""


@contextmanager
def between(target: str, change: Change | None = None) -> Iterator[Between]:
    proxy = Between(target)
    proxy.change = change or proxy.change

    class ProxyHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # An answer in two pieces waits for the acknowledgement of the first.
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "content-length")}
            status, text = proxy.answer(body, self.path, headers)
            data = text.encode()
            self.send_response(status)
            self.send_header(
                "Content-Type", "text/xml" if text.lstrip().startswith("<") else "application/json"
            )
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            pass

    server = ProxyServer(("127.0.0.1", 0), ProxyHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    proxy.port = server.server_port
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Cut:
    """A place in the answers to an operation: a member, or with `is_last` the last one of a list."""

    operation: str
    path: tuple[str, ...]
    is_last: bool = False

    def taken(self, operation: str, text: str) -> str:
        """The answer without it."""
        return self._done(operation, text, lambda parent, child: parent.remove(child))

    def altered(self, operation: str, text: str) -> str:
        """The answer with another value in its place."""
        return self._done(operation, text, lambda _parent, child: _alter(child))

    def _done(self, operation: str, text: str, act: Callable[[ET.Element, ET.Element], None]) -> str:
        if operation != self.operation:
            return text
        root = ET.fromstring(text)
        for parent, children in _places(root, self.path):
            for child in children[-1:] if self.is_last else children:
                act(parent, child)
        return ET.tostring(root, encoding="unicode")


def _places(root: ET.Element, path: tuple[str, ...]) -> Iterator[tuple[ET.Element, list[ET.Element]]]:
    parents = [root]
    for name in path[:-1]:
        parents = [child for parent in parents for child in parent if _name(child) == name]
    for parent in parents:
        yield parent, [child for child in parent if _name(child) == path[-1]]


def _alter(element: ET.Element) -> None:
    """Every text below is another one of the same sort."""
    for leaf in element.iter():
        text = (leaf.text or "").strip()
        if len(leaf) or not text:
            continue
        if text.isdigit():
            leaf.text = str(int(text) + 1)
        elif text in ("true", "false"):
            leaf.text = "false" if text == "true" else "true"
        else:
            leaf.text = _EMPTY if text.startswith("%7B") else f"{text}x"


def cuts(kept: dict[bytes, tuple[str, str]]) -> list[Cut]:
    """Every member of every answer in XML, and the last member of every list; each place once."""
    places: dict[Cut, None] = {}
    for operation, text in kept.values():
        if text.lstrip().startswith("<"):
            for path in _paths(deepcopy(ET.fromstring(text)), ()):
                places[Cut(operation, path, is_last=path[-1] == "member")] = None
    return list(places)


def _paths(element: ET.Element, so_far: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for child in element:
        name = _name(child)
        if name in _AROUND:
            continue
        path = (*so_far, name)
        # The result's own wrapper is no member.
        if so_far:
            yield path
        yield from _paths(child, path)


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
