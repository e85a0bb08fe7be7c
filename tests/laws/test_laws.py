"""The laws that every kind keeps, over generated specs and live states, on the strict sandbox over HTTP.

A kind gets them by being in the registry: what is generated is drawn from the kinds' own sections, and the
last test says which fields were reached.
"""

import json
import os
import signal
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.app.request import SpecSelection
from reconciler.app.specs import load
from reconciler.kinds import KINDS
from reconciler.plan.guard import ALLOWABLE
from reconciler.report.plan.as_json import plan_data
from tests.conftest import RECONCILE, ROOT, Cli, Server
from tests.end_to_end.metadata import METADATA, write_metadata
from tests.end_to_end.state import state_of
from tests.laws.generators import EXAMPLES, NAMED, REACHED, relaxed, specs, text
from tests.laws.runner import Runner
from tests.laws.states import (
    bystanders,
    comparable,
    differing,
    forget_what_is_left_alone,
    strip,
    without_history,
)


def test_every_kind_has_a_generator() -> None:
    assert {kind.SECTION for kind in KINDS} == {*NAMED, "account_settings"}


def check_received(planned: dict[str, Any], server: Server, since: int) -> None:
    wanted = sorted((c["operation"], json.dumps(c["params"], sort_keys=True)) for c in planned["calls"])
    received = [(w["operation"], json.dumps(w["params"], sort_keys=True)) for w in server.writes()[since:]]
    assert (Counter(received) - Counter(wanted), Counter(wanted) - Counter(received)) == (
        Counter(),
        Counter(),
    )
    keys = [(c["operation"], json.dumps(c["params"], sort_keys=True)) for c in planned["calls"]]
    for call, key in zip(planned["calls"], keys, strict=True):
        assert all(received.index(keys[before - 1]) < received.index(key) for before in call["needs"])


@given(before=specs(), after=specs())
@relaxed
def test_laws(before: dict[str, Any], after: dict[str, Any], sandbox: Server, tmp_path: Path) -> None:
    sandbox.control("reset")
    bystanders(sandbox)
    alone = state_of(sandbox)
    comparable(before, after)
    write_metadata(tmp_path)
    runner = Runner(sandbox, tmp_path, text(before))
    states: list[dict[str, Any]] = []
    for spec in (before, after):
        runner.write(text(spec))
        planned = runner.plan()
        since = len(sandbox.writes())
        assert runner.plan() == {**planned, "reads": planned["reads"]}
        assert runner.apply(force=True) == "done"
        check_received(planned, sandbox, since)
        assert runner.plan()["calls"] == []
        assert runner.looked("never") == runner.looked("always")
        written = len(sandbox.writes())
        assert runner.apply(force=True) == "done"
        assert len(sandbox.writes()) == written
        states.append(without_history(state_of(sandbox)))
        if spec is after and states[0] != states[1]:
            assert runner.roll_back() == "done"
            assert without_history(state_of(sandbox)) == states[0]
            assert runner.roll_back() == "done"
            assert without_history(state_of(sandbox)) == states[1]
            assert runner.plan()["calls"] == []
    destroyed_and_taken_back(runner, sandbox, alone, states[1])
    state = state_of(sandbox)
    assert state["policies"].pop("arn:aws:iam::123456789012:policy/Bystander")[3] == {}
    assert state["saml"]["arn:aws:iam::123456789012:saml-provider/Bystander"] == (METADATA["a.xml"], {})
    sandbox.control("reset")
    bystanders(sandbox)
    assert runner.apply(force=True) == "done"
    same_as_afresh(after, state, state_of(sandbox))


def destroyed_and_taken_back(
    runner: Runner, sandbox: Server, alone: dict[str, Any], before: dict[str, Any]
) -> None:
    """Nothing is left of the spec but what stood beside it, and a rollback brings all of it back."""
    planned, since = plan_data(runner.destroying().plan), len(sandbox.writes())
    assert runner.destroy() == "done"
    check_received(planned, sandbox, since)
    assert state_of(sandbox) == alone
    assert runner.destroying().plan.calls == ()
    assert runner.roll_back() == "done"
    assert differing(without_history(state_of(sandbox)), before) == []


