"""The JSON Schema and the grammar are one language: every example fits both, and both refuse alike."""

import copy
import json
import os
import re
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.spec import source
from reconciler.spec.json_schema import json_schema
from reconciler.spec.section_checks import data_of, read
from tests.spec.examples import every_example
from tests.spec.from_schema import drawn
from tests.test_language import HEAD, cases

SCHEMA = json.loads(json.dumps(json_schema()))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
# Why the grammar refuses what the schema takes: what JSON Schema has no words for.
UNSAYABLE = (
    "no value",  # an editor's null is a key without a value; below document: the schema takes anything
    "differs only in case",
    "stands here twice",
    "there is no day",
    "expected a date, YYYY-MM-DD",  # the 30th of February
    "mfa takes true",  # a duration of nothing
    "an account is twelve digits",  # leading zeros of a number
    "found nothing",
    "is no YAML",
    "a key has 1024 characters at most",
    "a control character",
)


def written(value: Any) -> str:
    """The value as YAML's flow style, text in quotes, null as nothing at all."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(k))}: {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(member) for member in value) + "]"
    return "" if value is None else json.dumps(value)


def grammar_says(text: str) -> list[str]:
    """Why the grammar refuses a file; nothing where it takes it, whatever IAM will think of it."""
    try:
        root = source.parse(text, "spec.yaml")
    except source.Unreadable as unreadable:
        return [unreadable.problem.message]
    data, positions, problems = data_of(root, "spec.yaml")
    return [p.message for p in problems + (read(data, positions, problems)[1] if data is not None else [])]


def is_unsayable(message: str) -> bool:
    return any(reason in message for reason in UNSAYABLE)


def test_the_schema_is_a_schema_with_words_for_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for name, section in SCHEMA["$defs"].items():
        for key, field in section.get("properties", {}).items():
            assert field.get("description") or "$ref" in str(field), f"{name}.{key}"


@pytest.mark.parametrize("example", every_example(), ids=lambda example: example.name)
def test_every_example_fits_the_schema(example: Any) -> None:
    for loader in (yaml.BaseLoader, yaml.SafeLoader):
        data = yaml.load(example.text, Loader=loader)
        # YAML 1.1 makes dates of what editors, on YAML 1.2, leave as text.
        assert VALIDATOR.is_valid(json.loads(json.dumps(data, default=str)))


@pytest.mark.parametrize("case", cases())
def test_schema_and_grammar_agree_on_every_case(case: dict[str, Any]) -> None:
    text = HEAD + case["spec"]
    data = yaml.load(text, Loader=yaml.CBaseLoader)
    refused = [message for message in grammar_says(text) if "no value" not in message]
    fits = VALIDATOR.is_valid(as_editors_read(data))
    assert fits == (not refused) or all(is_unsayable(message) for message in refused), refused


def as_editors_read(data: Any) -> Any:
    """Extensions have no schema, and `mara:` is null there."""
    named = ("users",)
    return {
        key: {name: entry or None for name, entry in value.items()} if key in named else value
        for key, value in data.items()
        if not key.startswith("x-")
    }


relaxed = settings(
    max_examples=int(os.environ.get("SCHEMA_EXAMPLES", "20")),
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


SPECS = drawn(SCHEMA, SCHEMA["$defs"])


@given(spec=SPECS)
@relaxed
def test_what_the_schema_takes_the_grammar_takes(spec: Any) -> None:
    assert [message for message in grammar_says(written(spec)) if not is_unsayable(message)] == []


@given(data=st.data(), spec=SPECS)
@relaxed
def test_what_the_grammar_takes_the_schema_takes(data: st.DataObject, spec: Any) -> None:
    changed = copy.deepcopy(spec)
    places = list(containers(changed))
    container, key = data.draw(st.sampled_from(places))
    container[key] = data.draw(
        st.sampled_from(["x", "", 7, True, [], {}, ["x"], {"x": "y"}, "1h", "2031-01-31"])
    )
    if not VALIDATOR.is_valid(changed):
        assert grammar_says(written(changed)) != []


def containers(value: Any) -> Any:
    """Every place of the spec at which another value can be put."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, member in list(members):
        yield value, key
        yield from containers(member)


def test_the_pattern_for_line_ends_is_in_every_pattern() -> None:
    patterns = re.findall(r'"pattern": "(.*?[^\\])"', json.dumps(SCHEMA))
    assert patterns
    assert all(p.endswith("$(?!\\\\n)") or "$" not in p for p in patterns)
