"""A webhook and a mail server that listen on this machine and keep what they get."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any


@dataclass
class Webhook:
    """What was posted, newest last; with `status` it answers."""

    port: int = 0
    got: list[bytes] = field(default_factory=list)
    status: int = 200


@contextmanager
def webhook() -> Iterator[Webhook]:
    heard = Webhook()

    class WebhookHandler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = heard.status
            heard.got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), WebhookHandler)) as heard.port:
        yield heard


@dataclass
class Mailbox:
    """The mails that came, and the words with which senders logged in."""

    port: int = 0
    got: list[Message] = field(default_factory=list)
    logins: int = 0


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()

    class MailHandler(StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                word = line.split(" ")[0].upper()
                if word == "EHLO":
                    self.say("250-here\r\n250 AUTH PLAIN LOGIN")
                elif word == "AUTH":
                    box.logins += 1
                    self.say("235 welcome")
                elif word == "DATA":
                    self.say("354 go on")
                    lines = []
                    while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                        lines.append(text)
                    box.got.append(message_from_string("\n".join(lines)))
                    self.say("250 kept")
                else:
                    self.say("221 bye" if word == "QUIT" else "250 well")

    with _serving(ThreadingTCPServer(("127.0.0.1", 0), MailHandler)) as box.port:
        yield box


@contextmanager
def _serving(server: ThreadingHTTPServer | ThreadingTCPServer) -> Iterator[int]:
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
