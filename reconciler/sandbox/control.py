"""The sandbox's control address: request log, faults on request, a stop at the k-th write, the account.

GET  /_sandbox/log       every request so far, in order
GET  /_sandbox/dump      the account as JSON, as `--seed` takes it
POST /_sandbox/reset     forget log and faults, and everything in the account
POST /_sandbox/seed      put what a dump holds into the account
POST /_sandbox/faults    {"seed": 7, "lost-answer": 0.3, "throttle": 8, ...}: see docs/sandbox.md
POST /_sandbox/calm      forget every fault, lag and stop; the account and the log stay
POST /_sandbox/quota     {"PoliciesPerRole": 20}
POST /_sandbox/authorize {"on": true}: evaluate the caller's policies
POST /_sandbox/fail      one call's fault: {"operation": "GetRole", "code": "AccessDenied", "status": 403,
"times": 1,
                         "skip": 2},
                         with "lost": true after the call took effect; {"operation": "*", "cut": "reset"} or
                         "truncated"
POST /_sandbox/hold      {"write": 3, "when": "before" | "unanswered" | "answered"}
GET  /_sandbox/held      {"held": true} once the write was reached
POST /_sandbox/release   let what is held end, without an answer
"""

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from reconciler.sandbox import dump, seed
from reconciler.sandbox.faults import Faults, Weather
from reconciler.sandbox.world import World

PREFIX = "/_sandbox/"
_ASKED = frozenset({"log", "dump", "held"})
_READS = ("Get", "List", "Simulate", "Generate", "AssumeRole")


@dataclass(slots=True)
class LogEntry:
    """One request: which call, with which parameters, and what it was answered; status 0 is no answer.

    When it came and when its answer was ready, in seconds of one clock, and how many seconds of work that
    was: the sandbox acts on one request at a time.
    """

    operation: str
    params: dict[str, Any]
    status: int = 0
    service: str = "iam"
    write: bool = False
    began: float = 0
    ended: float = 0
    worked: float = 0


@dataclass(slots=True)
class Order:
    """A fault for one operation, or all (`*`), after `skip` calls of it; `times` of it, None for ever.

    `cut` breaks the connection instead.
    """

    operation: str
    code: str = ""
    status: int = 500
    message: str = ""
    times: int | None = None
    skip: int = 0
    lost: bool = False
    cut: Literal["", "reset", "truncated"] = ""


