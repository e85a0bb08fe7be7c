"""What a JSON Schema validator says of a wrong spec: the place of the entry, and the key that is wrong."""

import copy
import json
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema.exceptions import best_match

from reconciler.spec import json_schema as module
from reconciler.spec.json_schema import json_schema, project_schema
from tests.spec.test_schema import SCHEMA, SPECS, VALIDATOR, containers, relaxed

HEAD = "version: 1\nname: a/b\n"
GRANT = "service: s3, read: GetObject, resources: '*'"
UNEXPECTED = "Additional properties are not allowed ({} unexpected)"
ONE_TEXT = "is not of type 'string', 'number', 'boolean'"
# The spec, the path of the error, its message or the end of that.
WRONG: dict[str, tuple[str, str, str]] = {
    "trust": ("roles: {R: {trust: {servce: ec2}}}", "$.roles.R.trust", UNEXPECTED.format("'servce' was")),
    "trust in a list": (
        "roles: {R: {trust: [{service: ec2}, {acount: this}]}}",
        "$.roles.R.trust[1]",
        UNEXPECTED.format("'acount' was"),
    ),
    "policy": ("policies: {P: {alow: []}}", "$.policies.P", UNEXPECTED.format("'alow' was")),
    "grant": (
        f"policies: {{P: {{allow: [{{{GRANT}, servce: x}}]}}}}",
        "$.policies.P.allow[0]",
        UNEXPECTED.format("'servce' was"),
    ),
    "grant of an inline policy": (
        "roles: {R: {trust: {service: ec2}, inline: {I: {allow: [{servce: s3}]}}}}",
        "$.roles.R.inline.I.allow[0]",
        UNEXPECTED.format("'servce' was"),
    ),
    "attach": (
        "roles: {R: {trust: {service: ec2}, attach: {polcy: X, expires: 2031-01-31}}}",
        "$.roles.R.attach",
        UNEXPECTED.format("'polcy' was"),
    ),
    "attach in a list": (
        "roles: {R: {trust: {service: ec2}, attach: [Read, {policy: X, expire: 2031-01-31}]}}",
        "$.roles.R.attach[1]",
        UNEXPECTED.format("'expire' was"),
    ),
    "attach of a user": (
        "users: {U: {attach: [{polcy: X}]}}",
        "$.users.U.attach[0]",
        UNEXPECTED.format("'polcy' was"),
    ),
    "instance profile": (
        "roles: {R: {trust: {service: ec2}, instance_profile: {nme: X}}}",
        "$.roles.R.instance_profile",
        UNEXPECTED.format("'nme' was"),
    ),
    "ignore of a role": (
        "roles: {R: {trust: {service: ec2}, ignore: [{rul: IAM601}]}}",
        "$.roles.R.ignore[0]",
        UNEXPECTED.format("'rul' was"),
    ),
    "parameter": (
        "templates: {T: {parameters: {p: {defalt: x}}}}",
        "$.templates.T.parameters.p",
        UNEXPECTED.format("'defalt' was"),
    ),
    "resource of a template": (
        "templates: {T: {roles: {R: {trst: x}}}}",
        "$.templates.T.roles.R",
        UNEXPECTED.format("'trst' was"),
    ),
    "a map for a condition's value": (
        f"policies: {{P: {{allow: [{{{GRANT}, when: {{'aws:x': {{a: b}}}}}}]}}}}",
        "$.policies.P.allow[0].when['aws:x']",
        f"{{'a': 'b'}} {ONE_TEXT}, 'array'",
    ),
    "a map among actions": (
        "policies: {P: {allow: [{service: s3, read: [GetObject, {a: b}], resources: '*'}]}}",
        "$.policies.P.allow[0].read[1]",
        f"{{'a': 'b'}} {ONE_TEXT}",
    ),
    "no resources": (
        "policies: {P: {allow: [{service: s3, read: GetObject, resources: []}]}}",
        "$.policies.P.allow[0].resources",
        "[] should be non-empty",
    ),
    "text for a trust": (
        "roles: {R: {trust: ec2}}",
        "$.roles.R.trust",
        "'ec2' is not of type 'object', 'array'",
    ),
    "list for a role": ("roles: {R: [a]}", "$.roles.R", "['a'] is not of type 'object', 'null'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_best_error_names_the_entry_and_the_key(name: str) -> None:
    text, path, message = WRONG[name]
    errors = list(VALIDATOR.iter_errors(yaml.load(HEAD + text, Loader=yaml.BaseLoader)))
    best = best_match(errors)
    assert best is not None
    assert (path, message) == (best.json_path, best.message)
    assert {path} == {error.json_path.removesuffix(".policy") for error in errors}


def test_of_a_project_too() -> None:
    validator = jsonschema.Draft202012Validator(project_schema())
    project = {"version": 1, "environments": {"live": {"acount": "123456789012"}}}
    error = best_match(validator.iter_errors(project))
    assert error is not None
    assert error.json_path == "$.environments.live"
    assert error.message == UNEXPECTED.format("'acount' was")


def _with_any_of() -> Any:
    """The schema before its forms are told apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "by_type", lambda schema, _definitions: schema)
        return json.loads(json.dumps(json_schema()))


BEFORE = jsonschema.Draft202012Validator(_with_any_of())
VALUES: Any = ["x", "", 7, 1.5, True, False, None, [], {}, ["x"], [{}], {"x": "y"}, "1h", "true"]


@given(data=st.data(), spec=SPECS)
@relaxed
def test_the_same_specs_fit_as_with_any_of(data: st.DataObject, spec: Any) -> None:
    assert BEFORE.is_valid(spec)
    assert VALIDATOR.is_valid(spec)
    for container, key in list(containers(spec)):
        before = copy.deepcopy(container[key])
        container[key] = data.draw(st.sampled_from(VALUES))
        assert BEFORE.is_valid(spec) == VALIDATOR.is_valid(spec)
        container[key] = before


def test_only_forms_of_one_type_and_what_fits_anything_are_any_of() -> None:
    def places(node: Any, at: str) -> Any:
        if isinstance(node, dict):
            if {} in node.get("anyOf", ()):
                return
            if "anyOf" in node:
                yield at
            for key, member in node.items():
                yield from places(member, f"{at}/{key}")
        elif isinstance(node, list):
            for member in node:
                yield from places(member, at)

    kept = {at.partition("/then")[0].rpartition("/properties/")[2] for at in places(SCHEMA, "")}
    assert kept == {"mfa/allOf", "instance_profile/allOf", "adopt/allOf"}
