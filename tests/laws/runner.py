"""Plans and applies in this process against a sandbox over HTTP, by the command's own use cases."""

import threading
from pathlib import Path
from typing import Any
from unittest.mock import patch

from reconciler.app import apply as applying
from reconciler.app import destroy as destroying
from reconciler.app import plan as planning
from reconciler.app.pipeline import compare
from reconciler.app.pipeline.review import Planned
from reconciler.app.pipeline.second_look import check_unchanged
from reconciler.app.request import SpecSelection
from reconciler.app.rollback import journal as journals
from reconciler.app.rollback import plan as rolling_back
from reconciler.app.specs import OpenedSpecs
from reconciler.aws import executor
from reconciler.aws.client import Client, Target
from reconciler.aws.reader import Lists, Reader
from reconciler.core.plan import Header
from reconciler.plan.guard import ALLOWABLE, Consent
from reconciler.report.plan.as_json import plan_data
from tests.conftest import ACCOUNT, Server

_HEADER = Header(("a/b",), ACCOUNT, "aws", "arn:aws:iam::123456789012:user/u", "")
_CLIENTS: dict[str, Client] = {}


class Runner:
    """One spec against one server."""

    def __init__(self, server: Server, folder: Path, spec: str) -> None:
        self._server = server
        self._folder = folder
        # Making boto3's clients takes longer than a plan: one for each server.
        self.client = _CLIENTS.setdefault(server.url, Client(Target(endpoint_url=server.url)))
        # Who is calling is asked once by a client: here before the first plan, so that all count the same
        # reads.
        self.client.caller()
        self.path = folder / "spec.yaml"
        self.write(spec)

    def write(self, spec: str) -> None:
        """Another text for the spec."""
        self.path.write_text(spec, encoding="utf-8")

    def planned(self, **consent: Any) -> Planned:
        allowed = frozenset(consent.pop("allow", ()))
        return planning.plan(SpecSelection((str(self.path),)), self.client, Consent(**consent, allow=allowed))

    def plan(self, **consent: Any) -> dict[str, Any]:
        return plan_data(self.planned(**consent).plan)

    def apply(self, **consent: Any) -> str:
        return self._carried_out(self.planned(**consent))

    def looked(self, lists: Lists) -> list[Any]:
        """What is there and what differs, by reads of this way."""
        opened = OpenedSpecs(SpecSelection((str(self.path),)))
        reader = Reader(self.client, specs=opened.outline.marked, lists=lists)
        plan, drafts = compare.compare_with_live(_HEADER, opened.specs(ACCOUNT).desired, reader)
        return [plan.calls, *((draft.have, draft.change) for draft in drafts)]

    def destroying(self) -> Planned:
        consent = Consent(force=True, allow=frozenset(ALLOWABLE))
        return destroying.plan(SpecSelection((str(self.path),)), self.client, consent)

    def destroy(self) -> str:
        return self._carried_out(self.destroying())

    def roll_back(self) -> str:
        """Take the last apply back, by its journal."""
        journal = journals.read(self._folder / "journal")
        consent = Consent(force=True, allow=frozenset(ALLOWABLE))
        return self._carried_out(rolling_back.plan(journal, "journal", (), self.client, consent))

    def _carried_out(self, planned: Planned) -> str:
        # Nobody else is here, so a second look sees what the first one saw.
        check_unchanged(planned, lambda _: None)
        result = applying.apply(
            planned, self._folder / "journal", threading.Event(), lambda _: None, lambda _: None
        )
        return "; ".join([result.verdict, *(o.message for o in result.applied.outcomes if o.message)])


# A law that fails must not be waited for: nothing here becomes visible late.
patch.object(applying, "_READ_BACK_PAUSES", (0.0, 0.1)).start()
executor.PROPAGATION = 1.0
