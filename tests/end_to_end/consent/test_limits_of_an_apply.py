"""What keeps an apply from beginning, or from going on: a freeze, the end of its time."""

from pathlib import Path

import pytest

from tests.conftest import Cli, FinishedCommand, Server

SPEC = "specs/ecr.yaml"


def test_a_freeze_stops_applies_and_nothing_else(cli: Cli, sandbox: Server) -> None:
    ran = cli("apply", SPEC, "--yes", code=1, RECONCILE_FREEZE="incident \x1b[31m4711")
    assert "applies are frozen: incident" in ran.err
    assert "\x1b" not in ran.err
    assert sandbox.log() == []
    cli("plan", SPEC, RECONCILE_FREEZE="incident")


def test_a_freeze_by_a_file_beside_the_specs(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    spec, saved = tmp_path / "s.yaml", tmp_path / "s.plan.json"
    spec.write_text(
        "version: 1\nname: a/b\npolicies: {P: {allow: [{service: s3, read: GetObject, resources: 'b/*'}]}}\n"
    )
    cli("plan", spec, "--out", saved)
    (tmp_path / ".reconcile-freeze").write_text("until Monday\n")
    for what in (spec, tmp_path, saved):
        assert "applies are frozen: until Monday" in cli("apply", what, "--yes", code=1).err
    assert sandbox.writes() == []
    (tmp_path / ".reconcile-freeze").unlink()
    cli("apply", saved)


def test_planning_may_take_all_the_time(cli: Cli, sandbox: Server) -> None:
    sandbox.control("latency", seconds=0.5)
    assert "reading took all the time" in cli("apply", SPEC, "--yes", "--timeout", "1s", code=1).err
    assert sandbox.writes() == []


def of_so_many_seconds(cli: Cli, seconds: int) -> FinishedCommand:
    return cli("apply", SPEC, "--yes", "--timeout", f"{seconds}s", code=1)


def test_out_of_time_nothing_more_is_begun_and_what_was_done_is_said(cli: Cli, sandbox: Server) -> None:
    sandbox.control("fail", operation="CreateRole", code="Throttling", status=400)
    seconds, ran = 3, of_so_many_seconds(cli, 3)
    while "reading took all the time" in ran.err:
        seconds += 3
        ran = of_so_many_seconds(cli, seconds)
    assert "out of time" in ran.err
    assert "not tried: AttachRolePolicy" in ran.out
    assert "apply can be run again" in ran.out
    sandbox.control("reset")
    cli("apply", SPEC, "--yes", "--timeout", "15m")


def test_times_are_those_of_the_language(cli: Cli) -> None:
    assert "read back as desired" in cli("apply", SPEC, "--yes", "--timeout", "1h30m").out


@pytest.mark.parametrize("time", ["0", "-1", "1d", "soon", "", "25h"])
def test_what_is_no_time_is_said(time: str, cli: Cli) -> None:
    assert "write 90s, 15m or 1h" in cli("apply", SPEC, "--timeout", time, code=1).err
