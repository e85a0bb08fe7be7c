"""The permissions that a command needs, and that a plan asks for nothing else."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name

from reconciler.app.drift.run import DriftScope, drift
from reconciler.app.specs import OpenedSpecs
from reconciler.plan.required_permissions import Purpose, Where, needs, pruned, released
from reconciler.policy.risk.least_privilege import RequiredPermission
from reconciler.spec.resolve import Specs
from tests.conftest import ACCOUNT
from tests.plan.harness.situation import Situation
from tests.plan.harness.tables import Case, load

HERE = Path(__file__).parent
WHERE = Where(ACCOUNT)


def line(permission: RequiredPermission) -> str:
    where = permission.resource.removeprefix(f"arn:aws:iam::{ACCOUNT}:")
    tested = [f"{key} {value}" for key, value in permission.condition]
    return " | ".join([permission.action.removeprefix("iam:"), where, *tested])


def compared(permissions: Iterable[RequiredPermission], has: list[str], lacks: list[str]) -> None:
    shown = set(map(line, permissions))
    assert (set(has) - shown, set(lacks) & shown) == (set(), set())


@pytest.mark.parametrize("case", load(HERE, "required_permissions"))
def test_needs(case: Case, tmp_path: Path) -> None:
    specs = OpenedSpecs(Situation(case, tmp_path).request).specs()
    purpose, sweeps = case["purpose"], {key: case.get(key, False) for key in ("orphans", "unmanaged")}
    permissions = needs(specs.desired, specs.expectations, purpose, WHERE, **sweeps)
    compared(permissions, case.get("with", []), case.get("without", []))
    if "actions" in case:
        assert set(case["actions"]) == {p.action.removeprefix("iam:") for p in permissions}
    compared(released(specs.removed, purpose, WHERE), case.get("released", []), case.get("not_released", []))
    compared(pruned(WHERE), case.get("pruned", []), case.get("not_pruned", []))


def unmarked(folder: str, *names: str) -> list[Any]:
    """The cases of tables about something else, whatever they say of faults that are not of permissions."""
    cases = []
    for param in load(HERE / folder, *names):
        reason = param.values[0].get("fault of permissions")
        marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
        cases.append(pytest.param(param.values[0], id=param.id, marks=marks))
    return cases


def unsaid(situation: Situation, specs: Specs, purpose: Purpose) -> set[str]:
    """What was asked and is not among the permissions."""
    permissions = needs(
        specs.desired, specs.expectations, purpose, WHERE, orphans=purpose == "drift", unmanaged=False
    )
    allowed = {xform_name(permission.action.partition(":")[2]) for permission in permissions}
    return situation.account.asked - {"get_caller_identity"} - allowed


@pytest.mark.parametrize("case", unmarked("access", "changes", "risks", "memberships", "lockout"))
def test_a_plan_reads_nothing_that_is_not_said(case: Case, tmp_path: Path) -> None:
    situation = Situation({**case, "denied": []}, tmp_path)
    situation.account.asked = set()
    situation.planned()
    assert set() == unsaid(situation, OpenedSpecs(situation.request).specs(ACCOUNT), "plan")


@pytest.mark.parametrize("case", unmarked("findings", "differences", "combined", "others"))
def test_a_drift_run_reads_nothing_that_is_not_said(case: Case, tmp_path: Path) -> None:
    situation = Situation({**case, "denied": []}, tmp_path)
    situation.account.asked = set()
    drift(situation.request, situation.fresh(), DriftScope())
    assert set() == unsaid(situation, OpenedSpecs(situation.request).specs(ACCOUNT), "drift")
