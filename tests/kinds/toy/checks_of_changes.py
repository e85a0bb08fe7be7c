"""What applies do with the toy: for `test_toy_kind.py`, in a process whose registry has it."""

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.aws.lost_answers import is_done
from tests.case_files import entries
from tests.conftest import PATIENCE, RECONCILE, ROOT, Cli, Server
from tests.end_to_end.trouble.between import Cut, between
from tests.kinds.toy.certificates import FIRST, GONE, SECTION, THEN, certificate, everything
from tests.laws import test_laws as laws
from tests.laws.generators import NAMED, relaxed
from tests.laws.runner import Runner
from tests.warm import HASTY


def test_what_is_planned_is_received_and_nothing_else_is_touched(
    sandbox: Server, tmp_path: Path, outsider: Mapping[str, Any]
) -> None:
    runner = Runner(sandbox, tmp_path, FIRST)
    states = []
    for spec, operations in (
        (FIRST, ["UploadServerCertificate"] * 3),
        (
            THEN,
            [
                "UntagServerCertificate",
                "TagServerCertificate",
                "UploadServerCertificate",
                "UpdateServerCertificate",
                "TagServerCertificate",
            ],
        ),
    ):
        runner.write(spec)
        planned, since = runner.plan(), len(sandbox.writes())
        assert [call["operation"] for call in planned["calls"]] == operations
        assert runner.apply() == "done"
        laws.check_received(planned, sandbox, since)
        written = len(sandbox.writes())
        assert runner.plan()["calls"] == []
        assert runner.apply() == "done"
        assert len(sandbox.writes()) == written
        states.append(everything(sandbox))
    assert certificate(sandbox, "shop.example")["ServerCertificateMetadata"]["Path"] == "/b/"
    assert runner.roll_back() == "done"
    assert everything(sandbox) == states[0] | {"new.example": states[1]["new.example"]}
    assert runner.apply() == "done"
    assert runner.destroy() == "done"
    assert everything(sandbox) == {"outside.example": outsider}


TOYS = st.fixed_dictionaries(dict.fromkeys(("first", "second"), st.sampled_from(entries(SECTION)))).map(
    lambda toys: {"version": "1", "name": "law/toys", **{section: {} for section in NAMED}, SECTION: toys}
)


@given(before=TOYS, after=TOYS)
@settings(relaxed, max_examples=4)
def test_the_laws_over_toys_alone(
    before: dict[str, Any], after: dict[str, Any], sandbox: Server, tmp_path: Path
) -> None:
    law: Any = laws.test_laws
    law.hypothesis.inner_test(before, after, sandbox=sandbox, tmp_path=tmp_path)


@given(before=TOYS, after=TOYS, write=st.integers(1, 3), when=st.sampled_from(["before", "unanswered"]))
@settings(relaxed, max_examples=3)
def test_the_law_of_cuts_over_toys_alone(
    before: dict[str, Any], after: dict[str, Any], write: int, when: str, sandbox: Server, tmp_path: Path
) -> None:
    law: Any = laws.test_cut_at_any_write_and_run_again
    law.hypothesis.inner_test(before, after, write, when, sandbox=sandbox, tmp_path=tmp_path)


@pytest.mark.parametrize("when", ["before", "unanswered"])
def test_an_apply_that_is_killed_at_any_write_is_made_again(
    when: str, cli: Cli, sandbox: Server, path: Path
) -> None:
    cli("apply", path, "--yes")
    path.write_text(THEN)
    cli("apply", path, "--yes")
    wanted, number = everything(sandbox), 0
    while True:
        number += 1
        sandbox.control("reset")
        path.write_text(FIRST)
        cli("apply", path, "--yes")
        path.write_text(THEN)
        sandbox.control("hold", write=number, when=when)
        with subprocess.Popen(
            [RECONCILE, "apply", path, "--yes"],
            env=cli.environment(),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            is_cut = sandbox.is_held(process)
            if is_cut:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=PATIENCE)
        sandbox.control("release")
        sandbox.control("calm")
        cli("apply", path, "--yes")
        assert everything(sandbox) == wanted
        if not is_cut:
            break
    assert number == 6


@pytest.mark.parametrize("operation", ["UploadServerCertificate", "UpdateServerCertificate"])
@pytest.mark.parametrize(
    "fault",
    [
        {"cut": "reset", "lost": True},
        {"code": "ServiceFailure", "status": 500, "lost": True},
        {"cut": "truncated"},
        {"code": "Throttling", "status": 400},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
def test_an_answer_that_is_lost_is_looked_for(
    fault: dict[str, Any], operation: str, cli: Cli, sandbox: Server, path: Path
) -> None:
    cli("apply", path, "--yes")
    path.write_text(THEN)
    since = len(sandbox.log())
    sandbox.control("fail", operation=operation, times=1, **fault)
    assert "done, and read back as desired" in cli("apply", path, "--yes", env=HASTY).out
    operations = [entry["operation"] for entry in sandbox.log()[since:]]
    assert operations.count(operation) == 2
    # The three that changed are read back. Before that the tags are read of an upload that is refused as
    # there already.
    reads = operations[operations.index(operation) :].count("GetServerCertificate")
    is_asked = operation.startswith("Upload") and fault.get("code") != "Throttling"
    assert reads == (4 if is_asked else 3)
    assert "nothing to change" in cli("plan", path).out


def test_an_upload_of_somebody_else_is_not_taken_for_the_one_whose_answer_was_lost(
    sandbox: Server, tmp_path: Path
) -> None:
    runner = Runner(sandbox, tmp_path, FIRST)
    call = next(call for call in runner.planned().plan.calls if "Tags" in call.params)
    theirs = {key: value for key, value in call.params.items() if key != "Tags"}
    for params, is_ours in ((theirs, False), (call.params, True)):
        sandbox.control("reset")
        sandbox.iam().upload_server_certificate(**params)
        assert is_done(call, "EntityAlreadyExists", runner.client, sent_before=True) == is_ours
        assert not is_done(call, "EntityAlreadyExists", runner.client, sent_before=False)


def test_a_quota_that_can_be_raised_is_named_as_one(cli: Cli, sandbox: Server, path: Path) -> None:
    sandbox.control("fail", operation="UploadServerCertificate", code="LimitExceeded", status=409, times=3)
    ran = cli("apply", path, "--yes", code=1)
    assert "ask AWS for more" in ran.out
    assert "UploadServerCertificate shop.example" in ran.out


def test_an_answer_that_lacks_something_is_an_error_in_words(cli: Cli, sandbox: Server, path: Path) -> None:
    cli("apply", path, "--yes")
    lacking = Cut(
        "GetServerCertificate", ("GetServerCertificateResult", "ServerCertificate", "CertificateBody")
    )
    with between(sandbox.url, lacking.taken) as proxy:
        ran = Cli(Server(proxy.url), cli.home)("plan", path, code=1)
    assert "has no CertificateBody" in ran.out + ran.err


def test_what_is_no_longer_described_is_pruned_or_let_go_of(cli: Cli, sandbox: Server, path: Path) -> None:
    cli("apply", path, "--yes")
    head, _, rest = FIRST.partition("  gone.example")
    path.write_text(head + "".join(rest.splitlines(keepends=True)[1:]) + f"removed: {GONE}\n")
    assert "let go of" in cli("apply", path, "--yes").out
    assert [tag["Key"] for tag in certificate(sandbox, "gone.example")["Tags"]] == ["old", "team"]
    path.write_text(head)
    assert "1 to delete" in cli("apply", path, "--yes", "--prune", "--force").out
    assert sorted(everything(sandbox)) == ["gone.example", "shop.example"]
