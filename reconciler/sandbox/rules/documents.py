"""Policy documents: IAM's grammar, and principals that must exist."""

from typing import Any

from reconciler.policy import arns
from reconciler.policy.document import as_list, parse_json
from reconciler.policy.grammar import TRUST_JSON, Verdict, identity_verdicts, trust_verdicts
from reconciler.sandbox.rules.base import Params, Refusal, rule

_SOURCE = "contract §10 (LS:policies TestPolicyDocumentValidity, LS:roles)"


def _first(verdicts: tuple[Verdict, ...]) -> None:
    if verdicts:
        raise Refusal("MalformedPolicyDocument", verdicts[0].message)


def _parsed(text: str, message: str) -> Any:
    try:
        return parse_json(text)
    except ValueError:
        raise Refusal("MalformedPolicyDocument", message) from None


@rule("managed policy grammar", _SOURCE, "CreatePolicy", "CreatePolicyVersion")
def managed(_world: Any, params: Params) -> None:
    """MalformedPolicyDocument with IAM's message."""
    _first(identity_verdicts(_parsed(params["PolicyDocument"], "Syntax errors in policy.")))


@rule("inline policy grammar", _SOURCE, "PutRolePolicy")
def inline(_world: Any, params: Params) -> None:
    """As for managed policies, but a Version is not asked for."""
    _first(
        identity_verdicts(_parsed(params["PolicyDocument"], "Syntax errors in policy."), needs_version=False)
    )


@rule("trust policy grammar and principals", f"{_SOURCE}, TF#1388", "CreateRole", "UpdateAssumeRolePolicy")
def trust(world: Any, params: Params) -> None:
    """MalformedPolicyDocument; a role or user of this account that does not exist is no principal."""
    text = params.get("AssumeRolePolicyDocument") or params.get("PolicyDocument") or ""
    document = _parsed(text, TRUST_JSON)
    _first(trust_verdicts(document))
    for statement in as_list(document["Statement"]):
        principal = statement["Principal"]
        for value in as_list(principal.get("AWS", [])) if isinstance(principal, dict) else ():
            if not _exists(world, value):
                raise Refusal("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{value}"')


def _exists(world: Any, value: str) -> bool:
    """Whether IAM knows the principal: accounts always, of this account's roles and users the real ones."""
    if value == "*" or arns.ACCOUNT.fullmatch(value) or value.endswith(":root"):
        return True
    parsed = arns.parse(value)
    if parsed is None:
        return value.startswith("arn:") and ":sts:" in value
    if parsed.account != world.account_id:
        return True
    if parsed.kind == "role":
        return any(role.arn == value for role in world.roles.values())
    return parsed.kind == "user" and any(user.arn == value for user in world.users.values())


RULES = (managed, inline, trust)
