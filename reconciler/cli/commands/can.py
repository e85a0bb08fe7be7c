"""`reconcile can`."""

from typing import Any

import click

from reconciler.app import can
from reconciler.app.project import check_account, environment_of, with_credentials
from reconciler.app.request import SpecSelection
from reconciler.cli import completions, options, terminal
from reconciler.core.text import escaped
from reconciler.policy.compare.identity import IdentityDecision
from reconciler.policy.meaning.evaluate import AccessRequest
from reconciler.report.plan.as_json import dumped

NOT_LOOKED_AT = "service control policies, resource policies, session policies"


def _context(
    _ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    values_of: dict[str, tuple[str, ...]] = {}
    for value in values:
        key, sign, text = value.partition("=")
        if not sign or not key:
            raise click.BadParameter("write KEY=VALUE")
        values_of[key] = (*values_of.get(key, ()), text)
    return values_of


@click.command(
    "can",
    epilog="""\b
Example:
  reconcile can CustomRWECRRole ecr:PutImage arn:aws:ecr:eu-west-1:123456789012:repository/app
  reconcile can Auditor s3:GetObject arn:aws:s3:::acme/x --context aws:SourceIp=203.0.113.7
\b
Exit codes: 0 allowed, 2 denied, 3 unknown, 1 failed.""",
)
@click.argument("role", shell_complete=completions.roles)
@click.argument("action")
@click.argument("resource", required=False)
@click.option(
    "--context",
    multiple=True,
    callback=_context,
    metavar="KEY=VALUE",
    help="A condition key of the request; given twice it has two values.",
)
@click.option(
    "--spec",
    "paths",
    multiple=True,
    type=options.PlaceType(),
    metavar="PATH",
    help="A spec file or a folder of them; where not given, the specs of reconcile.yaml, else specs/.",
)
@options.project
@options.account
@options.partition
@click.option("--live", is_flag=True, help="Ask AWS, not the specs.")
@options.target
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json is for machines.",
)
def command(
    role: str,
    action: str,
    resource: str | None,
    context: dict[str, tuple[str, ...]],
    request: SpecSelection,
    account: str | None,
    partition: str,
    live: bool,
    format_: str,
    **target: str | None,
) -> int:
    """Say whether a role may do something, and which statement decides, by the specs or by live IAM.

    ROLE is a role's name, and users and groups are not answered for; ACTION such as s3:GetObject; RESOURCE an
    ARN.
    """
    if live and role.startswith("arn:"):
        can.check_may_be_role(role)
    environment_of(request)
    asked = can.access_request(action, resource, context, account)
    if live:
        decision = _live(role, asked, with_credentials(request, target), request)
    else:
        decision = can.ruling_of(request, role, account, partition, asked)
    terminal.result(dumped(_data(decision)) if format_ == "json" else _text(role, action, resource, decision))
    return {"allowed": 0, "denied": 2, "unknown": 3}[decision.answer]


def _live(
    role: str, asked: AccessRequest, target: dict[str, str | None], request: SpecSelection
) -> IdentityDecision:
    # Start-up: only this way needs boto3.
    from reconciler.app.observe.live_access import ruling_of  # noqa: PLC0415
    from reconciler.aws.client import Client, Target  # noqa: PLC0415
    from reconciler.aws.reader import Reader  # noqa: PLC0415

    client = Client(Target(**{key: value or None for key, value in target.items()}))
    if request.environment:
        check_account(request, client.caller().account)
    return ruling_of(role.rpartition("/")[2] if role.startswith("arn:") else role, asked, Reader(client))


def _text(role: str, action: str, resource: str | None, decision: IdentityDecision) -> str:
    word = "cannot tell" if decision.answer == "unknown" else decision.answer
    where = f" on {resource}" if resource else ""
    lines = [f"{word}: {role} {action}{where}"]
    lines.append(f"  {decision.why}{_decided(decision)}")
    lines.append(f"  not checked: {NOT_LOOKED_AT}")
    return "\n".join(escaped(line) for line in lines) + "\n"


def _decided(decision: IdentityDecision) -> str:
    if decision.statement is None:
        return ""
    sid = f" ({decision.statement.sid})" if decision.statement.sid else ""
    return f": {decision.document}, statement {decision.statement.index + 1}{sid}"


def _data(decision: IdentityDecision) -> dict[str, Any]:
    statement = decision.statement
    return {
        "answer": decision.answer,
        "why": decision.why,
        "document": decision.document or None,
        "statement": (
            None if statement is None else {"number": statement.index + 1, "sid": statement.sid or None}
        ),
        "not_looked_at": NOT_LOOKED_AT.split(", "),
    }
