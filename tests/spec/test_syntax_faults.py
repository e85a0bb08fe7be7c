"""YAML errors: what is wrong, at the place where it is wrong."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.spec import source
from reconciler.spec.files import Files

CASES: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(
    Path(__file__).with_name("syntax_faults.yaml").read_text(encoding="utf-8")
)
NAMED = [(about, name) for about, cases in CASES.items() for name in cases]


@pytest.mark.parametrize(("about", "name"), NAMED)
def test_the_fault_where_it_is(about: str, name: str) -> None:
    case = CASES[about][name]
    with pytest.raises(source.Unreadable) as unreadable:
        source.parse(case["text"], "spec.yaml")
    assert f"spec.yaml:{case['error']}" == str(unreadable.value)


def test_no_quotes_are_asked_for_where_a_line_is_indented_wrongly() -> None:
    assert [name for name, case in CASES["indentation"].items() if "quote" in case["error"]] == []


PIECES = st.sampled_from(
    (
        *"a-:'\"[]{}*&!%?\\é#\t\n",
        *("trust", ": ", "\n  ", "\n    ", "- ", ", ", " #", "|\n", ">-\n", "${x}", "\r\n", "\u2028"),
        *("---\n", "*a", "&a ", "x: y\n", "  - x: y\n"),
    )
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_whatever_is_broken_has_a_place_in_the_file(text: str) -> None:
    try:
        source.parse(text, "spec.yaml")
    except source.Unreadable as unreadable:
        problem = unreadable.problem
        assert 0 <= problem.line <= len(text.splitlines()) + 1
        assert problem.column >= (1 if problem.line else 0)


def test_a_fault_at_the_end_of_a_large_file_is_explained_in_a_moment() -> None:
    line = "- {a: 'x', \"b\": [1, 2, 3]} # it's\n"
    text = line * (source.MAX_BYTES // len(line) // 4) + " - a: x\n"
    with pytest.raises(source.Unreadable, match="fits no line"):
        source.parse(text, "spec.yaml")


def refusal(text: str) -> str:
    """Why it can't be read, "" where it can."""
    try:
        source.parse(text, "spec.yaml")
    except source.Unreadable as unreadable:
        return unreadable.problem.message
    return ""


@pytest.mark.parametrize("piece", ["a: ", "!", "&a ", "${x} ", "[", "{a: ", "' ", '" ', "x, ", "- ", "|"])
def test_a_long_line_is_explained_in_a_moment(piece: str) -> None:
    for end in ("", "]", "}", "[ ${x", ": x: y", '"'):
        for begin in ("a: [", "a: "):
            # What is named of the line is no more of it than one reads.
            assert len(refusal(begin + piece * 30_000 + end)) < 500


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a" * 1100 + ": x\n", "1:1: a key has 1024 characters at most"),
        ("x:\n  '" + "a" * 1100 + "': x\n", "2:3: a key has 1024 characters at most"),
        ('{"' + "a" * 1100 + '": x}\n', "1:2: a key has 1024 characters at most"),
        ("a: " + "b c " * 400 + ": d\n", '1:1604: a second ": " in this line: put the value in quotes'),
    ],
)
def test_a_key_that_is_too_long(text: str, error: str) -> None:
    with pytest.raises(source.Unreadable) as unreadable:
        source.parse(text, "spec.yaml")
    assert f"spec.yaml:{error}" == str(unreadable.value)


def test_an_anchor_in_another_file_of_the_run_is_named(tmp_path: Path) -> None:
    paths = {name: tmp_path / name for name in ("a.yaml", "b.yaml", "c.yaml")}
    paths["a.yaml"].write_text("x-tags: &teams {a: b}\n# &team {a: b}\n")
    paths["b.yaml"].write_text("tags: *team\n")
    paths["c.yaml"].write_text("version: 1\nx-tags: &team {a: b}\n")
    files = Files(named=paths)
    for name, path in paths.items():
        files.read(path, name)
    words = "the anchor &team is in c.yaml:2: an alias reaches only anchors of its own file"
    assert [f"b.yaml:1:7: {words}"] == list(map(str, files.problems))
