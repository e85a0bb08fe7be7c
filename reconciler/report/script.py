"""A plan as a script of AWS CLI calls."""

import json
import re
import shlex

from reconciler.core.plan import Plan

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def plan_script(plan: Plan) -> str:
    """The plan's calls in order, to be read or run with sh; needs of later calls are met by the order."""
    head = ["#!/bin/sh", f"# account {plan.header.account}, {len(plan.calls)} calls", "set -eu"]
    return "\n".join([*head, *(_command(c.service, c.operation, c.params) for c in plan.calls)]) + "\n"


def _command(service: str, operation: str, params: dict[str, object]) -> str:
    """Parameters travel as one JSON text in ASCII, so that no quoting rule of a shell can change them."""
    name = _HUMPS.sub("-", operation).lower()
    return f"aws {service} {name} --cli-input-json {shlex.quote(json.dumps(params, sort_keys=True))}"
