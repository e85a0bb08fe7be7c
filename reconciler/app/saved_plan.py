"""Saved plans: what `plan --out` writes, and the check that it is still what would be done.

A saved plan is no script: apply plans again from the same specs and sends only what is the same, call for
call. What is no longer to be done of it was done already, by a run that was cut short or by a retry: the rest
is sent, and nothing else. So the file holds what the plan was made from and the calls that it came to;
nothing of it is trusted beyond that. It carries no credentials, and is readable by its owner alone.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reconciler.app.output import kept_report
from reconciler.app.output.files import put, text_of
from reconciler.app.request import SpecSelection
from reconciler.app.specs import load
from reconciler.core.errors import PlanError, StalePlan
from reconciler.core.plan import Plan
from reconciler.core.results.reviewed import PlanReport, Saved
from reconciler.core.text import escaped
from reconciler.facets.snapshot import texts
from reconciler.plan.guard import ALLOWABLE, Consent
from reconciler.spec.project.settings import read_project

FORMAT = 1
_KIND = "reconcile plan"
_ADVICE = "write it again with plan --out"
_LONGEST = 1000
# More than this is no plan of ours, whatever it is.
_LARGEST = 64_000_000
Sent = tuple[str, str]
_CREATES_VERSION = "CreatePolicyVersion"


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
        "report": kept_report.as_data(report),
    }


def read(path: Path) -> dict[str, Any]:
    """A saved plan as it is in the file.

    Raises:
        PlanError: it can't be read, is no saved plan, or is one of another version.
    """
    text = text_of(path, "saved plan", _LARGEST)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise PlanError(f"{path} is no saved plan: it is no JSON", _ADVICE) from None
    if not isinstance(document, dict) or document.get("kind") != _KIND:
        raise PlanError(f"{path} is no saved plan", _ADVICE)
    if document.get("format") != FORMAT:
        raise PlanError(
            f"{path} is a plan of format {escaped(str(document.get('format')))}, this version takes {FORMAT}",
            _ADVICE,
        )
    return document


def parsed(document: dict[str, Any], path: Path) -> SavedPlan:
    """What a saved plan says; its specs are named from the current folder.

    Raises:
        PlanError: it was changed.
        SpecError: its project is wrong by now.
    """
    try:
        return _parsed(document)
    except (KeyError, TypeError, AttributeError):
        raise _changed(path) from None


def shown(document: dict[str, Any], path: Path) -> PlanReport:
    """What was shown of a saved plan, with where and how it was made.

    Raises:
        PlanError: it was changed, or an earlier version saved it.
    """
    if "report" not in document:
        raise PlanError(f"{path} was saved by an earlier version, which kept nothing to show", _ADVICE)
    try:
        report = kept_report.from_data(document["report"])
        agreed = document["consent"]
        options = [f"--{name.replace('_', '-')}" for name in ("adopt", "take_over", "force") if agreed[name]]
        options += [f"--allow {name}" for name in texts(agreed["allow"])]
        calls = [(str(call["operation"]), _body(call["params"])) for call in document["calls"]]
        folder, environment = str(document["folder"]), str(document["environment"])
        saved = Saved(folder, texts(document["paths"]), environment, tuple(options))
    except (KeyError, TypeError, AttributeError, ValueError):
        raise _changed(path) from None
    if calls != [(call.operation, _body(call.params)) for call in report.plan.calls]:
        raise _changed(path)
    return replace(report, saved=saved)


def _changed(path: Path) -> PlanError:
    return PlanError(f"{path} is a saved plan that was changed by hand", _ADVICE)


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
    calls = tuple((str(call["operation"]), _body(call["params"])) for call in document["calls"])
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
    resources = [(str(d.address), d.kind.to_snapshot(d.state)) for d in specs.desired]
    released = [(removed.spec, removed.pattern) for removed in specs.removed]
    return hashlib.sha256(_body([resources, released]).encode()).hexdigest()


def _body(params: Any) -> str:
    return json.dumps(params, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def done_already(saved: SavedPlan, plan: Plan) -> int:
    """How many of the saved calls need not be sent any more: what would be done now is the rest of them.

    Raises:
        StalePlan: something else would be done now, with what is in one and not in the other; or the specs no
            longer describe what was planned, so that what is no longer to be done may never have been.
    """
    _check_account(saved, plan.header.account)
    now = [(call.operation, _body(call.params)) for call in plan.calls]
    missing, new = Counter(saved.calls) - Counter(now), Counter(now) - Counter(saved.calls)
    new -= Counter(_made_defaults(new, missing))
    if not new:
        if missing:
            check_specs(saved, plan.header.account, plan.header.partition)
        return missing.total()
    lines = [_line("-", sent) for sent in missing.elements()] + [_line("+", sent) for sent in new.elements()]
    difference = "\n".join(lines)
    raise StalePlan(
        f"what would be done now is not what was saved, so nothing is changed:\n{difference}",
        "plan again, look at it, and apply that",
    )


def _made_defaults(new: Iterable[Sent], missing: Iterable[Sent]) -> Iterator[Sent]:
    """The new calls that only make a version the default which an interrupted run has created."""
    created = {json.loads(body)["PolicyArn"] for operation, body in missing if operation == _CREATES_VERSION}
    for operation, body in new:
        if operation == "SetDefaultPolicyVersion" and json.loads(body)["PolicyArn"] in created:
            yield operation, body


def check_specs(saved: SavedPlan, account: str, partition: str) -> None:
    """Raise unless the specs describe what they did when the plan was saved, for this account.

    Raises:
        StalePlan: they don't.
    """
    _check_account(saved, account)
    if saved.specs != described(saved.request, account, partition):
        raise StalePlan(
            "the specs no longer describe what was planned, so nothing is changed",
            "plan again, look at it, and apply that",
        )


def _check_account(saved: SavedPlan, account: str) -> None:
    if account != saved.account:
        raise StalePlan(
            f"the plan is for account {escaped(saved.account)}, and these are credentials of account"
            f" {account}",
            "use the other account's --profile",
        )


def _line(sign: str, sent: Sent) -> str:
    operation, body = sent
    cut = " …" if len(body) > _LONGEST else ""
    return f"  {sign} {escaped(operation)} {escaped(body[:_LONGEST])}{cut}"
