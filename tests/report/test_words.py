"""Trusts in words, where they stand in a sentence."""

from typing import Any

from reconciler.core.change import FieldChange
from reconciler.parts.role_trust import who
from reconciler.policy.document import document
from reconciler.report.differences import sentence
from tests.conftest import ACCOUNT

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def trusts(*principals: tuple[dict[str, Any], dict[str, Any]]) -> Any:
    return document({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": p, "Action": "sts:AssumeRole", **({"Condition": c} if c else {})} for p, c in principals]})  # fmt: skip


def test_conditions_of_a_trust_are_told_and_stand_on_nothing() -> None:
    made = trusts(({"AWS": ROOT}, MFA))
    assert who(made) == f"{ROOT} may assume it under conditions"
    lacks = sentence(FieldChange("trust", "document", trusts().text, made.text), ACCOUNT)
    assert lacks == f"trust: lacks allow AWS {ROOT}: sts:AssumeRole if Bool aws:MultiFactorAuthPresent true"
    ec2 = {"Service": "ec2.amazonaws.com"}
    assert who(trusts((ec2, {}), ({"AWS": ROOT}, MFA))) == f"ec2 may assume it, {ROOT} under conditions"
    assert who(trusts((ec2, {}), (ec2, MFA))) == "ec2 may assume it"
    assert who(trusts()) == "nobody may assume it"
