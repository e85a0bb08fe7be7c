"""Saved plans: what `plan --out` writes, and the check that it is still what would be done.

A saved plan is no script: apply plans again from the same specs and sends only what is the same, call for
call. What is no longer to be done of it was done already, by a run that was cut short or by a retry: the rest
is sent, and nothing else. So the file holds what the plan was made from and the calls that it came to;
nothing of it is trusted beyond that. It carries no credentials, and is readable by its owner alone.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reconciler.app.output import kept_report
from reconciler.app.output.files import put, text_of
from reconciler.app.request import SpecSelection
from reconciler.app.specs import load
from reconciler.core.desired import Desired
from reconciler.core.errors import PlanError
from reconciler.core.results.reviewed import PlanReport
from reconciler.core.text import escaped
from reconciler.facets.snapshot import texts
from reconciler.plan.guard import ALLOWABLE, Consent
from reconciler.spec.project.settings import read_project

FORMAT = 1
_KIND = "reconcile plan"
# Members are sorted.
_BEGINNING = b'{\n "account": "'
ADVICE = "write it again with plan --out"
# More than this is no plan of ours, whatever it is.
_LARGEST = 64_000_000
Sent = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A saved plan: what it was made from, what was agreed to, and the calls as operation and parameters.

    `specs` is a digest of what the specs described then, "" in the files of earlier versions.
    """

    account: str
    request: SpecSelection
    consent: Consent
    rewrite: bool
    calls: tuple[Sent, ...]
    specs: str = ""
    partition: str = "aws"
    document: Mapping[str, Any] = field(default_factory=dict)
    path: Path = Path()


def write(
    path: Path,
    report: PlanReport,
    request: SpecSelection,
    consent: Consent,
    folder: Mapping[str, str],
    *,
    rewrite: bool,
) -> None:
    """Save a plan with what is shown of it, whole or not at all; `folder` says where its specs are.

    Raises:
        PlanError: the file can't be written.
    """
    document = {**_document(report, request, consent, rewrite=rewrite), **folder}
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=True) + "\n"
    try:
        put(path, text, 0o600)
    except OSError as error:
        raise PlanError(
            f"the plan can't be saved as {path}: {error.strerror}", "name another file with --out"
        ) from None


def _document(
    report: PlanReport, request: SpecSelection, consent: Consent, *, rewrite: bool
) -> dict[str, Any]:
    plan = report.plan
    return {
        "kind": _KIND,
        "format": FORMAT,
        "account": plan.header.account,
        "partition": plan.header.partition,
        "specs": list(plan.header.specs),
        "paths": list(request.paths),
        "project": os.path.relpath(request.project.file) if request.project else "",
        "environment": request.environment,
        "recurse": request.recurse,
        "variables": dict(request.variables),
        "only": list(request.only),
        "finding": request.finding,
        "prune": request.prune,
        "rewrite": rewrite,
        "consent": {
            "adopt": consent.adopt,
            "take_over": consent.take_over,
            "force": consent.force,
            "allow": sorted(consent.allow),
        },
        "calls": [{"operation": call.operation, "params": call.params} for call in plan.calls],
        "described": described(request, plan.header.account, plan.header.partition),
        "report": (data := kept_report.as_data(report)),
        "digest": _digest(data),
    }


def is_saved_plan(path: Path) -> bool:
    """Whether the file begins as a saved plan does, whatever its name."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(len(_BEGINNING)) == _BEGINNING
    except OSError:
        return False


def read(path: Path) -> dict[str, Any]:
    """A saved plan as it is in the file.

    Raises:
        PlanError: it can't be read, is no saved plan, or is one of another version.
    """
    text = text_of(path, "saved plan", _LARGEST)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise PlanError(f"{path} is no saved plan: it is no JSON", ADVICE) from None
    if not isinstance(document, dict) or document.get("kind") != _KIND:
        raise PlanError(f"{path} is no saved plan", ADVICE)
    if document.get("format") != FORMAT:
        raise PlanError(
            f"{path} is a plan of format {escaped(str(document.get('format')))}, this version takes {FORMAT}",
            ADVICE,
        )
    return document


def parsed(document: dict[str, Any], path: Path) -> SavedPlan:
    """What a saved plan says; its specs are named from the current folder.

    Raises:
        PlanError: it was changed.
        SpecError: its project is wrong by now.
    """
    try:
        return replace(_parsed(document), document=document, path=path)
    except (KeyError, TypeError, AttributeError):
        raise changed(path) from None


def _digest(data: Any) -> str:
    return hashlib.sha256(body(data).encode(errors="backslashreplace")).hexdigest()


def check_report(document: Mapping[str, Any], path: Path) -> None:
    """Raise where what is shown of a plan was changed since it was saved.

    Raises:
        PlanError: it was.
    """
    if "report" in document and document.get("digest") != _digest(document["report"]):
        raise changed(path)


def changed(path: Path) -> PlanError:
    """The error for a file that is not as it was saved."""
    return PlanError(f"{path} is a saved plan that was changed by hand", ADVICE)


def _parsed(document: dict[str, Any]) -> SavedPlan:
    agreed = document["consent"]
    allow = frozenset(texts(agreed["allow"]))
    if not allow <= set(ALLOWABLE):
        raise TypeError
    variables = {name: text for name, text in document["variables"].items() if isinstance(text, str)}
    project = str(document.get("project", ""))
    request = SpecSelection(
        texts(document["paths"]),
        variables,
        texts(document["only"]),
        str(document.get("finding", "")),
        document.get("prune") is True,
        read_project(Path(project), escaped(project)) if project else None,
        str(document.get("environment", "")),
        recurse=document.get("recurse") is True,
    )
    adopt, take_over, force = (agreed[name] is True for name in ("adopt", "take_over", "force"))
    calls = tuple((str(call["operation"]), body(call["params"])) for call in document["calls"])
    return SavedPlan(
        str(document["account"]),
        request,
        Consent(adopt, take_over, force, allow),
        document["rewrite"] is True,
        calls,
        str(document.get("described", "")),
        str(document.get("partition", "aws")),
    )


def described(request: SpecSelection, account: str, partition: str) -> str:
    """A digest of all that the specs describe and let go of.

    Raises:
        SpecError: they are wrong.
    """
    specs = load(request, account, partition)
    resources = [(str(d.address), d.kind.to_snapshot(d.state), _ignored(d)) for d in specs.desired]
    released = [(removed.spec, removed.pattern) for removed in specs.removed]
    return hashlib.sha256(body([resources, released]).encode()).hexdigest()


def _ignored(desired: Desired) -> list[str]:
    return [f"{ignore.facet} {ignore.match}" for ignore in desired.ignores]


def body(params: Any) -> str:
    """Data as JSON that is always the same."""
    return json.dumps(params, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