@dataclass(slots=True)
class Control:
    """Everything that can be asked and told at the control address."""

    world: World
    backend: Callable[[], Any]
    reset_backend: Callable[[], None]
    lock_world: Any
    weather: Weather = field(default_factory=Weather)
    log: list[LogEntry] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    hold_write: int = 0
    hold_when: str = ""
    held_key: str = ""
    writes: int = 0
    held: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, path: str, body: bytes, method: str, kind: str) -> tuple[int, Any]:
        """The status and the JSON answer of one control request; `kind` is its content type.

        What changes anything is a POST of JSON, which no web page can send unasked.
        """
        what = path.removeprefix(PREFIX)
        if what not in _ASKED and (method, kind) != ("POST", "application/json"):
            return (405 if method != "POST" else 415), {"error": f"{what} takes POST with application/json"}
        try:
            values = json.loads(body) if body else {}
            if not isinstance(values, dict):
                raise TypeError("a JSON object is wanted")  # noqa: TRY301 - answered below
            return self._answered(what, values)
        except (ValueError, TypeError, KeyError) as error:
            return 400, {"error": str(error)}

    def _answered(self, what: str, values: dict[str, Any]) -> tuple[int, Any]:
        asked: dict[str, Callable[[dict[str, Any]], Any]] = {
            "log": self._logged,
            "dump": self._dumped,
            "held": lambda _values: {
                "held": self.held.wait(timeout=values.get("seconds", 0)),
                "writes": self.writes,
            },
        }
        ordered: dict[str, Callable[[dict[str, Any]], Any]] = {
            "reset": lambda _values: self._reset(),
            "calm": lambda _values: self._calm(),
            "seed": self.seed,
            "faults": self.set_faults,
            "latency": lambda _values: self.set_faults({"latency": values["seconds"]}),
            "quota": self._set_quotas,
            "authorize": self._authorize,
            "fail": self._order,
            "hold": lambda _values: self.set_hold(values["write"], values["when"]),
            "release": lambda _values: self.released.set(),
        }
        if what in asked:
            return 200, asked[what](values)
        if what not in ordered:
            return 404, {"error": f"there is no control {what!r}"}
        ordered[what](values)
        return 200, {}

    def _logged(self, _values: dict[str, Any]) -> Any:
        with self.lock:
            return [asdict(entry) for entry in self.log]

    def _dumped(self, _values: dict[str, Any]) -> Any:
        with self.lock_world:
            return dump.dumped(self.backend())

    def seed(self, account: dict[str, Any]) -> None:
        """Put what a dump holds into the account.

        Raises:
            ValueError: with what is wrong, in words.
        """
        with self.lock_world:
            seed.load(self.backend(), account)

    def _set_quotas(self, quotas: dict[str, Any]) -> None:
        with self.lock_world:
            self.world.quotas |= {name: int(number) for name, number in quotas.items()}

    def _authorize(self, values: dict[str, Any]) -> None:
        with self.lock_world:
            self.world.authorise = bool(values["on"])

    def _order(self, values: dict[str, Any]) -> None:
        with self.lock:
            self.orders.append(Order(**values))

    def set_faults(self, values: dict[str, Any]) -> None:
        """Set some faults anew.

        Raises:
            ValueError: with what is wrong, in words.
        """
        faults: Faults = self.weather.change(values)
        with self.lock_world:
            self.world.page_size = faults.page_size
            self.world.lags.ask(faults.spans)
        if faults.stop_after_write:
            self.set_hold(faults.stop_after_write, "answered")

    def set_hold(self, write: int, when: str) -> None:
        """Stop at a write, counted from now."""
        with self.lock:
            self.hold_write, self.hold_when, self.writes = write, when, 0
            self.released.set()
            self.held, self.released = threading.Event(), threading.Event()

    def _calm(self) -> None:
        self.set_hold(0, "")
        with self.lock:
            self.orders.clear()
        with self.lock_world:
            self.weather.forget()
            self.world.calm()

    def _reset(self) -> None:
        self._calm()
        with self.lock:
            self.log.clear()
        with self.lock_world:
            self.world.forget()
            self.reset_backend()

    def begun(self, operation: str, service: str, at: float) -> LogEntry:
        """Note a request; its parameters and status follow."""
        entry = LogEntry(operation, {}, service=service, write=not operation.startswith(_READS), began=at)
        with self.lock:
            self.log.append(entry)
        return entry

    def order_for(self, operation: str) -> Order | None:
        """The fault that was ordered for this request, if one was."""
        with self.lock:
            for order in self.orders:
                if order.operation in (operation, "*") and order.times != 0:
                    if order.skip:
                        order.skip -= 1
                        continue
                    if order.times is not None:
                        order.times -= 1
                    return order
        return None

    def counted_write(self) -> bool:
        """Count a write; whether it is the one to stop at."""
        with self.lock:
            self.writes += 1
            return bool(self.hold_write) and self.writes == self.hold_write

    @property
    def is_held(self) -> bool:
        """Whether the stop was reached and not released: whoever asked is served nothing then."""
        return self.held.is_set() and not self.released.is_set()

    def holds(self, access_key: str) -> bool:
        """Whether requests with this key wait: somebody else may go on meanwhile."""
        return self.is_held and access_key == self.held_key

    def hold(self) -> None:
        """Stop here, and with it every other request with the same key, until released."""
        self.held.set()
        self.wait_for_release()

    def wait_for_release(self) -> None:
        """Wait, but not for ever: a test that died must not leave a thread behind."""
        self.released.wait(timeout=60)
