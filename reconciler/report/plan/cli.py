"""A plan as a script of AWS CLI calls."""

import json
import re
import shlex

from reconciler.core.plan import Plan
from reconciler.core.text import escaped, plural

# Before a capital that a small letter follows, and before one behind a small letter: CreateSAMLProvider is
# create-saml-provider (the AWS CLI's names are those of botocore's xform_name).
_WORDS = re.compile(r"(?<=.)(?=[A-Z][a-z])|(?<=[a-z0-9])(?=[A-Z])")


def plan_script(plan: Plan) -> str:
    """The plan's calls in order, to be read or run with sh; needs of later calls are met by the order."""
    head = [
        "#!/bin/sh",
        f"# account {plan.header.account}, {plural(len(plan.calls), 'call')}",
        "set -eu",
        *_objections(plan),
    ]
    return "\n".join([*head, *(_command(c.service, c.operation, c.params) for c in plan.calls)]) + "\n"


def _objections(plan: Plan) -> list[str]:
    """What apply would refuse must not be run by way of a script either."""
    refused = [f"{r.address or 'plan'}: {r.message} {r.consent}" for r in plan.refusals]
    refused += [f"{u.address} could not be read: {u.message}" for u in plan.unread]
    return [f"echo {shlex.quote('refused: ' + escaped(text))} >&2" for text in refused] + (
        ["exit 1"] if refused else []
    )


def command_name(operation: str) -> str:
    """The AWS CLI's name of an operation."""
    return _WORDS.sub("-", operation).lower()


def _command(service: str, operation: str, params: dict[str, object]) -> str:
    """Parameters travel as one JSON text in ASCII, so that no quoting rule of a shell can change them."""
    return (
        f"aws {service} {command_name(operation)} --cli-input-json"
        f" {shlex.quote(json.dumps(params, sort_keys=True))}"
    )
