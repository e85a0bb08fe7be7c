"""Documents that accounts have, and states without what an export leaves out."""

import json
from typing import Any

from reconciler.policy.document.document import document
from reconciler.policy.meaning.canonical import digest
from tests.laws.states import without_history

TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
}
SECURE = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
}
OLD = {"Version": "2008-10-17", "Statement": [{"Sid": "", **TRUST["Statement"]}]}  # type: ignore[dict-item]


def plain(state: dict[str, Any]) -> dict[str, Any]:
    """Without our own tags, the number of versions of a policy, and the ways of writing one document."""
    text = json.dumps(without_history(state), default=sorted, sort_keys=True)

    def shown(pairs: list[tuple[str, Any]]) -> Any:
        fields = {key: value for key, value in pairs if not key.startswith("reconciler:")}
        return digest(document(fields)) if "Statement" in fields else fields

    plain_state: dict[str, Any] = json.loads(text, object_pairs_hook=shown)
    return plain_state
