"""What export writes for a document, and the document that the language makes of it again."""

import json
from collections import Counter
from functools import cache
from typing import Any

import yaml
from moto.iam.aws_managed_policies import aws_managed_policies_data

from reconciler.core.context import Names, SpecContext
from reconciler.core.problems import Problems
from reconciler.language import policy_body as bodies
from reconciler.language.body_from_document import ShortForm, body
from reconciler.policy.document.document import Document, document
from reconciler.policy.meaning.canonical import normal_statement
from reconciler.spec.variables import Addresses, Values
from tests.conftest import ACCOUNT, ROOT

NAMES = Names(
    {
        (kind, name): f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"
        for kind, some in (("role", ("Entry", "RoleA", "RoleB", "RoleC")), ("user", ("UserA", "UserB")))
        for name in some
    }
)
CONTEXT = SpecContext(ACCOUNT, "aws", "", names=NAMES)


def with_variables(data: Any) -> Any:
    """As a spec's reader hands it to sections."""
    if isinstance(data, dict):
        return {with_variables(key): with_variables(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [with_variables(value) for value in data]
    return Addresses(NAMES).put_into(Values(ACCOUNT, "aws", {}).put_into(data))


def expanded(data: Any) -> Document:
    """The document of a BODY."""
    problems = Problems()
    policy = bodies.build(
        bodies.BodySection.model_validate(with_variables(data)), CONTEXT, problems, managed=False
    )
    assert policy is not None, list(problems)
    return policy


def statements_of(policy: Document) -> Counter[Any]:
    """Each statement in its normal form, with its Sid."""
    return Counter((raw.get("Sid") or "", normal_statement(raw, "aws")) for raw in policy.statements)


@cache
def realistic() -> list[dict[str, Any]]:
    """Policies as accounts have them."""
    text = (ROOT / "tests" / "policy" / "compare" / "realistic.yaml").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = yaml.load(text, yaml.CSafeLoader)
    return entries


def live(entry: dict[str, Any]) -> Document:
    return document({"Version": "2012-10-17", "Statement": entry["statements"]})


@cache
def managed() -> dict[str, Document]:
    """AWS's own policies, by name."""
    return {n: document(p["Document"]) for n, p in json.loads(aws_managed_policies_data).items()}


def short_form(policy: Document) -> ShortForm:
    return body(policy, CONTEXT)


def share(documents: list[Document]) -> tuple[int, int]:
    """How many of their statements come out as grants, and how many there are."""
    counted = [(len(policy.statements), "document" not in short_form(policy).data) for policy in documents]
    return sum(number for number, is_said in counted if is_said), sum(number for number, _ in counted)
