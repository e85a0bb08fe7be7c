"""The credential report: a table of the root and every user, as text."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

from reconciler.policy.document import arns
from reconciler.sandbox.rule import Answer, ApiRefusal, ReceivedCall, before, instead

_COLUMNS = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
)
_NONE = "N/A"
_ROOT = "<root_account>"


@before("GetCredentialReport", codes=("ReportNotPresent",))
def present(call: ReceivedCall) -> None:
    """Before one was generated there is none.

    Source: LS:credential_report#test_get_credential_report_before_generated. MT: HTTP 400.
    """
    if not call.iam.credential_report:
        raise ApiRefusal("ReportNotPresent", "")


@instead("GetCredentialReport")
def report(call: ReceivedCall) -> Answer:
    """A line for the root and each user; an active key before one that is not.

    Source: LS:credential_report#test_credential_report; UG:id_credentials_getting-report.md. MT:
    not_supported in the place of N/A.
    """
    text = io.StringIO()
    table = csv.DictWriter(text, _COLUMNS, restval=_NONE, lineterminator="\n")
    table.writeheader()
    root = arns.root(call.iam.partition, call.account)
    flags = dict.fromkeys(
        ("mfa_active", "access_key_1_active", "access_key_2_active", "cert_1_active", "cert_2_active"),
        "false",
    )
    began = {"user_creation_time": "2010-01-01T00:00:00Z", "password_last_used": "no_information"}
    unsupported = dict.fromkeys(
        ("password_enabled", "password_last_changed", "password_next_rotation"), "not_supported"
    )
    table.writerow({"user": _ROOT, "arn": root, **flags, **began, **unsupported})
    for user in call.iam.users.values():
        table.writerow({**flags, **_row(user)})
    return {
        "Content": text.getvalue().rstrip("\n").encode(),
        "ReportFormat": "text/csv",
        "GeneratedTime": datetime.now(UTC),
    }


def _row(user: Any) -> dict[str, str]:
    row = {
        "user": user.name,
        "arn": user.arn,
        "user_creation_time": _time(user.create_date),
        "password_enabled": "true" if user.password else "false",
        "mfa_active": "true" if user.mfa_devices else "false",
    }
    if user.password:
        used = _time(user.password_last_used) if user.password_last_used else "no_information"
        row |= {"password_last_used": used, "password_last_changed": _time(user.create_date)}
    in_order = sorted(user.access_keys, key=lambda key: key.status != "Active")
    for number, key in enumerate(in_order[:2], start=1):
        row[f"access_key_{number}_active"] = "true" if key.status == "Active" else "false"
        row[f"access_key_{number}_last_rotated"] = _time(key.create_date)
        if key.last_used:
            row[f"access_key_{number}_last_used_date"] = _time(key.last_used)
    for number, certificate in enumerate(list(user.signing_certificates.values())[:2], start=1):
        row[f"cert_{number}_active"] = "true" if certificate.status == "Active" else "false"
    return row


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


RULES = (present, report)
