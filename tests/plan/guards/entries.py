"""The tables of attempts and of everyday documents, as specs."""

import json
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ACCOUNT

HERE = Path(__file__).parent
OF_EC2 = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
HARMLESS = [["allow", "sqs:GetQueueUrl", "arn:aws:sqs:*:123456789012:nothing"]]


def table(name: str) -> dict[str, dict[str, Any]]:
    """The entries of a table by the names of the roles that they become."""
    entries = yaml.load((HERE / f"{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return {f"R{number:03}": entry for number, entry in enumerate(entries)}


def document(statements: list[Any], name: str = "R") -> dict[str, Any]:
    """The policy document that `do` or `within` says."""
    return {"Version": "2012-10-17", "Statement": [_statement(name, *parts) for parts in statements]}


def _statement(name: str, effect: str, actions: Any, resources: Any, condition: Any = None) -> dict[str, Any]:
    return {
        "Effect": effect.capitalize(),
        **_element("Action", actions, name),
        **_element("Resource", resources, name),
        **({"Condition": json.loads(_text(json.dumps(condition), name))} if condition else {}),
    }


def _element(key: str, texts: Any, name: str) -> dict[str, Any]:
    listed = texts if isinstance(texts, list) else [texts]
    negated = listed[0].startswith("!")
    return {f"Not{key}" if negated else key: [_text(text.removeprefix("!"), name) for text in listed]}


def _text(text: str, name: str) -> str:
    iam = f"arn:aws:iam::{ACCOUNT}:"
    text = text.replace("${me}", f"{iam}role/{name}").replace("${limit}", f"{iam}policy/B{name}")
    return f"{iam}{text}" if text.startswith(("role/", "user/", "group/", "policy/")) else text


def trust(entry: dict[str, Any]) -> dict[str, Any]:
    """The trust policy of an entry; a condition key that begins with a colon is a claim of its provider."""
    host = entry.get("oidc", "")
    principal = entry.get("principal") or {
        "Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}" if host else entry["web"]
    }
    condition = {
        operator: {f"{host}{key}" if key.startswith(":") else key: values for key, values in keys.items()}
        for operator, keys in entry.get("condition", {}).items()
    }
    federated = principal.get("Federated", "")
    action = "sts:AssumeRole"
    if federated:
        action += "WithSAML" if ":saml-provider/" in federated else "WithWebIdentity"
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return {
        "Version": "2012-10-17",
        "Statement": [statement | ({"Condition": condition} if condition else {})],
    }


def role(statements: list[Any], name: str, **more: Any) -> dict[str, Any]:
    """A role that EC2 assumes and that has one policy of its own."""
    return {"trust_document": OF_EC2, "inline": {"I": {"document": document(statements, name)}}, **more}


def spec(roles: dict[str, Any], policies: dict[str, Any] | None = None) -> str:
    """A spec of these, as JSON, which is YAML."""
    parts = {"version": 1, "name": "t/guards", "account": ACCOUNT, "policies": policies or {}, "roles": roles}
    return json.dumps({key: value for key, value in parts.items() if value != {}})
