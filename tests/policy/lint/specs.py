"""A spec that has one finding of each kind, and what lint says of a spec."""

import json
from pathlib import Path
from typing import Any

from tests.conftest import Cli

HEAD = "version: 1\nname: t/lint\n"
SPEC = (
    HEAD
    + """account: "123456789012"
policies:
  Backup:
    allow:
      - service: s3
        read:
          - GetObject
          - GetBucketLocation
        resources: "*"
      - {actions: ["s3:List*", "s3:ListBucket"], resources: "*"}
  Own:
    document:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Action: s3:ListBucket
          Resource: arn:aws:s3:::b/*
roles:
  App:
    trust:
      - {service: ec2}
      - {account: "210987654321"}
    inline:
      Keys:
        document_file: keys.json
"""
)
KEYS = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow",
     "Action": "kms:Decrypt",
     "Resource": "*"}
  ]
}
"""
SAID = [
    ("spec.yaml", 9, "IAM306"),
    ("spec.yaml", 12, "IAM201"),
    ("spec.yaml", 18, "IAM103"),
    ("spec.yaml", 24, "IAM402"),
    ("keys.json", 5, "IAM306"),
]


def written(folder: Path, text: str = SPEC) -> Path:
    (folder / "keys.json").write_text(KEYS, encoding="utf-8")
    path = folder / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def lint_findings(cli: Cli, path: Path, *more: str, code: int = 0) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = json.loads(
        cli("validate", path, "--format", "json", *more, code=code).out
    )["findings"]
    return findings


def places(findings: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    return [(Path(finding["file"]).name, finding["line"], finding["code"]) for finding in findings]
