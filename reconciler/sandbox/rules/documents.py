"""Policy documents: IAM's grammar, how they are stored, and how they come back."""

import json
import re
from collections.abc import Iterator
from typing import Any

from moto.iam.models import ManagedPolicy, PolicyVersion

from reconciler.policy.catalogue.known_names import is_known_principal
from reconciler.policy.document import arns
from reconciler.policy.document.document import as_list, parse_json
from reconciler.policy.document.grammar import (
    SYNTAX,
    TRUST_JSON,
    GrammarError,
    identity_verdicts,
    trust_verdicts,
)
from reconciler.policy.document.grammar_texts import wrong_partition
from reconciler.sandbox.rule import Answer, ApiRefusal, ReceivedCall, after, before, instead, role_named
from reconciler.sandbox.rules.entities import holder
from reconciler.sandbox.rules.identities import exists, shown, stored

_FEDERATED = ("accounts.google.com", "cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com")
_SESSION = re.compile(
    r"arn:[a-z-]+:sts::[0-9]{12}:(assumed-role/[\w+=,.@-]+|federated-user)/[\w+=,.@-]+", re.ASCII
)
_ROOT = re.compile(r"arn:([a-z-]+):iam::[0-9]{12}:root")


def _first(verdicts: tuple[GrammarError, ...]) -> None:
    if verdicts:
        raise ApiRefusal("MalformedPolicyDocument", verdicts[0].message)


def _parsed(text: str, message: str) -> Any:
    try:
        return parse_json(text)
    except (ValueError, RecursionError):
        raise ApiRefusal("MalformedPolicyDocument", message) from None


@before("CreatePolicy", "CreatePolicyVersion", codes=("MalformedPolicyDocument",))
def managed(call: ReceivedCall) -> None:
    """A managed policy is of IAM's grammar, and of version 2012-10-17.

    Source: contract §10 (LS:policies TestPolicyDocumentValidity; TF#10419, GH cfn-lint#1376). MT: takes
    principals and odd Sids.
    """
    _first(identity_verdicts(_parsed(call.params["PolicyDocument"], SYNTAX)))


@before("PutRolePolicy", "PutUserPolicy", "PutGroupPolicy", codes=("MalformedPolicyDocument",))
def inline(call: ReceivedCall) -> None:
    """An inline policy is of IAM's grammar; its Version may be old or missing.

    Source: contract §10 (LS:policies; GH aws/serverless-application-model#3265). MT: asks for a Version,
    takes principals.
    """
    document = _parsed(call.params["PolicyDocument"], SYNTAX)
    _first(identity_verdicts(document, needs_version=False))


@before(
    "CreatePolicy",
    "CreatePolicyVersion",
    "PutRolePolicy",
    "PutUserPolicy",
    "PutGroupPolicy",
    codes=("MalformedPolicyDocument",),
)
def partitions(call: ReceivedCall) -> None:
    """An ARN of another partition is refused like one of none.

    Source: contract §10 (GH terraform-aws-modules/terraform-aws-iam#39: `aws` in aws-cn; the other way round
    is inferred).
    """
    for statement in as_list(parse_json(call.params["PolicyDocument"])["Statement"]):
        for resource in as_list(statement.get("Resource", statement.get("NotResource", []))):
            if resource.count(":") > 1 and resource.split(":")[1] not in (call.iam.partition, "*"):
                raise ApiRefusal("MalformedPolicyDocument", wrong_partition(resource))


@before("CreateRole", "UpdateAssumeRolePolicy", codes=("MalformedPolicyDocument",))
def trust(call: ReceivedCall) -> None:
    """A trust policy is of IAM's grammar, and every principal in it exists.

    Source: contract §5, §10 (LS:roles#test_update_assume_role_policy_errors, TF#1388, TF#4248). MT:
    CreateRole takes any text.
    """
    document = _parsed(_trust_text(call), TRUST_JSON)
    _first(trust_verdicts(document))
    for statement in as_list(document["Statement"]):
        for kind, value in _principals(statement["Principal"]):
            if not _is_principal(call, kind, value):
                raise ApiRefusal(
                    "MalformedPolicyDocument", f'Invalid principal in policy: "{kind.upper()}":"{value}"'
                )


def _trust_text(call: ReceivedCall) -> str:
    return str(call.params.get("AssumeRolePolicyDocument") or call.params.get("PolicyDocument") or "")