def same_as_afresh(spec: dict[str, Any], state: dict[str, Any], afresh: dict[str, Any]) -> None:
    """What the applies came to is what one apply makes in an empty account.

    Only a policy keeps the description and the old versions of its first apply.
    """
    for live in (state, afresh):
        live["policies"] = {
            arn: (value[1], strip(value[3]))
            for arn, value in live["policies"].items()
            if "Bystander" not in arn
        }
    # Profiles that the spec names no more are orphans: left alone, looked for by another command.
    state["profiles"] = {name: p for name, p in state["profiles"].items() if name in afresh["profiles"]}
    for live in (state, afresh):
        forget_what_is_left_alone(spec, live)
    assert state == afresh


@given(
    before=specs(),
    after=specs(),
    write=st.integers(1, 20),
    when=st.sampled_from(["before", "unanswered", "answered"]),
)
@settings(relaxed, max_examples=max(1, EXAMPLES // 4))
def test_cut_at_any_write_and_run_again(
    before: dict[str, Any], after: dict[str, Any], write: int, when: str, sandbox: Server, tmp_path: Path
) -> None:
    """A real process, killed; then the apply is made again."""
    comparable(before, after)
    write_metadata(tmp_path)
    runner, cli = Runner(sandbox, tmp_path, text(before)), Cli(sandbox, tmp_path)
    ends = []
    for is_cut in (False, True):
        sandbox.control("reset")
        bystanders(sandbox)
        runner.write(text(before))
        assert runner.apply(force=True) == "done"
        runner.write(text(after))
        if is_cut:
            killed(cli, sandbox, runner.path, write, when)
        assert runner.apply(force=True) == "done"
        assert runner.plan()["calls"] == []
        ends.append(state_of(sandbox))
    assert ends[0] == ends[1]


def killed(cli: Cli, sandbox: Server, path: Path, write: int, when: str) -> None:
    """Killed at this write, unless it ends before."""
    sandbox.control("hold", write=write, when=when)
    allow = ["--allow", ",".join(ALLOWABLE)]
    with subprocess.Popen(
        [RECONCILE, "apply", path, "--yes", "--force", *allow],
        env=cli.environment(),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        if sandbox.is_held(process):
            os.killpg(process.pid, signal.SIGKILL)
    sandbox.control("release")
    sandbox.control("calm")


@given(spec=specs())
@settings(relaxed, max_examples=EXAMPLES * 50)
def test_what_a_journal_keeps_is_read_back_as_the_state_it_is_of(
    spec: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "spec.yaml"
    write_metadata(tmp_path)
    path.write_text(text(spec), encoding="utf-8")
    desired = load(SpecSelection((str(path),)), "123456789012").desired
    assert {d.kind.KIND for d in desired} >= {"policy", "role"}
    for resource in desired:
        again = resource.kind.from_snapshot(
            resource.state.name,
            resource.state.arn,
            json.loads(json.dumps(resource.kind.to_snapshot(resource.state))),
        )
        again = replace(again, owner=resource.state.owner)
        assert (resource.kind.diff(again, resource.state), resource.kind.render(again)) == (
            (),
            resource.kind.render(resource.state),
        )
        assert resource.kind.fingerprints(again) == resource.kind.fingerprints(resource.state)


def test_the_generators_reach_every_field_of_every_kind() -> None:
    if not REACHED:
        pytest.skip("runs after the laws, in the same process")
    wanted = {
        f"{kind.SECTION}.{field}"
        for kind in KINDS
        if kind.MODEL is not None
        for field in kind.MODEL.model_fields
    }
    unreached = wanted - set(REACHED) - {"policies.document_file", "policies.ignore"}
    print(f"fields reached: {len(wanted) - len(unreached)} of {len(wanted)}")
    assert unreached == set()
