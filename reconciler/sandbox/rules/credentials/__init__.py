"""What users sign in with: passwords, keys, certificates, MFA devices, and the report on them."""

from reconciler.sandbox.rule import SandboxRule
from reconciler.sandbox.rules.credentials import credential_report, credentials, keys, mfa

RULES: tuple[SandboxRule, ...] = (
    *credentials.RULES,
    *credential_report.RULES,
    *keys.RULES,
    *mfa.RULES,
)
