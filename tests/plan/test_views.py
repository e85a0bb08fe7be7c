"""What reports draw of principals; and what servers that are not AWS keep otherwise."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.core.principal_view import HeldPolicy, PrincipalView
from reconciler.plan import stand_in_servers
from reconciler.plan.principal_views import held, principal_views
from tests.plan.harness.situation import Situation
from tests.plan.harness.tables import Case, check, load

HERE = Path(__file__).parent


def lines_of(view: PrincipalView) -> Iterator[str]:
    who = f"{view.address}{'' if view.exists else ' new'}"
    yield from (f"{who} | {policy_line(policy)}" for policy in view.policies)
    yield from (f"{who} boundary | {policy_line(policy)}" for policy in view.boundary)
    yield from (f"{who} member | {member.name} {member.standing}" for member in view.members)
    for group in view.groups:
        held = "not known" if group.policies is None else ", ".join(map(policy_line, group.policies))
        yield f"{who} in | {group.name} {group.standing}: {held}"
    if view.exists and view.trust_live != view.trust_desired:
        services = [
            json.loads(t)["Statement"][0]["Principal"]["Service"]
            for t in (view.trust_live, view.trust_desired)
        ]
        yield f"{who} trust | {' to '.join(services)}"
    if not view.has_all_groups:
        yield f"{who} | perhaps in other groups"


def policy_line(policy: HeldPolicy) -> str:
    return f"{policy.name} {policy.standing}{' inline' if policy.is_inline else ''}"


@pytest.mark.parametrize("case", load(HERE, "principal_views"))
def test_views(case: Case, tmp_path: Path) -> None:
    planned = Situation(case, tmp_path).planned()
    documents = planned.reader.known(held(planned.drafts, planned.live))
    views = principal_views(planned.drafts, documents, planned.live)
    check(case["views"], [line for view in views for line in lines_of(view)], "views")


@pytest.mark.parametrize("case", load(HERE, "stand_in_servers"))
def test_stand_in_servers(case: Case, tmp_path: Path) -> None:
    plan = Situation(case, tmp_path).planned(judge=False).plan
    assert tuple(case["explained"]) == stand_in_servers.explain(plan)
    assert case["stays"] == stand_in_servers.stays(plan)
