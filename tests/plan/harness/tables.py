"""Tables of cases: YAML files beside the tests; each case is a sentence with specs, an account, an outcome.

A file says under `always` what is checked in each of its cases, also where a case doesn't name it: then it is
none. Under `in_each` stands what each case says unless it says otherwise. A case with a `fault` says what the
product should do, and doesn't yet: it has to fail until that is mended.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

Case = dict[str, Any]


class _Loader(yaml.CSafeLoader):
    """YAML in which no two cases have the same name."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if key.value != "<<"]
        twice = {key for key in keys if keys.count(key) > 1}
        assert not twice, f"{twice} stands twice at {node.start_mark}"
        return super().construct_mapping(node, deep)


def load(folder: Path, *names: str) -> list[Any]:
    """The cases of these tables as parameters, named by file and sentence."""
    cases: list[Any] = []
    for name in names:
        table = yaml.load((folder / f"{name}.yaml").read_text(encoding="utf-8"), _Loader)
        in_each = {**{what: [] for what in table.get("always", ())}, **table.get("in_each", {})}
        for sentence, given in table["cases"].items():
            case = {**in_each, **given}
            faults = [pytest.mark.xfail(reason=case["fault"], strict=True)] if "fault" in case else []
            cases.append(pytest.param(case, id=f"{name}: {sentence}", marks=faults))
    return cases


def check(expected: list[str], actual: list[str], what: str, *, exact: bool = False) -> None:
    """Each expected line has its actual one, and there is no other.

    Of a line, the last part stands anywhere in the last part of the actual one, the others are alike. A
    part less says nothing of the last one.
    """
    left = list(actual)
    lacking = []
    for line in expected:
        fit = next((other for other in left if (line == other if exact else _fits(line, other))), None)
        left.remove(fit) if fit is not None else lacking.append(line)
    assert (lacking, left) == ([], []), f"{what}: lacks {lacking}, has beyond them {left}"


def _fits(line: str, actual: str) -> bool:
    parts = line.split(" | ")
    *actual_head, text = actual.split(" | ", max(len(parts) - 1, actual.count(" | ")))
    if len(parts) == len(actual_head):
        return parts == actual_head
    return parts[:-1] == actual_head and parts[-1] in text
