"""Which tags say that another tool made a resource, and which say nothing of the kind."""

import pytest

from reconciler.facets.foreign_tools import TOOL_TAGS, foreign_owner

CLAIMED = [
    ("aws:cloudformation:stack-name", "web", "CloudFormation"),
    ("aws:cloudformation:logical-id", "Role", "CloudFormation"),
    ("aws:cloudformation:stack-name", "StackSet-base-0f1e", "a CloudFormation StackSet"),
    ("aws:servicecatalog:provisionedProductArn", "arn", "Service Catalog"),
    ("aws-cdk:auto-delete-objects", "true", "the AWS CDK"),
    ("lambda:createdBy", "SAM", "AWS SAM"),
    ("serverlessrepo:applicationId", "x", "AWS SAM"),
    ("STAGE", "dev", "the Serverless Framework"),
    ("pulumi:project", "web", "Pulumi"),
    ("crossplane-kind", "role.iam.aws.crossplane.io", "Crossplane"),
    ("crossplane-providerconfig", "default", "Crossplane"),
    ("services.k8s.aws/namespace", "default", "AWS Controllers for Kubernetes"),
    ("alpha.eksctl.io/cluster-name", "c", "eksctl"),
    ("eksctl.cluster.k8s.io/v1alpha1/cluster-name", "c", "eksctl"),
    ("ManagedBy", "Terraform", "Terraform"),
    ("managed-by", "terraform", "Terraform"),
    ("managed_by", "terraform-aws-modules", "Terraform"),
    ("Managed By", "OpenTofu", "Terraform"),
    ("CreatedBy", "pulumi", "Pulumi"),
    ("provisioner", "terragrunt", "Terraform"),
    ("ManagedBy", "AWS CDK", "the AWS CDK"),
    ("IaC", "CloudFormation", "CloudFormation"),
    ("app.kubernetes.io/managed-by", "Helm", ""),
    ("terraform", "true", "Terraform"),
    ("Terraform", "", "Terraform"),
]
NOBODYS = [
    ("ManagedBy", "platform-team"),
    ("ManagedBy", "reconcile"),
    ("ManagedBy", "samuel"),
    ("terraform", "false"),
    ("Terraform", "No"),
    ("lambda:createdBy", "somebody"),
    ("stage", "dev"),
    ("Name", "terraform"),
    ("aws:somethingelse", "x"),
    ("team", "pulumi"),
    ("crossplane", "x"),
]


@pytest.mark.parametrize(("key", "value", "tool"), CLAIMED)
def test_a_tool_claims_what_has_its_tag(key: str, value: str, tool: str) -> None:
    assert foreign_owner(frozenset({(key, value), ("Name", "x")})) == tool


@pytest.mark.parametrize(("key", "value"), NOBODYS)
def test_other_tags_claim_nothing(key: str, value: str) -> None:
    assert foreign_owner(frozenset({(key, value)})) == ""


def test_a_tag_that_the_spec_sets_claims_nothing() -> None:
    live = frozenset({("ManagedBy", "terraform")})
    assert foreign_owner(live, frozenset({("ManagedBy", "reconcile")})) == ""
    assert foreign_owner(live, frozenset({("managedby", "terraform")})) == ""
    assert foreign_owner(live | {("pulumi:stack", "dev")}, frozenset({("ManagedBy", "x")})) == "Pulumi"


def test_every_row_is_reached_and_has_a_source() -> None:
    for row in TOOL_TAGS:
        key = f"{row.key}x" if row.is_prefix else row.key
        assert foreign_owner(frozenset({(key, row.value or "x")})) == row.tool
        assert row.source
