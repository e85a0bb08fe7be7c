"""The examples of docs/meaning.md are answered as the page says."""

import json
import re

import pytest

from reconciler.policy.compare.delta import delta
from reconciler.policy.document.document import document
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "meaning.md").read_text()
EXAMPLES = re.findall(
    r"### (.+?)\n(?:(?!###).)*?```json\n(.+?)```\n\n```json\n(.+?)```\n\n```text\n(.+?)\n```", PAGE, re.DOTALL
)


def test_every_reason_has_an_example() -> None:
    assert len(EXAMPLES) == 6


@pytest.mark.parametrize(("old", "new", "why"), [e[1:] for e in EXAMPLES], ids=[e[0] for e in EXAMPLES])
def test_it_cannot_be_told(old: str, new: str, why: str) -> None:
    before, after = (document(json.loads(text)) for text in (old, new))
    answer = delta(before, after)
    assert answer.equivalent is None
    assert any(why in verdict.why for verdict in (answer.gained, answer.lost))
    assert delta(before, before).equivalent
    assert delta(after, after).equivalent
