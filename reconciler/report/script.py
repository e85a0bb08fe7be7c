"""A plan as a script of AWS CLI calls."""

import json
import re
import shlex

from reconciler.core.plan import Plan
from reconciler.core.text import escaped

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def plan_script(plan: Plan) -> str:
    """The plan's calls in order, to be read or run with sh; needs of later calls are met by the order."""
    head = [
        "#!/bin/sh",
        f"# account {plan.header.account}, {len(plan.calls)} calls",
        "set -eu",
        *_objections(plan),
    ]
    return "\n".join([*head, *(_command(c.service, c.operation, c.params) for c in plan.calls)]) + "\n"


def _objections(plan: Plan) -> list[str]:
    """What apply would refuse must not be run by way of a script either."""
    said = [f"{r.address or 'plan'}: {r.message} {r.consent}" for r in plan.refusals]
    said += [f"{u.address} could not be read: {u.message}" for u in plan.unread]
    return [f"echo {shlex.quote('refused: ' + escaped(text))} >&2" for text in said] + (
        ["exit 1"] if said else []
    )


def _command(service: str, operation: str, params: dict[str, object]) -> str:
    """Parameters travel as one JSON text in ASCII, so that no quoting rule of a shell can change them."""
    name = _HUMPS.sub("-", operation).lower()
    return f"aws {service} {name} --cli-input-json {shlex.quote(json.dumps(params, sort_keys=True))}"
