"""Rules for sections and grants of the language, and for whole specs.

No check of a document finds these; the modules that read specs do.
"""

from reconciler.policy import lint_codes
from reconciler.policy.lint.rule import LintRule

RULES = (
    LintRule(
        "IAM410",
        "External id that nobody can send",
        why="AssumeRole takes 2 to 1224 letters, digits and +=,.@:/-_ as ExternalId.",
        source="STS API reference, AssumeRole",
    ),
    LintRule(
        "IAM413",
        "An administrator from every branch",
        why="A subject `repo:OWNER/REPO:*` is every branch, tag and pull request of the repository:"
        " whoever may push anything to it is the account's administrator.",
        source="GitHub docs, OpenID Connect reference",
    ),
    LintRule(
        "IAM502",
        "Role with little room for attachments",
        why="A role takes ten managed policies unless AWS raised it; an incident may need one more.",
        source="UG reference_iam-quotas",
        severity="note",
    ),
    LintRule(
        "IAM601",
        "Description that IAM garbles",
        why="A policy's description can have any letters, comes back with others outside Latin-1, and can"
        " never be changed.",
        source="project IAM contract, §12",
    ),
    LintRule(
        "IAM602",
        "Action under another access level",
        why="The levels are for readers; a write action among the read ones misleads them.",
        source="SAR, access levels",
    ),
    LintRule(
        "IAM603",
        "Region that changes nothing",
        why="No resource of the grant is completed with it.",
        source="docs/spec.md",
    ),
    LintRule(
        "IAM605",
        "Document of Version 2008-10-17",
        why="IAM takes no new managed policy of that version, so nothing in it can be changed; and it"
        " knows no variables.",
        source="UG reference_policies_elements_version",
        analyzer=("INVALID_VERSION",),
        parliament=("OLD_VERSION",),
    ),
    LintRule(
        "IAM606",
        "Address that fits no resource",
        why="The entry does nothing.",
        source="docs/spec.md",
    ),
    LintRule(
        "IAM607",
        "Unknown AWS managed policy",
        why="Attaching a policy that does not exist fails; newer ones than this version knows may.",
        source="AWS managed policy reference",
    ),
    LintRule(
        "IAM608",
        "Resource without an account",
        why="The ARN has no account, so it is everybody's resource of that name.",
        source="SAR, resource types",
        severity="note",
    ),
    LintRule(
        "IAM610",
        "Provider that needs none of yours",
        why="IAM knows Login with Amazon, Facebook, Google and Cognito under their bare names.",
        source="UG id_roles_providers_create_oidc",
    ),
    LintRule(
        "IAM611",
        "Provider of another account",
        why="A role trusts providers of its own account only.",
        source="UG id_roles_create_for-idp",
    ),
    LintRule(
        "IAM612",
        "Provider that no loaded spec describes",
        why="It must be there already.",
        source="docs/spec.md",
        severity="note",
    ),
    LintRule(
        lint_codes.IDLE_COMMENT,
        "Comment that silences nothing",
        why="The finding that it silenced no longer exists, or never did; or it gives no reason.",
        source="docs/lint.md",
        severity="note",
    ),
)
