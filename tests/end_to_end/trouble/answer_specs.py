"""Specs with all kinds in few resources, whose reads are answered in part."""

from pathlib import Path

from tests.conftest import Cli
from tests.end_to_end.metadata import write_metadata

FEW = """version: 1
name: a/few
tags: {team: x}
policies:
  P: {allow: [{service: s3, read: GetObject, resources: ["b/*"]}], description: text, path: /a/}
roles:
  R: {trust: [{service: ec2}], attach: [P], boundary: P, description: d, max_session_duration: 2h, path: /p/,\
 instance_profile: true, inline: {x: {allow: [{service: sqs, write: SendMessage, resources: q}]}}}
"""
OTHERS = """version: 1
name: a/others
tags: {team: x}
groups:
  G: {attach: ["aws:ReadOnlyAccess"], path: /g/, inline: {x: {allow: [{service: sqs, write: SendMessage,\
 resources: q}]}}}
users:
  U: {attach: ["aws:ReadOnlyAccess"], boundary: "aws:ReadOnlyAccess", groups: [G], path: /u/,\
 inline: {x: {allow: [{service: sqs, write: SendMessage, resources: q}]}}}
oidc_providers:
  gitlab.com: {audiences: [a, b], thumbprints: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA}
saml_providers:
  Okta: {metadata_file: a.xml}
"""
SETTINGS = """account: 123456789012
version: 1
name: a/settings
account_settings:
  alias: some-alias
  password_policy: {minimum_password_length: 20, require_symbols: true, require_numbers: true,\
 require_lowercase_characters: true, require_uppercase_characters: true,\
 allow_users_to_change_password: true, max_password_age: 90, password_reuse_prevention: 5}
"""
OF_ANOTHER = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject",'
    '"Resource":"arn:aws:s3:::c/*"}]}'
)
SPECS = {"few": FEW, "others": OTHERS, "settings": SETTINGS}


def specs(cli: Cli, folder: Path) -> list[Path]:
    write_metadata(folder)
    paths = []
    for name, text in SPECS.items():
        paths.append(folder / f"{name}.yaml")
        paths[-1].write_text(text)
    cli("apply", *paths, "--yes", "--allow", "public,admin,escalation")
    return paths
