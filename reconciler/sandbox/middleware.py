"""Logs requests and makes faults happen, around the application that answers. Connections are broken here."""

import io
import json
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from reconciler.core.host_header import host_of, is_loopback
from reconciler.sandbox import plain
from reconciler.sandbox.control import PREFIX, Control, LogEntry
from reconciler.sandbox.tagging_api import TARGET

_RESOURCES = (
    "InstanceProfileName",
    "RoleName",
    "UserName",
    "GroupName",
    "PolicyArn",
    "PolicyName",
    "OpenIDConnectProviderArn",
    "SAMLProviderArn",
    "Url",
)
_HALVES = 0.5
# The tagging API speaks JSON, and has other names for some errors.
_TAGGING = "tagging"
_IN_JSON = {
    "AccessDenied": "AccessDeniedException",
    "Throttling": "ThrottledException",
    "ServiceFailure": "InternalServiceException",
}


class Silence(ConnectionError):
    """The connection is to be closed without an answer, or in the middle of one."""


class Reset(Silence):
    """The same, with a TCP reset."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is to go wrong with one request: an error, or the connection.

    `effect` tells whether the call acts first.
    """

    effect: bool
    code: str = ""
    status: int = 500
    message: str = ""
    cut: str = ""


class Middleware:
    """A WSGI application around another."""

    def __init__(self, application: Any, control: Control, *, exposed: bool = False) -> None:
        self._application = application
        self._control = control
        self._exposed = exposed

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """WSGI."""
        why = self._why_refused(environ)
        if why:
            return _sent(start_response, 403, "application/json", json.dumps({"error": why}), close=True)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        if len(body) < length:
            # Whoever asked has gone before the whole request was there: nothing was asked.
            raise Silence
        path = environ.get("PATH_INFO", "")
        if path.startswith(PREFIX):
            kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
            status, answer = self._control.answer(path, body, environ.get("REQUEST_METHOD", ""), kind)
            return _sent(start_response, status, "application/json", json.dumps(answer, default=str))
        environ["wsgi.input"] = io.BytesIO(body)
        return self._aws(environ, start_response, body)

    def _why_refused(self, environ: dict[str, Any]) -> str:
        """Why a request may come from a web page, or "".

        No AWS tool says where it comes from, browsers do.
        """
        if "HTTP_ORIGIN" in environ:
            return "no request of a web page is taken"
        host = host_of(environ.get("HTTP_HOST", ""))
        # A page may have brought a name of its own to lead here.
        return "" if self._exposed or is_loopback(host) else "this is served to this machine alone"

    def _aws(self, environ: dict[str, Any], start_response: Any, body: bytes) -> Iterable[bytes]:
        control, came = self._control, time.monotonic()
        time.sleep(control.weather.faults.latency)
        if control.holds(_access_key(environ)):
            control.wait_for_release()
            raise Silence
        operation, resource = _asked(environ, body)
        entry = control.begun(operation, _service(environ), came)
        stop_here = entry.write and control.counted_write()
        if stop_here:
            control.held_key = _access_key(environ)
        if stop_here and control.hold_when == "before":
            control.hold()
            raise Silence
        trouble = self._trouble(entry, resource, _access_key(environ))
        if trouble is not None and not trouble.effect:
            return _troubled(trouble, entry, start_response)

        worked = time.thread_time()
        status, headers, answer = _answer(self._application, environ)
        entry.worked, entry.ended = time.thread_time() - worked, time.monotonic()
        entry.status, entry.params = int(status[:3]), environ.get("sandbox.params", {})
        if trouble is not None and trouble.cut != "truncated":
            return _troubled(trouble, entry, start_response)
        start_response(status, headers)
        if trouble is not None:
            return _truncated(answer, entry)
        if stop_here and control.hold_when == "unanswered":
            control.hold()
            raise Silence
        return _then_hold(answer, control) if stop_here else [answer]

    def _trouble(self, entry: LogEntry, resource: str, access_key: str) -> Trouble | None:
        order = self._control.order_for(entry.operation)
        if order is not None:
            return Trouble(
                order.lost or order.cut == "truncated", order.code, order.status, order.message, order.cut
            )
        weather = self._control.weather
        if weather.has_expired(access_key):
            return Trouble(
                effect=False,
                code="ExpiredToken",
                status=403,
                message="The security token included in the request is expired",
            )
        if weather.is_throttled(entry.operation):
            return Trouble(effect=False, code="Throttling", status=400, message="Rate exceeded")
        attempt = weather.attempt(entry.operation, resource)

        def strikes(fault: str) -> bool:
            return weather.strikes(fault, entry.operation, resource, attempt)

        if entry.write and strikes("concurrent_modification"):
            return Trouble(
                effect=False,
                code="ConcurrentModification",
                status=409,
                message=(
                    "The request was rejected because multiple requests to change this object were submitted"
                    " simultaneously."
                ),
            )
        if strikes("error_503"):
            return Trouble(
                effect=False, code="ServiceUnavailable", status=503, message="Service is unavailable."
            )
        if strikes("error_500"):
            acts = weather.draw("effect", entry.operation, resource, attempt) < _HALVES
            return Trouble(effect=acts, code="ServiceFailure", status=500, message="Internal failure")
        if strikes("reset"):
            return Trouble(effect=False, cut="reset")
        if strikes("lost_answer"):
            return Trouble(effect=True, cut="reset")
        return Trouble(effect=True, cut="truncated") if strikes("truncated") else None


