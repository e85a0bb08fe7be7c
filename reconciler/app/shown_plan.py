"""A saved plan as it was shown when it was made: nothing is asked, and the specs are not read."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciler.app.output import kept_report
from reconciler.app.saved_plan import ADVICE, body, changed, check_report
from reconciler.core.errors import PlanError
from reconciler.core.results.reviewed import PlanReport, Saved
from reconciler.facets.snapshot import texts


def shown(document: dict[str, Any], path: Path) -> PlanReport:
    """What was shown of a saved plan, with where and how it was made.

    Raises:
        PlanError: it was changed, or an earlier version saved it.
    """
    if "report" not in document:
        raise PlanError(f"{path} was saved by an earlier version, which kept nothing to show", ADVICE)
    check_report(document, path)
    try:
        report = kept_report.from_data(document["report"])
        agreed = document["consent"]
        options = [f"--{name.replace('_', '-')}" for name in ("adopt", "take_over", "force") if agreed[name]]
        options += [f"--allow {name}" for name in texts(agreed["allow"])]
        calls = [(str(call["operation"]), body(call["params"])) for call in document["calls"]]
        folder, environment = str(document["folder"]), str(document["environment"])
        saved = Saved(folder, texts(document["paths"]), environment, tuple(options))
    except (KeyError, TypeError, AttributeError, ValueError):
        raise changed(path) from None
    if calls != [(call.operation, body(call.params)) for call in report.plan.calls]:
        raise changed(path)
    # What was chosen and agreed to shows in every format.
    chosen = _chosen(document, options)
    notes = (f"saved with {chosen}",) if chosen else ()
    return replace(report, saved=saved, plan=replace(report.plan, notes=(*report.plan.notes, *notes)))


def _chosen(document: dict[str, Any], agreed: list[str]) -> str:
    """The options that the plan was made with."""
    words = [f"--only {pattern}" for pattern in texts(document["only"])]
    words += [f"--var {name}={text}" for name, text in document["variables"].items()]
    words += [f"--finding {document['finding']}"] if document.get("finding") else []
    words += [f"--{name}" for name in ("prune", "rewrite") if document.get(name)]
    return " ".join([*words, *agreed])
