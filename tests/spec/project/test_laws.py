"""Laws over drawn projects: however a spec is cut into files, templates and environments, it is the same."""

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.app.project import Words, selection
from reconciler.app.render import render
from reconciler.app.validate import validate_each

ACCOUNT = "123456789012"
NAMES = st.text("abcXYZ-_.", min_size=1, max_size=6)
# What a value may hold and stay text, whatever YAML or the language would make of it elsewhere.
TEXTS = st.text("ab: -{}[]#&*!|>'\"%@`,?\\\n", max_size=12).filter(lambda text: "${" not in text)
drawn = settings(max_examples=60, derandomize=True)


def policy(bucket: str) -> dict[str, Any]:
    return {"allow": [{"service": "s3", "read": "GetObject", "resources": f"{bucket}/*"}]}


def role(name: str, description: str, tag: str) -> dict[str, Any]:
    return {
        "trust": {"service": "lambda"},
        "attach": [f"{name}-p"],
        "description": description,
        "tags": {"t": tag},
    }


def resources(name: str, bucket: str, description: str, tag: str) -> dict[str, Any]:
    """What the template of these laws makes of its parameters."""
    return {
        "policies": {f"{name}-p": policy(bucket)},
        "roles": {f"{name}-r": role(name, description, tag)},
        "groups": {f"g-{name}": {"attach": [f"{name}-p"]}},
    }


TEMPLATE = {
    "parameters": {"name": {}, "bucket": {}, "text": {"default": "none"}, "tag": {"default": "${var.tag}"}},
    **resources("${param.name}", "${param.bucket}", "${param.text}", "${param.tag}"),
}
USES = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES, "bucket": st.text("abc", min_size=3, max_size=5)},
        optional={"text": TEXTS, "tag": st.text("ab =+-@", max_size=5)},
    ),
    max_size=4,
    unique_by=lambda use: use["name"].lower(),
)


def rendered(files: dict[str, Any], **words: Any) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            file = Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content), encoding="utf-8")
        request = selection(Words((), project_file=Path(folder) / "reconcile.yaml", **words))
        validate_each(request, ACCOUNT, strict=False)
        return render(request, ACCOUNT, "aws")


PROJECT = {"version": 1, "specs": ["specs/**"]}
HEAD = {"version": 1, "name": "t/a"}
VARIABLES = {"variables": {"tag": "v"}}


def written_by_hand(uses: list[dict[str, str]], tag: str) -> dict[str, Any]:
    """The same resources without a template."""
    spec: dict[str, Any] = {**HEAD, "policies": {}, "roles": {}, "groups": {}}
    for use in uses:
        values = {"text": "none", "tag": tag, **use}
        entries = resources(values["name"], values["bucket"], values["text"], values["tag"])
        for section, described in entries.items():
            spec[section] |= described
    return spec


@given(uses=USES, shared=st.booleans())
@drawn
def test_a_template_is_what_one_would_write_by_hand(uses: list[dict[str, str]], shared: bool) -> None:
    entries: list[dict[str, Any]] = [{"template": "t", "with": use} for use in uses]
    if shared and uses:
        entries = [{"template": "t", "for_each": uses}]
    used = {**HEAD, **VARIABLES, "templates": {"t": TEMPLATE}, "use": entries}
    by_hand = {"reconcile.yaml": PROJECT, "specs/a.yaml": written_by_hand(uses, "v")}
    assert rendered({"reconcile.yaml": PROJECT, "specs/a.yaml": used}) == rendered(by_hand)


@given(uses=USES)
@drawn
def test_a_library_is_as_good_as_the_spec_itself(uses: list[dict[str, str]]) -> None:
    entries = [{"template": "t", "with": use} for use in uses]
    own = {**HEAD, **VARIABLES, "templates": {"t": TEMPLATE}, "use": entries}
    beside = {**HEAD, **VARIABLES, "library": "../lib/*.yaml", "use": entries}
    files = {
        "reconcile.yaml": PROJECT,
        "specs/a.yaml": beside,
        "lib/t.yaml": {"version": 1, "templates": {"t": TEMPLATE}},
    }
    assert rendered(files) == rendered({"reconcile.yaml": PROJECT, "specs/a.yaml": own})


@given(data=st.data(), uses=USES, number=st.integers(1, 4))
@drawn
def test_a_spec_is_the_same_in_however_many_files(
    data: st.DataObject, uses: list[dict[str, str]], number: int
) -> None:
    spec = written_by_hand(uses, "v")
    spec |= {"tags": {"A": "x"}, "removed": ["role.Old", "role.Older"]}
    parts: list[dict[str, Any]] = [{"name": "t/a"} for _ in range(number)]
    at = st.integers(0, number - 1)
    for key, value in spec.items():
        if key in ("policies", "roles", "groups"):
            for name, entry in value.items():
                parts[data.draw(at)].setdefault(key, {})[name] = entry
        elif key == "removed":
            for entry in value:
                parts[data.draw(at)].setdefault(key, []).append(entry)
        else:
            parts[data.draw(at)][key] = value
    files = {f"specs/{'x/' * index}{index}.yaml": part for index, part in enumerate(parts)}
    whole = {"reconcile.yaml": PROJECT, "specs/a.yaml": spec}
    assert rendered({"reconcile.yaml": PROJECT, **files}) == rendered(whole)


@given(uses=USES, tag=st.text("abc", min_size=1, max_size=4))
@drawn
def test_an_environments_variables_are_those_of_options(uses: list[dict[str, str]], tag: str) -> None:
    entries = [{"template": "t", "with": use} for use in uses]
    spec = {**HEAD, **VARIABLES, "templates": {"t": TEMPLATE}, "use": entries}
    project = {**PROJECT, "environments": {"dev": {"variables": {"tag": tag}}, "prod": {}}}
    with_options = rendered({"reconcile.yaml": PROJECT, "specs/a.yaml": spec}, variables={"tag": tag})
    files = {"reconcile.yaml": project, "specs/a.yaml": spec}
    assert rendered(files, environment="dev") == with_options
    by_hand = {"reconcile.yaml": PROJECT, "specs/a.yaml": written_by_hand(uses, tag)}
    assert with_options == rendered(by_hand)
    assert rendered(files, environment="prod") == rendered({"reconcile.yaml": PROJECT, "specs/a.yaml": spec})
