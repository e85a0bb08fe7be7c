"""Policy documents that say nothing, in answers that are otherwise whole."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import ACCOUNT, Cli, Server
from tests.end_to_end.trouble.answer_specs import specs
from tests.end_to_end.trouble.between import between

SAYS_NOTHING = {
    "no actions": (
        '{"Version":"2012-10-17","Statement":[{"Sid":"S","Effect":"Allow","Action":[],"Resource":[]}]}'
    ),
    "no statements": '{"Version":"2012-10-17","Statement":[]}',
    "no statement member": '{"Version":"2012-10-17"}',
    "nothing": "{}",
}


@pytest.mark.parametrize("document", SAYS_NOTHING)
def test_a_document_that_says_nothing_is_named_where_it_goes(
    document: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    """The console's untouched template, and less."""
    few, *_ = specs(cli, tmp_path)
    entry = sandbox.iam().get_role(RoleName="R")["Role"]
    sandbox.control(
        "seed",
        RoleDetailList=[
            {
                "Path": "/",
                "RoleName": "Draft",
                "RoleId": "AROAEXAMPLEEXAMPLE002",
                "CreateDate": "2026-01-01T00:00:00Z",
                "InstanceProfileList": [],
                "Arn": f"arn:aws:iam::{ACCOUNT}:role/Draft",
                "AssumeRolePolicyDocument": entry["AssumeRolePolicyDocument"],
                "Tags": [],
                "AttachedManagedPolicies": [],
                "RolePolicyList": [
                    {"PolicyName": "Old", "PolicyDocument": json.loads(SAYS_NOTHING[document])}
                ],
            }
        ],
    )
    few.write_text("version: 1\nname: a/b\nroles: {Draft: {trust: [{service: ec2}]}}\n")
    page = tmp_path / "page.html"
    for command, code in (("plan", 0), ("drift", 2), ("verify", 2)):
        ran = cli(command, few, "--report", f"html={page}", code=code)
        assert "inline Old" in ran.out, command
        assert "inline Old" in page.read_text()
        page.unlink()
    cli("apply", few, "--yes", "--adopt")


def test_a_document_that_is_no_object_is_not_read(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    few, *_ = specs(cli, tmp_path)

    def garbled(_operation: str, text: str) -> str:
        return re.sub(r"(<(?:Policy)?Document>)[^<]*", r"\1%5B%5D", text)

    with between(sandbox.url, garbled) as proxy:
        ran = Cli(Server(proxy.url), cli.home)("drift", few, code=3)
    assert "Document is no JSON object" in ran.out


def test_a_defect_leaves_its_traceback_in_a_file(tmp_path: Path) -> None:
    from reconciler.app.defect_report import as_error

    try:
        dict[str, str]()["Path"]
    except KeyError as error:
        defect = as_error(error)
    file = Path(defect.advice.rpartition(" ")[2])
    assert "test_a_defect_leaves" in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    assert defect.message == "internal error: KeyError: 'Path'"
    file.unlink()
