"""Everything that people are shown is true: specs validate, the reference and the schema are the models'."""

from datetime import date
from pathlib import Path

import pytest

from reconciler.app.request import SpecSelection
from reconciler.app.specs import load
from tests.conftest import ROOT
from tests.spec.examples import Example, every_example
from tools import make_architecture, make_lint, make_names, make_reference

DOCUMENT = '{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'


@pytest.mark.parametrize("example", every_example(), ids=lambda example: example.name)
def test_every_example_validates(example: Example, tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(example.text, encoding="utf-8")
    (tmp_path / "own.json").write_text(DOCUMENT)
    specs = load(SpecSelection((str(tmp_path / "spec.yaml"),)), today=date(2026, 11, 24))
    assert specs.desired
    if example.name.startswith("specs/examples/"):
        assert [w for w in (*specs.warnings, *specs.lint()) if w.severity == "warning"] == []


def test_every_spec_to_start_from_is_in_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(path.stem in text for path in (ROOT / "specs" / "examples").glob("*.yaml"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        *make_reference.texts().items(),
        *make_names.texts().items(),
        *make_lint.texts().items(),
        *make_architecture.texts().items(),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_what_is_generated_is_up_to_date(path: Path, text: str) -> None:
    assert path.read_text(encoding="utf-8") == text, (
        "look at the change of the language; `make data` accepts it"
    )