def _principals(principal: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for kind, values in principal.items():
        for value in as_list(values):
            yield kind, value


def _is_principal(call: ReceivedCall, kind: str, value: str) -> bool:
    """Whether IAM knows it.

    Of this account's roles and users the real ones, of other accounts whatever has the form.
    """
    if kind == "Service":
        return is_known_principal(value)
    if kind == "Federated":
        return value in _FEDERATED or bool(
            re.fullmatch(r"arn:[a-z-]+:iam::[0-9]{12}:(saml|oidc)-provider/.+", value)
        )
    if kind != "AWS" or value == "*" or arns.ACCOUNT.fullmatch(value):
        return True
    root = _ROOT.fullmatch(value)
    if root or _SESSION.fullmatch(value):
        return bool(value.split(":")[1] == call.iam.partition)
    return exists(call, value)


@instead("CreatePolicy")
def create_policy(call: ReceivedCall) -> Answer:
    """A policy is stored as it is sent, tags by their exact key, under an id that begins with ANPA.

    Source: contract §4 (UG:reference_identifiers.md), §1 (UG:id_tags.md). MT: judges again, by rules of its
    own.
    """
    params, iam = call.params, call.iam
    policy = ManagedPolicy(
        params["PolicyName"],
        iam.account_id,
        iam.region_name,
        description=params.get("Description"),
        document=params["PolicyDocument"],
        path=params.get("Path"),
        tags={tag["Key"]: tag for tag in params.get("Tags") or []},
    )
    policy.id = "ANPA" + policy.id[4:]
    iam.managed_policies[policy.arn] = policy
    return {"Policy": policy}


@instead("CreatePolicyVersion")
def create_policy_version(call: ReceivedCall) -> Answer:
    """The next version number, never one that was used; the default only where that is asked for.

    Source: contract §3 (LS:policies#create-version-after-delete). MT: judges again, by rules of its own.
    """
    policy = call.iam.managed_policies[call.params["PolicyArn"]]
    version = PolicyVersion(
        policy.arn, call.params["PolicyDocument"], version_id=f"v{policy.next_version_num}"
    )
    policy.versions.append(version)
    policy.next_version_num += 1
    if call.params.get("SetAsDefault"):
        policy.update_default_version(version.version_id)
    return {"PolicyVersion": version}


@instead("PutRolePolicy", "PutUserPolicy", "PutGroupPolicy")
def put_inline_policy(call: ReceivedCall) -> Answer:
    """An inline policy is stored as it is sent, in the place of another of its name.

    Source: contract §3 (M PutRolePolicy). MT: judges again, by rules of its own.
    """
    holder(call).put_policy(call.params["PolicyName"], call.params["PolicyDocument"])
    return {}


@instead("UpdateAssumeRolePolicy")
def update_trust(call: ReceivedCall) -> Answer:
    """A trust policy keeps the ids of the roles and users that it names.

    Source: contract §4 (UG:reference_policies_elements_principal.md). MT: keeps the text, after a judgement
    of its own.
    """
    role = role_named(call.iam, call.params["RoleName"])
    role.assume_role_policy_document = stored(call, call.params["PolicyDocument"])
    return {}


@before("CreateRole")
def new_trust(call: ReceivedCall) -> None:
    """As in UpdateAssumeRolePolicy: a trust policy keeps ids.

    Source: contract §4 (UG:reference_policies_elements_principal.md). MT: keeps the text.
    """
    call.params["AssumeRolePolicyDocument"] = stored(call, call.params["AssumeRolePolicyDocument"])


@after(
    "CreateRole",
    "GetRole",
    "ListRoles",
    "GetAccountAuthorizationDetails",
    "GetInstanceProfile",
    "ListInstanceProfiles",
    "ListInstanceProfilesForRole",
)
def read_trust(call: ReceivedCall, answer: Answer) -> None:
    """Principals come back as ARNs while they exist and as bare ids after; account ids as root ARNs.

    Lists in changing order.

    Source: contract §4 (UG:reference_policies_elements_principal.md, GH pulumi/pulumi-aws#1338,
    boto/boto3#1178).
    """
    as_sent = call.operation == "CreateRole"
    for role in _roles_in(answer):
        reads = call.world.trust_reads
        reads[role["RoleName"]] += 1
        turned = not as_sent and reads[role["RoleName"]] % 2 == 0
        role["AssumeRolePolicyDocument"] = shown(
            call, role["AssumeRolePolicyDocument"], turned=turned, roots=not as_sent
        )


def _roles_in(answer: Any) -> Iterator[dict[str, Any]]:
    if isinstance(answer, dict):
        if "AssumeRolePolicyDocument" in answer:
            yield answer
        for value in answer.values():
            yield from _roles_in(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from _roles_in(value)


@after("GetRolePolicy", "GetUserPolicy", "GetGroupPolicy")
def read_inline(_call: ReceivedCall, answer: Answer) -> None:
    """A document that was stored without a Version comes back with the one that it has by default.

    Source: contract §4 (GH ansible-collections/amazon.aws#98). MT: as it was sent.
    """
    data = parse_json(answer["PolicyDocument"])
    if "Version" not in data:
        answer["PolicyDocument"] = json.dumps({"Version": "2008-10-17", **data}, ensure_ascii=False)


RULES = (
    managed,
    inline,
    partitions,
    trust,
    new_trust,
    create_policy,
    create_policy_version,
    put_inline_policy,
    update_trust,
    read_trust,
    read_inline,
)
