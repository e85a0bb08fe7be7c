"""Differences in words: what stands in a sentence, and how settings are written."""

from typing import Any

from reconciler.core.address import Address
from reconciler.core.change import Change, FieldChange
from reconciler.core.plan import Header, Plan
from reconciler.kinds.role.trust import who
from reconciler.plan.new_settings import as_new
from reconciler.policy.document.document import document
from reconciler.report.plan.text import plan_text
from reconciler.report.words.field import sentence
from reconciler.report.words.style import Style
from tests.conftest import ACCOUNT

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def trusts(*principals: tuple[dict[str, Any], dict[str, Any]]) -> Any:
    return document(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": p,
                    "Action": "sts:AssumeRole",
                    **({"Condition": c} if c else {}),
                }
                for p, c in principals
            ],
        }
    )


def test_conditions_of_a_trust_are_told_and_stand_on_nothing() -> None:
    trust_policy = trusts(({"AWS": ROOT}, MFA))
    assert who(trust_policy) == f"{ROOT} may assume it under conditions"
    lacks = sentence(FieldChange("trust", "document", trusts().text, trust_policy.text), ACCOUNT)
    assert lacks == f"trust: lacks allow AWS {ROOT}: sts:AssumeRole if Bool aws:MultiFactorAuthPresent true"
    ec2 = {"Service": "ec2.amazonaws.com"}
    assert who(trusts((ec2, {}), ({"AWS": ROOT}, MFA))) == f"ec2 may assume it, {ROOT} under conditions"
    assert who(trusts((ec2, {}), (ec2, MFA))) == "ec2 may assume it"
    assert who(trusts()) == "nobody may assume it"


def test_settings_are_written_as_specs_write_them_and_stand_below_each_other() -> None:
    longer = FieldChange("max_session_duration", "value", "7200", "10800")
    assert sentence(longer, ACCOUNT) == 'max_session_duration is "2h", the spec says "3h"'
    role = Change(Address(ACCOUNT, "role", "R"), "update", (longer,))
    out = plan_text(Plan(Header(("a/b",), ACCOUNT, "aws", "arn:x"), (role,), ()), Style())
    assert "    max_session_duration - 2h\n                         + 3h\n" in out
    (rules,) = as_new({"password_policy": {"minimum_password_length": 14, "require_symbols": True}})
    assert rules.after == ("minimum_password_length=14", "require_symbols=true")
