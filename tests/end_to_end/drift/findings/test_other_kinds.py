"""Drift of identity providers, groups and the account's settings."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli, Server
from tests.end_to_end.drift.tampering import drifted
from tests.end_to_end.metadata import METADATA, write_metadata

OIDC = "arn:aws:iam::123456789012:oidc-provider/gitlab.com"


@pytest.mark.parametrize(
    ("tamper", "rule", "severity", "says"),
    [
        (
            lambda i: i.add_client_id_to_open_id_connect_provider(
                OpenIDConnectProviderArn=OIDC, ClientID="theirs"
            ),
            "audiences",
            "gained",
            "theirs",
        ),
        (
            lambda i: i.remove_client_id_from_open_id_connect_provider(
                OpenIDConnectProviderArn=OIDC, ClientID="a"
            ),
            "audiences",
            "lost",
            "a",
        ),
        (
            lambda i: i.update_open_id_connect_provider_thumbprint(
                OpenIDConnectProviderArn=OIDC, ThumbprintList=["b" * 40]
            ),
            "thumbprints",
            "gained",
            "b" * 40,
        ),
        (
            lambda i: i.delete_open_id_connect_provider(OpenIDConnectProviderArn=OIDC),
            "absent",
            "lost",
            "does not exist",
        ),
    ],
)
def test_what_was_done_to_an_oidc_provider_is_found_and_mended(
    tamper: Any, rule: str, severity: str, says: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "version: 1\nname: a/b\noidc_providers:\n  gitlab.com: {audiences: [a, b], thumbprints:"
        f" {'a' * 40}}}\n"
    )
    cli("apply", path, "--yes")
    assert "1 of 1 resource in sync" in cli("drift", path, code=0).out
    tamper(sandbox.iam())
    (finding,) = json.loads(cli("drift", path, "--format", "json", code=2).out)["findings"]
    assert (finding["rule"], finding["severity"], finding["address"]) == (
        rule,
        severity,
        "oidc-provider.gitlab.com",
    )
    assert says in finding["message"]
    cli("apply", path, "--yes")
    cli("drift", path, code=0)


def test_providers_that_no_spec_describes_any_more_are_orphans(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    write_metadata(tmp_path)
    head = "version: 1\nname: a/b\noidc_providers:\n  gitlab.com: {audiences: a}\n"
    path.write_text(
        head + "  oidc.example/id/A: {audiences: a}\nsaml_providers:\n  Okta: {metadata_file: a.xml}\n"
    )
    cli("apply", path, "--yes")
    path.write_text(head)
    findings = json.loads(cli("drift", path, "--format", "json", code=2).out)["findings"]
    assert {(f["rule"], f["address"]) for f in findings} == {
        ("orphan", "oidc-provider.oidc.example/id/A"),
        ("orphan", "saml-provider.Okta"),
    }


SAML = "arn:aws:iam::123456789012:saml-provider/Okta"


def test_what_was_done_to_a_saml_provider_and_to_the_account_is_found_and_mended(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    write_metadata(tmp_path)
    path.write_text(
        "version: 1\nname: a/b\naccount: 123456789012\nsaml_providers:\n  Okta: {metadata_file: a.xml}\n"
        "account_settings: {alias: acme-prod, password_policy: {minimum_password_length: 14}}\n"
    )
    cli("apply", path, "--yes")
    iam = sandbox.iam()
    iam.update_saml_provider(SAMLProviderArn=SAML, SAMLMetadataDocument=METADATA["b.xml"])
    iam.create_account_alias(AccountAlias="acme-other")
    for length, severity in ((13, "gained"), (15, "metadata")):
        iam.update_account_password_policy(MinimumPasswordLength=length)
        findings = {f["rule"]: f for f in drifted(cli, path)}
        assert {rule: f["severity"] for rule, f in findings.items()} == {
            "metadata": "gained",
            "alias": "lost",
            "password_policy": severity,
        }
    assert "entityID https://idp.example/b" in findings["metadata"]["message"]
    assert "xxxx" not in str(findings)
    assert "can't be written for you" in cli("drift", path, "--accept", findings["alias"]["id"], code=1).err
    cli("apply", path, "--yes")
    assert drifted(cli, path, code=0) == []


def test_an_alias_that_another_account_has_is_said_to_be_that(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("version: 1\nname: a/b\naccount: 123456789012\naccount_settings: {alias: acme-prod}\n")
    # After an answer that was lost it could be this account's own.
    sandbox.control("fail", operation="CreateAccountAlias", times=1, cut="reset")
    sandbox.control("fail", operation="CreateAccountAlias", times=1, code="EntityAlreadyExists", status=409)
    assert "another account has this alias" in cli("apply", path, "--yes", code=1).out


@pytest.mark.parametrize(
    ("tamper", "rule", "severity", "says"),
    [
        (lambda i: i.add_user_to_group(GroupName="G", UserName="theo"), "members", "gained", "theo"),
        (lambda i: i.remove_user_from_group(GroupName="G", UserName="mara"), "members", "lost", "mara"),
        (
            lambda i: i.attach_group_policy(
                GroupName="G", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
            ),
            "attached",
            "critical",
            "AdministratorAccess",
        ),
        (
            lambda i: i.detach_group_policy(
                GroupName="G", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
            ),
            "attached",
            "lost",
            "ReadOnlyAccess",
        ),
        (
            lambda i: i.put_group_policy(
                GroupName="G",
                PolicyName="own",
                PolicyDocument=(
                    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'
                ),
            ),
            "inline",
            "gained",
            "own",
        ),
        (lambda i: i.update_group(GroupName="G", NewPath="/x/"), "path", "metadata", "/x/"),
    ],
)
def test_what_was_done_to_a_group_is_found_and_mended(
    tamper: Any, rule: str, severity: str, says: str, cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    for name in ("mara", "theo"):
        sandbox.iam().create_user(UserName=name)
    path = tmp_path / "s.yaml"
    path.write_text("version: 1\nname: a/b\ngroups:\n  G: {attach: 'aws:ReadOnlyAccess', members: [mara]}\n")
    cli("apply", path, "--yes")
    cli("drift", path, code=0)
    tamper(sandbox.iam())
    (finding,) = json.loads(cli("drift", path, "--format", "json", code=2).out)["findings"]
    assert (finding["rule"], finding["severity"], finding["address"]) == (rule, severity, "group.G")
    assert says in finding["message"]
    cli("apply", path, "--yes")
    cli("drift", path, code=0)
