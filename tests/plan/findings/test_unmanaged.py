"""What is in no spec, how bad it is, and what is counted beside it: a table without a server."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reconciler.app.drift.run import DriftScope, drift
from reconciler.core.results.unmanaged import Coverage, LeftUnmanaged, UnmanagedRules
from reconciler.spec.project.environments import Project
from tests.plan.harness import lines
from tests.plan.harness.situation import Situation
from tests.plan.harness.tables import Case, check, load


def project_of(case: Case, folder: Path) -> Project:
    covered = case.get("coverage", {})
    coverage = Coverage(
        covered.get("complete", False), tuple(covered.get("paths", ())), tuple(covered.get("kinds", ()))
    )
    known = tuple(
        LeftUnmanaged(
            rule["match"], rule["reason"], date.fromisoformat(rule["until"]) if "until" in rule else None
        )
        for rule in case.get("rules", ())
    )
    file = folder / "reconcile.yaml"
    return Project(file, file.name, (), {}, "x", coverage, UnmanagedRules(ignore=known))


@pytest.mark.parametrize("case", load(Path(__file__).parent, "unmanaged"))
def test_unmanaged(case: Case, tmp_path: Path) -> None:
    situation = Situation({"spec": {}, **case}, tmp_path)
    request = replace(situation.request, project=project_of(case, tmp_path))
    ran = drift(request, situation.fresh(), DriftScope())
    check(case["findings"], lines.findings(ran.findings), "findings")
    assert ran.unmanaged is not None
    check(case["known"], [f"{e.address} | {e.reason}" for e in ran.unmanaged.ignored], "known")
    check(case["elsewhere"], [f"{e.address} | {e.words}" for e in ran.unmanaged.elsewhere], "elsewhere")
    assert ran.unmanaged.outside == case.get("outside", 0)
    assert ran.unread == ()
