"""The sandbox's control address: the request log, errors on request, a stop at the k-th write.

GET  /_sandbox/log       every request so far, in order
POST /_sandbox/reset     forget log and faults, and everything in IAM
POST /_sandbox/fail      {"operation": "GetRole", "code": "AccessDenied", "status": 403, "times": 1}
POST /_sandbox/hold      {"write": 3, "when": "before" | "unanswered" | "answered"}
GET  /_sandbox/held      {"held": true} once the write was reached
POST /_sandbox/release   let what is held end, without an answer
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qs

PREFIX = "/_sandbox/"
_READS = ("Get", "List", "Simulate", "Generate", "AssumeRole")


@dataclass(slots=True)
class Entry:
    """One request: which call, with which parameters, and what it was answered."""

    operation: str
    params: dict[str, Any]
    status: int = 0
    service: str = "iam"
    write: bool = False


@dataclass(slots=True)
class Fault:
    """An error to answer with; `times` of it, None for ever."""

    operation: str
    code: str
    status: int
    message: str = ""
    times: int | None = None
    lost: bool = False


@dataclass(slots=True)
class Control:
    """Everything that can be asked and told at the control address."""

    reset_world: Callable[[], None]
    log: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    latency: float = 0
    hold_write: int = 0
    hold_when: str = ""
    writes: int = 0
    held: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, path: str, body: bytes) -> tuple[int, Any]:
        """The status and the JSON answer of one control request."""
        told = json.loads(body) if body else {}
        match path.removeprefix(PREFIX):
            case "log":
                with self.lock:
                    return 200, [asdict(entry) for entry in self.log]
            case "reset":
                self._reset()
            case "fail":
                with self.lock:
                    self.faults.append(Fault(**told))
            case "latency":
                self.latency = told["seconds"]
            case "hold":
                with self.lock:
                    self.hold_write, self.hold_when, self.writes = told["write"], told["when"], 0
            case "held":
                return 200, {"held": self.held.wait(timeout=told.get("seconds", 0)), "writes": self.writes}
            case "release":
                self.released.set()
            case _:
                return 404, {"error": "no such control"}
        return 200, {}

    def _reset(self) -> None:
        self.released.set()
        with self.lock:
            self.log.clear()
            self.faults.clear()
            self.latency = 0
            self.hold_write, self.hold_when, self.writes = 0, "", 0
            self.held, self.released = threading.Event(), threading.Event()
        self.reset_world()

    def begun(self, operation: str, service: str) -> Entry:
        """Note a request; its parameters and status follow."""
        entry = Entry(operation, {}, service=service, write=not operation.startswith(_READS))
        with self.lock:
            self.log.append(entry)
        return entry

    def fault_for(self, operation: str) -> Fault | None:
        """The error to answer this request with, if one was ordered."""
        with self.lock:
            for fault in self.faults:
                if fault.operation in (operation, "*") and fault.times != 0:
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None

    def counted_write(self) -> bool:
        """Count a write; whether it is the one to stop at."""
        with self.lock:
            self.writes += 1
            return bool(self.hold_write) and self.writes == self.hold_write

    @property
    def is_held(self) -> bool:
        """Whether the stop was reached and not released: nothing is served then."""
        return self.held.is_set() and not self.released.is_set()

    def hold(self) -> None:
        """Stop here, and with it every other request, until released."""
        self.held.set()
        self.wait_for_release()

    def wait_for_release(self) -> None:
        """Wait, but not for ever: a test that died must not leave a thread behind."""
        self.released.wait(timeout=60)


class Silence(Exception):
    """The connection is to be closed without an answer."""


class Middleware:
    """Logs requests and lets faults act, around moto's own application."""

    def __init__(self, application: Any, control: Control) -> None:
        self._application = application
        self._control = control

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """WSGI."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path = environ.get("PATH_INFO", "")
        if path.startswith(PREFIX):
            status, told = self._control.answer(path, body)
            return _json(start_response, status, told)
        return self._aws(environ, start_response, body)

    def _aws(self, environ: dict[str, Any], start_response: Any, body: bytes) -> Iterable[bytes]:
        import io  # noqa: PLC0415 - only to hand the body on

        environ["wsgi.input"] = io.BytesIO(body)
        time.sleep(self._control.latency)
        if self._control.is_held:
            self._control.wait_for_release()
            raise Silence
        operation = parse_qs(body.decode("utf-8", "replace")).get("Action", ["?"])[0]
        entry = self._control.begun(operation, _service(environ))
        stop_here = entry.write and self._control.counted_write()
        if stop_here and self._control.hold_when == "before":
            self._control.hold()
            raise Silence
        fault = self._control.fault_for(operation)
        if fault is not None and not fault.lost:
            entry.status = fault.status
            return _error(start_response, fault)

        def started(status: str, headers: Any, exc_info: Any = None) -> Any:
            entry.status = int(status[:3])
            return start_response(status, headers, exc_info)

        answer = list(self._application(environ, started))
        entry.params = environ.get("sandbox.params", {})
        if fault is not None:
            return _error(start_response, fault)
        if stop_here and self._control.hold_when == "unanswered":
            self._control.hold()
            raise Silence
        return _then_hold(answer, self._control) if stop_here else answer


def _then_hold(answer: list[bytes], control: Control) -> Iterable[bytes]:
    """The whole answer, and the stop only after it is on its way."""
    yield from answer
    threading.Thread(target=control.held.set).start()


def _service(environ: dict[str, Any]) -> str:
    parts = environ.get("HTTP_AUTHORIZATION", "").split("/")
    return parts[3] if len(parts) > 3 else "?"


def _json(start_response: Any, status: int, told: Any) -> Iterable[bytes]:
    text = json.dumps(told, default=str).encode()
    start_response(f"{status} OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]


def _error(start_response: Any, fault: Fault) -> Iterable[bytes]:
    kind = "Sender" if fault.status < 500 else "Receiver"
    text = (
        f"<ErrorResponse><Error><Type>{kind}</Type><Code>{fault.code}</Code><Message>{fault.message}</Message></Error>"
        f"<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>"
    ).encode()
    start_response(
        f"{fault.status} Error", [("Content-Type", "text/xml"), ("Content-Length", str(len(text)))]
    )
    return [text]
