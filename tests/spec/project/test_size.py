"""A project of real size is read whole, and its mistakes have their places."""

from pathlib import Path

import pytest

from reconciler.app.project import Words, selection
from reconciler.app.validate import validate_each
from reconciler.core.errors import SpecError
from tests.bench import projects


def test_two_hundred_files_and_ten_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    projects.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    (validated,) = validate_each(selection(Words(())), None, strict=False)
    assert len(validated.specs.names) == projects.FILES
    assert len(validated.specs.desired) == 2 * projects.USES + projects.FILES
    spec = tmp_path / "specs" / "team7" / "s47.yaml"
    spec.write_text(spec.read_text().replace("{name: s47}", "{nme: s47}"))
    with pytest.raises(SpecError) as refused:
        validate_each(selection(Words(())), None, strict=False)
    (problem,) = refused.value.problems
    place = f"lib/t7.yaml:3:3, used at specs/team7/s47.yaml:{projects.FIRST_USE}:27"
    assert str(problem).startswith(f'{place}: the template t7 has no parameter "nme"')
