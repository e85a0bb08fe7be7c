"""limits.json is what the installed botocore says; texts are judged as IAM judges them."""

import runpy

import pytest

from reconciler.policy.catalogue import limits
from tests.conftest import ROOT


def test_limits_json_is_botocores() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "make_limits.py"))
    assert (ROOT / "reconciler" / "policy" / "catalogue" / "limits.json").read_text() == tool["text"]()


@pytest.mark.parametrize(
    ("shape", "text", "fits"),
    [
        ("roleNameType", "Deploy+=,.@-_9", True),
        ("roleNameType", "có", False),
        ("roleNameType", "a b", False),
        ("roleNameType", "a\n", False),
        ("roleDescriptionType", "Role cho phép doc và ghi ECR\n\t", True),
        ("roleDescriptionType", "đọc", False),
        ("roleDescriptionType", "\u00a0", False),
        ("policyPathType", "/a/b/", True),
        ("policyPathType", "/a//b/", False),
        ("policyPathType", "/a*/", False),
        ("pathType", "/a*/", True),
        ("pathType", "/", True),
        ("tagKeyType", "đội ngũ/1", True),
        ("tagKeyType", "a*b", False),
        ("tagKeyType", "", False),
        ("tagValueType", "", True),
        ("tagValueType", "a\tb", False),
    ],
)
def test_patterns(shape: str, text: str, fits: bool) -> None:
    assert limits.fits_pattern(shape, text) is fits


def test_a_complaint_names_the_character_and_its_place() -> None:
    complaint = limits.complaint("roleDescriptionType", "Role cho phép đọc", "the description")
    assert (
        complaint
        == 'the description may not hold "đ" (U+0111 LATIN SMALL LETTER D WITH STROKE), at character 15'
    )
    assert (
        limits.complaint("roleNameType", "x" * 65, "the name")
        == "the name has 65 characters; IAM takes 1 to 64"
    )


def test_a_suggestion_keeps_what_latin1_has() -> None:
    assert limits.latin1_suggestion("Role cho phép đọc và ghi ECR") == "Role cho phép doc và ghi ECR"
    assert limits.latin1_suggestion("“smart”") == '"smart"'
    assert limits.latin1_suggestion("日本") == ""
