"""The principals of a trust: services, accounts, roles, users and identity providers, made complete."""

import re

from reconciler.core.context import SpecContext
from reconciler.core.problems import Problems
from reconciler.core.text import similar
from reconciler.policy import lint_codes
from reconciler.policy.catalogue import known_names
from reconciler.policy.document import arns
from reconciler.policy.grants.trust import service_principal

_OIDC_ARN = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/(.+)")
_SAML_ARN = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:saml-provider/([\w.-]+)", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(/[A-Za-z0-9._~%/-]*)?")
_IAM_NAME = re.compile(r"[\x21-\x29\x2b-\x3e\x40-\x7a\x7c\x7e]+")
_SAML_NAME = re.compile(r"[\w.-]{1,128}", re.ASCII)
# Providers that IAM knows without an ARN (IAM user guide, reference_policies_elements_principal).
BUILT_IN = ("accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com")


def principal(kind: str, value: str, context: SpecContext, problems: Problems) -> str:
    """The complete principal of `service:`, `account:`, `role:` or `user:`, "" after reporting an error."""
    if kind == "service":
        return _service(value, problems)
    if kind == "account":
        account = context.account if value == "this" else value
        if not arns.ACCOUNT.fullmatch(account):
            problems.error(f'"{value[:60]}" is no account: write this, or twelve digits')
            return ""
        return arns.root(context.partition, account)
    return _role_or_user(kind, value, context, problems)


def _service(value: str, problems: Problems) -> str:
    if not re.fullmatch(r"[a-z0-9.-]+", value):
        problems.error(f'"{value[:60]}" is no service: write ec2, lambda, … in small letters')
        return ""
    complete = service_principal(value)
    if not known_names.is_known_principal(complete):
        guess = known_names.similar_principal(complete)
        problems.warning(
            lint_codes.UNKNOWN_SERVICE_PRINCIPAL,
            f"{complete} is no service principal in the list of"
            f" {known_names.date_of_principals()}{f'; did you mean {guess}?' if guess else ''}",
        )
    return complete


def _role_or_user(kind: str, value: str, context: SpecContext, problems: Problems) -> str:
    if value.startswith("arn:"):
        parsed = arns.parse(value)
        if (
            parsed is None
            or parsed.kind != kind
            or parsed.is_aws_managed
            or not _IAM_NAME.fullmatch(parsed.path[1:] + parsed.name)
        ):
            problems.error(
                f"that is no {kind}'s ARN: arn:{context.partition}:iam::ACCOUNT:{kind}/PATH/NAME, no"
                " wildcards"
            )
            return ""
        return value
    arn = context.names.arn(kind, value)
    if not arn:
        guess = similar(value, context.names.of(kind))
        hint = f"; did you mean {guess}? Else write its ARN" if guess else ": write its ARN"
        problems.error(f'no loaded spec has a {kind} "{value[:128]}"{hint}')
    return arn


def oidc_provider(value: str, context: SpecContext, problems: Problems) -> tuple[str, str]:
    """The provider's ARN, and the host with path with which its condition keys begin.

    "" twice after reporting an error.
    """
    if value.startswith("https://"):
        problems.error(
            "a provider is named without https://: write"
            f" {value.removeprefix('https://')[:200] or 'its host'}"
        )
        return "", ""
    match = _OIDC_ARN.fullmatch(value)
    host = match[1] if match else value
    if not _HOST.fullmatch(host):
        problems.error(
            f'"{value[:60]}" is no OIDC provider: write its host, with its path if it has one, or its ARN'
        )
        return "", ""
    if host in BUILT_IN:
        problems.warning(
            "IAM610",
            f"IAM knows {host} without a provider of yours, under its bare name: write trust_document",
        )
        return f"arn:{context.partition}:iam::{context.account}:oidc-provider/{host}", host
    arn = value if match else f"arn:{context.partition}:iam::{context.account}:oidc-provider/{host}"
    _warn_of_another_account(arn, context, problems)
    _note_unless_loaded("oidc-provider", host, context, problems)
    return arn, host


def saml_provider(value: str, context: SpecContext, problems: Problems) -> str:
    """The provider's ARN, or "" after reporting an error."""
    match = _SAML_ARN.fullmatch(value)
    name = match[1] if match else value
    if not _SAML_NAME.fullmatch(name):
        problems.error(f'"{value[:60]}" is no SAML provider: write its name or its ARN')
        return ""
    _note_unless_loaded("saml-provider", name, context, problems)
    _warn_of_another_account(value, context, problems)
    return value if match else f"arn:{context.partition}:iam::{context.account}:saml-provider/{name}"


def _warn_of_another_account(arn: str, context: SpecContext, problems: Problems) -> None:
    here = f"arn:{context.partition}:iam::{context.account}:"
    if context.account_is_known and arn.startswith("arn:") and not arn.startswith(here):
        problems.warning(
            "IAM611",
            f"a provider of another account: this run is for {context.account} in {context.partition}",
        )


def _note_unless_loaded(kind: str, name: str, context: SpecContext, problems: Problems) -> None:
    if not context.names.arn(kind, name):
        problems.note("IAM612", f"no loaded spec describes the provider {name}: it must be there already")