def _troubled(trouble: Trouble, entry: LogEntry, start_response: Any) -> Iterable[bytes]:
    if trouble.cut:
        entry.status = 0
        raise Reset
    entry.status = trouble.status
    if entry.service == _TAGGING:
        error = {"__type": _IN_JSON.get(trouble.code, trouble.code), "message": trouble.message}
        return _sent(start_response, trouble.status, "application/x-amz-json-1.1", json.dumps(error))
    text = plain.error(trouble.code, trouble.message, trouble.status, str(uuid.uuid4()))
    return _sent(start_response, trouble.status, "text/xml", text)


def _answer(application: Any, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and body of what the application answers; nothing of it is sent yet."""
    started: list[Any] = []
    parts = application(environ, lambda status, headers, _exc_info=None: started.extend((status, headers)))
    body = b"".join(parts)
    kept = [(name, value) for name, value in started[1] if name.lower() != "content-length"]
    return started[0], [*kept, ("Content-Length", str(len(body)))], body


def _truncated(answer: bytes, entry: LogEntry) -> Iterator[bytes]:
    """Half of the answer, and then nothing more."""
    entry.status = 0
    yield answer[: len(answer) // 2]
    raise Silence


def _then_hold(answer: bytes, control: Control) -> Iterator[bytes]:
    """The whole answer, and the stop only after it is on its way."""
    yield answer
    threading.Thread(target=control.held.set).start()


def _asked(environ: dict[str, Any], body: bytes) -> tuple[str, str]:
    """The operation, and what it is about."""
    target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
    if target.startswith(TARGET):
        return target.removeprefix(TARGET), ""
    form = parse_qs(body.decode("utf-8", "replace"))
    named = "/".join(form[key][0] for key in _RESOURCES if key in form)
    return form.get("Action", ["?"])[0], named


def _credential(environ: dict[str, Any]) -> list[str]:
    return str(environ.get("HTTP_AUTHORIZATION", "")).partition("Credential=")[2].partition(",")[0].split("/")


def _access_key(environ: dict[str, Any]) -> str:
    return _credential(environ)[0]


def _service(environ: dict[str, Any]) -> str:
    parts = _credential(environ)
    return parts[3] if len(parts) > 3 else "?"


def _sent(start_response: Any, status: int, kind: str, text: str, *, close: bool = False) -> Iterable[bytes]:
    body = text.encode()
    ends = [("Connection", "close")] if close else []
    start_response(
        f"{status} {'OK' if status < 400 else 'Error'}",
        [("Content-Type", kind), ("Content-Length", str(len(body))), *ends],
    )
    return [body]
