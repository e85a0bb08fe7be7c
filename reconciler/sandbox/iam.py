"""moto's IAM behind the rules: refused or completed before moto acts, edited before it is sent."""

import threading
import uuid
from collections import defaultdict
from functools import partial
from typing import Any, ClassVar

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores, get_service_model
from moto.iam.responses import IamResponse

from reconciler.sandbox import authorisation, plain
from reconciler.sandbox.rule import STATUS, Answer
from reconciler.sandbox.rules import FORM, RULES, ApiRefusal, ReceivedCall, SandboxRule
from reconciler.sandbox.rules.listing import continued, narrowed
from reconciler.sandbox.tagging_api import mappings
from reconciler.sandbox.world import World

# moto's backend is plain dicts: one request at a time keeps it consistent.
LOCK = threading.RLock()
PARAMS = "sandbox.params"
_READS = ("Get", "List", "Simulate", "Generate")


def _by_operation(rules: tuple[SandboxRule, ...], moment: str) -> dict[str, list[SandboxRule]]:
    by_operation: dict[str, list[SandboxRule]] = defaultdict(list)
    for rule in rules:
        if rule.moment == moment:
            for operation in rule.operations:
                by_operation[operation].append(rule)
    return by_operation


_FORM = _by_operation(FORM, "before")
_BEFORE = _by_operation(tuple(rule for rule in RULES if rule not in FORM), "before")
_INSTEAD = _by_operation(RULES, "instead")
_AFTER = _by_operation(RULES, "after")


def _asked(rules: dict[str, list[SandboxRule]], operation: str) -> list[SandboxRule]:
    return [*rules["*"], *rules[operation]]


class LoggedIamResponse(IamResponse):  # type: ignore[misc]
    """moto as it is, but one request at a time, with its parameters left for the log."""

    def call_action(self) -> Any:
        """Dispatch one request."""
        self.normalized_request.environ.setdefault(PARAMS, dict(self.params))
        with LOCK:
            return super().call_action()


class StrictIamResponse(IamResponse):  # type: ignore[misc]
    """moto behind the rules. A server makes a subclass of it with a world of its own."""

    world: ClassVar[World]
    params: Any = None
    _malformed = ""

    def parse_parameters(self, request: Any) -> None:
        """As moto, but what can't be read is refused and no defect of the server."""
        try:
            super().parse_parameters(request)
        except Exception as error:  # noqa: BLE001 - whatever it is that moto trips over
            self.params, self._malformed = {}, f"{type(error).__name__}: {error}"

    def call_action(self) -> Any:
        """Ask every rule; IAM's refusal is that of the first that objects."""
        environ = self.normalized_request.environ
        environ.setdefault(PARAMS, dict(self.params or {}))
        operation = self._get_action() or ""
        model = get_service_model("iam")
        request_id = str(uuid.uuid4())
        headers = {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}
        known = operation in model.operation_names
        if not known or self._malformed:
            code, why = (
                ("MalformedInput", self._malformed)
                if known
                else ("InvalidAction", f"Could not find operation {operation}")
            )
            return 400, {**headers, "status": "400"}, plain.error(code, why, 400, request_id)
        key = self.access_key
        arn_of = partial(authorisation.arn_of, self.backend, self.world, key)
        call = ReceivedCall(operation, self.params, self.backend, self.world, key, arn_of)
        try:
            with LOCK:
                answer = self._performed(call, model.operation_model(operation))
        except (ApiRefusal, ServiceException) as refused:
            code = str(refused.code)
            status = STATUS.get(code, 400)
            text = plain.error(code, str(refused.message), status, request_id)
            return status, {**headers, "status": str(status)}, text
        # A defect of ours or of moto, in the form that clients can read.
        except Exception as error:  # noqa: BLE001
            why = f"a defect of the sandbox in {operation}: {type(error).__name__}: {error}"
            return 500, {**headers, "status": "500"}, plain.error("ServiceFailure", why, 500, request_id)
        return 200, headers, plain.answer(model.operation_model(operation), answer, request_id)

    def _performed(self, call: ReceivedCall, model: Any) -> Answer:
        for rule in _asked(_FORM, call.operation):
            rule.act(call)
        if call.world.authorise:
            authorisation.check(call, self.access_key)
        further = continued(call)
        if further is not None:
            return further
        if call.operation.startswith(_READS):
            with call.world.lags.seen(call.iam, call.operation, call.params):
                return self._acted(call, model)
        with call.world.lags.written(call.iam, call.operation, dict(call.params), lambda: mappings(call.iam)):
            return self._acted(call, model)

    def _acted(self, call: ReceivedCall, model: Any) -> Answer:
        for rule in _asked(_BEFORE, call.operation):
            rule.act(call)
        instead = _INSTEAD.get(call.operation)
        result = instead[0].act(call) if instead else self._motos(call.operation)
        result = narrowed(call, result)
        answer: Answer = plain.plain(result, model.output_shape) if model.output_shape else {}
        for rule in _AFTER.get(call.operation, ()):
            rule.act(call, answer)
        return answer

    def _motos(self, operation: str) -> Any:
        method = getattr(self, camelcase_to_underscores(operation), None)
        if method is None:
            raise ApiRefusal("InvalidAction", f"the sandbox does not do {operation}")
        result = method()
        return result.result if isinstance(result, ActionResult) else {}
