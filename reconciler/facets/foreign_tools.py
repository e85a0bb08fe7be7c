"""Tags by which other tools say what is theirs: it is taken over only if that is consented to."""

import re
from dataclasses import dataclass

from reconciler.core.context import Tags


@dataclass(frozen=True, slots=True)
class ToolTag:
    """A tag of a tool: its key, or with `is_prefix` how its keys begin; its value where only that tells."""

    key: str
    tool: str
    source: str
    value: str = ""
    is_prefix: bool = False

    def fits(self, key: str, value: str) -> bool:
        """Whether a tag is one of these."""
        return (key.startswith(self.key) if self.is_prefix else key == self.key) and self.value in ("", value)


_CLOUDFORMATION = (
    "CloudFormation User Guide, Resource tag: reserved aws:cloudformation: keys on what a stack makes"
)
TOOL_TAGS = (
    ToolTag("aws:cloudformation:", "CloudFormation", _CLOUDFORMATION, is_prefix=True),
    ToolTag(
        "aws:servicecatalog:",
        "Service Catalog",
        "Service Catalog Administrator Guide, AutoTags: on what a provisioned product makes",
        is_prefix=True,
    ),
    ToolTag(
        "aws-cdk:", "the AWS CDK", "aws-cdk: its custom resources mark with keys of this kind", is_prefix=True
    ),
    ToolTag(
        "lambda:createdBy",
        "AWS SAM",
        "AWS SAM Developer Guide, Tags: added to functions and to the roles made for them",
        value="SAM",
    ),
    ToolTag("serverlessrepo:", "AWS SAM", "serverless-application-model: reserved keys", is_prefix=True),
    ToolTag(
        "STAGE", "the Serverless Framework", "serverless/serverless#6979: on every stack, not to be renamed"
    ),
    ToolTag(
        "pulumi:", "Pulumi", "Pulumi: pulumi:project and pulumi:stack, as its guides tag", is_prefix=True
    ),
    ToolTag("crossplane-kind", "Crossplane", "crossplane-runtime: default tags of what is managed"),
    ToolTag("crossplane-name", "Crossplane", "crossplane-runtime: default tags of what is managed"),
    ToolTag("crossplane-providerconfig", "Crossplane", "crossplane-runtime: default tags of what is managed"),
    ToolTag(
        "services.k8s.aws/",
        "AWS Controllers for Kubernetes",
        "ACK, Managing Tags on your AWS Resources: default tags",
        is_prefix=True,
    ),
    ToolTag("alpha.eksctl.io/", "eksctl", "eksctl: tags of clusters and service accounts", is_prefix=True),
    ToolTag(
        "eksctl.cluster.k8s.io/", "eksctl", "eksctl: the older key of the cluster's name", is_prefix=True
    ),
)
# What people call a tag that names the tool, without case, spaces and signs.
_WHO = re.compile("(managed|created|provisioned|deployed)by|provisioner|iac|iactool|tool")
# What they write there, and what it means. A team's name is nobody's tool.
_TOOLS = (
    (re.compile(r"\b(terraform|tf|tofu|opentofu|terragrunt|atlantis|spacelift)\b"), "Terraform"),
    (re.compile(r"\bpulumi\b"), "Pulumi"),
    (re.compile(r"\b(cloudformation|cfn|stackset|stacksets)\b"), "CloudFormation"),
    (re.compile(r"\b(cdk|aws-cdk)\b"), "the AWS CDK"),
    (re.compile(r"\b(sam|aws-sam)\b"), "AWS SAM"),
    (re.compile(r"\b(serverless|sls)\b"), "the Serverless Framework"),
    (re.compile(r"\bcrossplane\b"), "Crossplane"),
    (re.compile(r"\b(ack|aws-controllers-k8s)\b"), "AWS Controllers for Kubernetes"),
    (re.compile(r"\beksctl\b"), "eksctl"),
    (re.compile(r"\b(ansible|chef|puppet|salt|sst|cdktf)\b"), "another tool"),
)
# `Terraform: true`, and the like.
_NAMED = {"terraform": "Terraform", "opentofu": "Terraform", "pulumi": "Pulumi", "cdk": "the AWS CDK"}
_NO = frozenset({"false", "no", "0", "none"})
_SIGNS = re.compile(r"[^a-z]")
_STACK_SET = "StackSet-"


def foreign_owner(all_tags: Tags, own: Tags = frozenset()) -> str:
    """The other tool that claims the resource by its tags, or "".

    `own` are the tags that the spec itself sets: these claim nothing.
    """
    kept = {key.casefold() for key, _ in own}
    tools = (_tool(key, value) for key, value in sorted(all_tags) if key.casefold() not in kept)
    return next((tool for tool in tools if tool), "")


def _tool(key: str, value: str) -> str:
    row = next((row for row in TOOL_TAGS if row.fits(key, value)), None)
    if row is not None:
        is_set = key == "aws:cloudformation:stack-name" and value.startswith(_STACK_SET)
        return "a CloudFormation StackSet" if is_set else row.tool
    name, text = _SIGNS.sub("", key.casefold()), value.casefold()
    if _WHO.fullmatch(name):
        return next((tool for pattern, tool in _TOOLS if pattern.search(text)), "")
    return _NAMED.get(name, "") if text not in _NO else ""
