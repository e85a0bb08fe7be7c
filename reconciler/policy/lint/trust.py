"""Who may assume a role: anyone, a whole account, whoever asks a service; or nobody.

The rules IAM401 to 403 and 407 to 409.
"""

from collections.abc import Iterator

from reconciler.core.problems import Path
from reconciler.policy import globs, lint_codes
from reconciler.policy.catalogue import known_names
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, StatementPart, Subject
from reconciler.policy.meaning.principals import account_of_root
from reconciler.policy.risk import broad

RULES = (
    LintRule(
        "IAM401",
        "Anyone may assume the role",
        why="Any principal of any account can, if its own administrator lets it.",
        source="UG reference_policies_elements_principal",
        analyzer=("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",),
    ),
    LintRule(
        "IAM402",
        "A whole foreign account",
        why="The account's administrators decide who comes in. An external id, or a test of the"
        " organization or the principal, keeps others out.",
        source="UG id_roles_create_for-user_externalid",
    ),
    LintRule(
        "IAM403",
        "A service without the source on whose behalf it acts",
        why="The service acts for whoever asks it. Where it sends the source, the trust policy should say"
        " which is meant.",
        source="UG confused-deputy; each service's own guide",
        analyzer=("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"),
    ),
    LintRule(
        lint_codes.MFA_OF_WHO_HAS_NONE,
        "MFA asked of who has none",
        why="A service or an identity provider's user signs in without MFA of AWS, so the statement lets"
        " nobody in.",
        source="UG id_credentials_mfa_configure-api-require",
    ),
    LintRule(
        lint_codes.UNKNOWN_SERVICE_PRINCIPAL,
        "Unknown service principal",
        why="IAM refuses principals that do not exist; newer ones than this version knows may.",
        source="the service principals of AWS's own policies and guides",
        analyzer=("INVALID_SERVICE_PRINCIPAL_FORMAT",),
        parliament=("UNKNOWN_PRINCIPAL",),
    ),
    LintRule(
        "IAM409",
        "Principal that comes in by another action",
        why="AssumeRole is for AWS principals and services, AssumeRoleWithWebIdentity for OIDC,"
        " AssumeRoleWithSAML for SAML.",
        source="UG reference_policies_elements_principal",
        analyzer=("MISMATCHED_ACTION_FOR_PRINCIPAL",),
    ),
)
# Who the caller is, or on whose behalf; any of these in a test narrows a whole account down.
_NARROWING = (
    "sts:externalid",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalarn",
    "aws:principaltag/",
    "aws:userid",
    "aws:multifactorauthpresent",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
)
_ON_BEHALF = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "sts:externalid")
# Services whose own guide asks for aws:SourceAccount or aws:SourceArn in the trust policy of the role that
# they assume ("confused deputy" in each guide). Others, such as ec2 and lambda, send none of these keys.
_SENDS_SOURCE = frozenset(
    {
        "bedrock",
        "bedrock-agentcore",
        "chatbot",
        "cloudformation",
        "cloudtrail",
        "codebuild",
        "config",
        "datasync",
        "delivery.logs",
        "ecs-tasks",
        "export.rds",
        "imagebuilder",
        "iot",
        "iotsitewise",
        "logs",
        "monitoring.rds",
        "pipes",
        "scheduler",
        "ses",
        "ssm",
        "states",
        "streams.metrics.cloudwatch",
        "transfer",
        "vpc-flow-logs",
    }
)
_WAYS = {
    "Service": ("sts:assumerole",),
    "AWS": ("sts:assumerole",),
    "oidc": ("sts:assumerolewithwebidentity",),
    "saml": ("sts:assumerolewithsaml",),
}


def check(subject: Subject) -> Iterator[LintFinding]:
    """Each statement that lets somebody in."""
    for part in subject.parts:
        principal = part.raw.get("Principal")
        if not part.allows or not isinstance(principal, dict):
            continue
        if not part.principals("Federated") and broad.lets_anyone(part.raw):
            yield _anyone(part)
        for kind in principal:
            for path, text in part.principals(kind):
                if kind == "AWS":
                    yield from _account(subject, part, path, text)
                elif kind == "Service":
                    yield from _service(part, path, text)
                yield from _way(part, kind, path, text)


def _anyone(part: StatementPart) -> LintFinding:
    return LintFinding(
        "IAM401",
        (*part.path, "Principal"),
        "anyone in any account may assume the role: name accounts, roles, or an organization in"
        " aws:PrincipalOrgID",
    )


def _account(subject: Subject, part: StatementPart, path: Path, text: str) -> Iterator[LintFinding]:
    account = account_of_root(text).rpartition(":")[2] or (text if text.isdecimal() else "")
    if (
        not account
        or account == subject.surroundings.account
        or any(t.folded.startswith(_NARROWING) and t.narrows for t in part.tests)
    ):
        return
    ours = "" if subject.surroundings.is_known else "; if it is this account, say account: in the spec"
    yield LintFinding(
        "IAM402",
        path,
        f"everybody in account {account} whom its administrators let may assume the role: ask for"
        f" sts:ExternalId, or name the role there, or the organization in aws:PrincipalOrgID{ours}",
    )


def _service(part: StatementPart, path: Path, text: str) -> Iterator[LintFinding]:
    if not known_names.is_known_principal(text):
        guess = known_names.similar_principal(text)
        yield LintFinding(
            lint_codes.UNKNOWN_SERVICE_PRINCIPAL,
            path,
            f"{text} is no service principal in the list of"
            f" {known_names.date_of_principals()}{f'; did you mean {guess}.amazonaws.com?' if guess else ''}",
        )
    bare = text.removesuffix(".amazonaws.com")
    if bare in _SENDS_SOURCE and not any(
        test.folded.startswith(_ON_BEHALF) and test.narrows for test in part.tests
    ):
        yield LintFinding(
            "IAM403",
            path,
            f"{text} acts on behalf of whoever asks it, from any account: test aws:SourceAccount, or"
            " aws:SourceArn",
        )
    for test in part.tests:
        if test.folded.startswith("aws:multifactorauth") and test.needs_key:
            yield LintFinding(
                lint_codes.MFA_OF_WHO_HAS_NONE,
                test.path,
                f"{text} never signs in with MFA, so it would not come in: leave the test out",
                on_key=True,
            )


def _way(part: StatementPart, kind: str, path: Path, text: str) -> Iterator[LintFinding]:
    """The wrong action of STS: each kind of principal has its own.

    Source: IAM user guide, reference_policies_elements_principal.
    """
    if kind == "Federated":
        kind = "saml" if ":saml-provider/" in text else "oidc"
    ways = _WAYS.get(kind, ())
    if ways and not any(globs.matches(a.text.lower(), way) for a in part.actions for way in ways):
        spelled = {"oidc": "sts:AssumeRoleWithWebIdentity", "saml": "sts:AssumeRoleWithSAML"}.get(
            kind, "sts:AssumeRole"
        )
        others = {"sts:tagsession", "sts:setsourceidentity", "sts:setcontext"}
        if {a.text.lower() for a in part.actions} <= others:
            return  # beside another statement that lets it in
        yield LintFinding(
            "IAM409",
            path,
            f"{text} comes in by {spelled}, which this statement doesn't allow: write that action",
        )
