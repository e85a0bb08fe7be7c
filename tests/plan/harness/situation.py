"""What a case is about: an account, its client, and specs.

What a case may say of the account, in the order in which it comes about:

- `before`: a spec, or several, that was applied; "the spec" for the one of the case.
- `by_hand`: a spec as which resources are changed or made without its tags, so by nobody's spec.
- `raw`: calls as `{operation: parameters}`, by boto3's names.
- `last_used` (days ago, by role), `passwords`, `keys`; `denied`: what the caller may not do.

What a run is for: `caller`, `consent`, `only`, `prune`, `finding`, `rewrite`, `judge` (false: only compare).
"""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reconciler.app import plan as planning
from reconciler.app.pipeline.review import Planned
from reconciler.app.request import SpecSelection
from reconciler.aws.client import Client
from reconciler.aws.executor import execute
from reconciler.aws.journal import Journal
from reconciler.core.plan import Plan
from reconciler.plan.guard import ALLOWABLE, Consent
from tests.conftest import ACCOUNT
from tests.end_to_end.metadata import write_metadata
from tests.plan.harness.account import AccountInMemory
from tests.plan.harness.client import ClientInMemory
from tests.plan.harness.tables import Case

_EVERY_CONSENT = Consent(adopt=True, take_over=True, force=True, allow=frozenset(ALLOWABLE))
_OWN = "reconciler:"


def text_of(spec: Any) -> str:
    """A spec's text; what a case leaves out of its head is filled in."""
    if isinstance(spec, str):
        return spec
    return json.dumps({"version": 1, "name": "t/plan", "account": ACCOUNT, **spec})


class Situation:
    """The account of a case, its client and its specs."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case, self.folder = case, folder
        self.account = AccountInMemory(ACCOUNT, case.get("caller", "user/ops"))
        self.client = ClientInMemory(self.account, case.get("endpoint", "https://iam.amazonaws.com"))
        write_metadata(folder)
        for spec in _several(case.get("before")):
            self.apply(case["spec"] if spec == "the spec" else spec)
        self.change_by_hand(case.get("by_hand"), case.get("raw", ()))
        for name, days in case.get("last_used", {}).items():
            day = datetime.now(UTC) - timedelta(days=days)
            self.account.of["role"][name].shown["RoleLastUsed"] = {"LastUsedDate": day.isoformat()}
        self.account.passwords |= set(case.get("passwords", ()))
        self.account.keys |= set(case.get("keys", ()))
        self.account.denied = set(case.get("denied", ()))
        self.paths = self.written(case.get("spec", {}))

    def change_by_hand(self, specs: Any, calls: list[dict[str, Any]]) -> None:
        for spec in _several(specs):
            self.apply(spec, by_hand=True)
        for call in calls:
            self._raw(call)

    def written(self, specs: Any) -> tuple[str, ...]:
        paths = []
        for number, spec in enumerate(_several(specs)):
            path = self.folder / f"{number}.yaml"
            path.write_text(text_of(spec), encoding="utf-8")
            paths.append(str(path))
        return tuple(paths)

    @property
    def request(self) -> SpecSelection:
        case = self.case
        only, finding = tuple(case.get("only", ())), case.get("finding", "")
        return SpecSelection(self.paths, only=only, finding=finding, prune=case.get("prune", False))

    @property
    def consent(self) -> Consent:
        words = set(self.case.get("consent", ()))
        flags = {word: word in words for word in ("adopt", "take_over", "force")}
        assert words <= {*flags, *ALLOWABLE}
        return Consent(**flags, allow=frozenset(words & set(ALLOWABLE)))

    def fresh(self) -> Client:
        """A client that has asked nothing yet."""
        return ClientInMemory(self.account, self.case.get("endpoint", "https://iam.amazonaws.com"))

    def planned(self, **more: Any) -> Planned:
        return planning.plan(self.request, self.fresh(), self.consent, **more)

    def apply_with_journal(self, specs: Any, path: Path) -> None:
        """The same, except for calls that fail, by the product's own executor, with its journal."""
        request = SpecSelection(self.written(specs), prune=True)
        planned = planning.plan(request, self.fresh(), _EVERY_CONSENT)
        self.account.denied = set(self.case.get("failing", ()))
        with Journal(path) as journal:
            journal.plan(planned.plan, planned.folders)
            execute(planned.plan.calls, planned.client, journal, threading.Event(), lambda _: None)
        self.account.denied = set()

    def apply(self, specs: Any, *, by_hand: bool = False) -> Plan:
        """Brings a spec about, whatever guards say; by hand it leaves our tags as they are."""
        request = SpecSelection(self.written(specs))
        plan = planning.plan(request, self.fresh(), _EVERY_CONSENT, judge=False).plan
        assert not any(change.obstacles for change in plan.changes), plan.changes
        for call in plan.calls:
            params = call.params
            if by_hand and "Tags" in params:
                params["Tags"] = [tag for tag in params["Tags"] if not tag["Key"].startswith(_OWN)]
            self.client.send_once(call, params)
        return plan

    def _raw(self, call: dict[str, Any]) -> None:
        ((operation, params),) = call.items()
        texts = {
            key: json.dumps(value) if key.endswith("Document") and not isinstance(value, str) else value
            for key, value in params.items()
        }
        whole = json.loads(json.dumps(texts).replace("${account}", ACCOUNT))
        self.account.send(operation, **whole)


def _several(specs: Any) -> list[Any]:
    if specs is None:
        return []
    return specs if isinstance(specs, list) else [specs]
