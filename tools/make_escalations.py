"""Writes the table of known ways to administrator access, and the AWS managed policies that lead there.

`make data` runs it, a test compares. The ways are those of `escalation_paths.tsv`, whose head names their
sources.
"""

import json
from pathlib import Path
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from reconciler.policy.document.document import document
from reconciler.policy.meaning.statements import statements
from reconciler.policy.risk.caller_keys import CallerFacts
from reconciler.policy.risk.escalations import JudgedBy, allows_everything, reachable

HERE = Path(__file__).parent
POLICY = HERE.parent / "reconciler" / "policy" / "catalogue"
WAYS, LEADING = POLICY / "escalations.json", POLICY / "leading_policies.json"
_TOLD = ("sts-001", "cloudformation-005")
_KINDS = {"existing-passrole": "told", "identity-center": "named"}


def ways() -> list[dict[str, Any]]:
    """One entry for each line of the table."""
    lines = (HERE / "escalation_paths.tsv").read_text(encoding="utf-8").splitlines()
    return [_way(*line.split("\t")) for line in lines if not line.startswith("#")]


def _way(key: str, category: str, actions: str, passed_to: str, how: str) -> dict[str, Any]:
    kind = "told" if key in _TOLD else _KINDS.get(category, "refused")
    return {"id": key, "kind": kind, "how": how, "actions": actions.split(), "passed_to": passed_to.split()}


def leading() -> list[str]:
    """Path and name of each AWS managed policy that allows everything or leads there by itself."""
    caller = CallerFacts("123456789012", "aws", wide=("arn:aws:iam::aws:policy/AdministratorAccess",))
    names = []
    for name, policy in json.loads(aws_managed_policies_data).items():
        held = statements(document(policy["Document"]))
        leads = any(not way.indirect for way in reachable(JudgedBy(held, caller)))
        if leads or allows_everything(held, bounded=False):
            names.append(policy.get("Path", "/").lstrip("/") + name)
    return sorted(names)


def texts() -> dict[Path, str]:
    """The content of each file."""
    return {
        WAYS: json.dumps(ways(), indent=0) + "\n",
        LEADING: json.dumps(leading(), indent=0) + "\n",
    }


if __name__ == "__main__":
    WAYS.write_text(json.dumps(ways(), indent=0) + "\n", encoding="utf-8")
    LEADING.write_text(json.dumps(leading(), indent=0) + "\n", encoding="utf-8")
