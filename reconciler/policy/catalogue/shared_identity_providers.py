"""Identity providers that many customers share: what names an owner there, and what no token has.

Subjects are compared as text, so a pattern names an owner only where it spells the owner out and ends its
name before the first wildcard: `repo:acme/*` is acme, `repo:acme*` is also acme-evil, whom anybody can
register.

Sources: each provider's page on its tokens (GitHub: OpenID Connect reference; GitLab: ID token payload;
HCP Terraform: workload identity tokens; Bitbucket: integrate with resource servers using OIDC; CircleCI:
OIDC tokens with custom claims; Buildkite: OIDC with AWS; Vercel: OIDC reference; Pulumi: OIDC claims), as
of 2026-11; IAM user guide, reference_policies_iam-condition-keys, for the claims that STS can test.
"""

import re
from dataclasses import dataclass

from reconciler.policy import globs

GITHUB = "token.actions.githubusercontent.com"
# What lint and the sections of a trust policy say of subjects.
GITHUB_IDS = (
    "repositories made after 2026-07-15 send their ids too: list the form with ids beside this one, "
    "repo:OWNER@OWNER_ID/REPO@REPO_ID:… (gh api repos/OWNER/REPO --jq '.owner.id, .id' prints the ids)"
)
OWNER_IS_OPEN = (
    "no owner is named, so anybody at {name} can have this subject: write the owner, and what ends its name,"
    " before the first wildcard"
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """One provider, by its name and host.

    `owners` are pairs: what stands before an owner's name in a subject, and what ends the name. `claims`
    are other claims that STS can test, each with what ends the owner's name in it, "" for the whole
    value. `forms` are patterns of which every subject fits one; none where subjects can be customised.
    """

    name: str
    host: str
    owners: tuple[tuple[str, str], ...]
    claims: tuple[tuple[str, str], ...] = ()
    forms: tuple[str, ...] = ()


_HCP = (
    "organization:?*:project:?*:workspace:?*:run_phase:?*",
    "organization:?*:project:?*:stack:?*:deployment:?*:operation:?*",
)
_ISSUERS = (
    Issuer(
        "GitHub",
        GITHUB,
        (
            ("repo:", "/"),
            ("repository:", "/"),
            ("job_workflow_ref:", "/"),
            ("workflow_ref:", "/"),
            ("repository_owner:", ":"),
            ("repository_owner_id:", ":"),
            ("repository_id:", ":"),
            ("enterprise:", ":"),
            ("enterprise_id:", ":"),
        ),
        (
            ("repository", "/"),
            ("repository_id", ""),
            ("repository_owner", ""),
            ("repository_owner_id", ""),
            ("enterprise", ""),
            ("enterprise_id", ""),
            ("job_workflow_ref", "/"),
        ),
    ),
    Issuer("GitLab", "gitlab.com", (("project_path:", "/"), ("namespace_path:", ":"), ("group_path:", "/"))),
    Issuer("HCP Terraform", "app.terraform.io", (("organization:", ":"),), forms=_HCP),
    Issuer("HCP Terraform", "app.eu.terraform.io", (("organization:", ":"),), forms=_HCP),
    Issuer("Bitbucket", "api.bitbucket.org", (("{", "}"),), forms=("{?*}:{?*}",)),
    Issuer("CircleCI", "oidc.circleci.com", (("org/", "/"),), forms=("org/?*/project/?*/user/?*",)),
    Issuer("Buildkite", "agent.buildkite.com", (("organization:", ":"),)),
    Issuer("Vercel", "oidc.vercel.com", (("owner:", ":"),), forms=("owner:?*:project:?*",)),
    Issuer("Pulumi", "api.pulumi.com", (("org:", ":"),)),
)
# Everybody has an account there, and each application its own audience: who tests none takes the tokens of
# any.
_APPLICATIONS = {
    "accounts.google.com": ("aud", "oaud"),
    "cognito-identity.amazonaws.com": ("aud",),
    "cognito-identity-us-gov.amazonaws.com": ("aud",),
    "cognito-identity.cn-north-1.amazonaws.com.cn": ("aud",),
    "graph.facebook.com": ("app_id",),
    "www.amazon.com": ("app_id",),
}
_EKS_FORM = "system:serviceaccount:?*:?*"


def host_of(provider: str) -> str:
    """The host with path of a Federated principal, in lower case.

    The principal is an OIDC provider's ARN, or a bare name.
    """
    return provider.rpartition(":oidc-provider/")[2].lower()


def issuer_of(host: str) -> Issuer | None:
    """What is known of a provider that many share; None for any other."""
    return next((i for i in _ISSUERS if host == i.host or host.startswith(f"{i.host}/")), None)


def audience_claims(host: str) -> tuple[str, ...]:
    """The claims of which one must be tested, where each application of the provider has its own audience."""
    return _APPLICATIONS.get(host, ())


def names_owner(issuer: Issuer, claim: str, value: str) -> bool:
    """Whether a value, or pattern, of a claim (`sub`, say) names an owner at the provider."""
    fixed = _fixed(value)
    is_whole = fixed == value
    if claim == "sub":
        return any(_is_closed(fixed, head, end, is_whole=is_whole) for head, end in issuer.owners)
    ends = dict(issuer.claims).get(claim)
    if ends is None:
        return False
    return is_whole if ends == "" else fixed.find(ends) > 0


def _fixed(value: str) -> str:
    """What stands before the first wildcard."""
    return re.split(r"[*?]", value, maxsplit=1)[0]


def _is_closed(fixed: str, head: str, end: str, *, is_whole: bool) -> bool:
    for match in re.finditer(rf"(?:^|:){re.escape(head)}", fixed):
        name, closed, _ = fixed[match.end() :].partition(end)
        if name and ":" not in name and (closed or (is_whole and end == ":")):
            return True
    return False


def dead_subject(host: str, value: str) -> str:
    """Why no token of the provider has a subject that fits, or ""."""
    if host == GITHUB:
        return _dead_at_github(value)
    issuer = issuer_of(host)
    forms = issuer.forms if issuer else (_EKS_FORM,) if host.startswith("oidc.eks.") else ()
    # Later parts may be left off behind a wildcard, and further ones may follow.
    if not forms or any(globs.overlaps(value, f"{form}*") or globs.overlaps(value, form) for form in forms):
        return ""
    return f"its subjects have the form {' or '.join(form.replace('?*', '…') for form in forms)}"


_REFS = ("refs/heads/?*", "refs/tags/?*", "refs/pull/?*")
_CLAIM = re.compile(r"[a-z][a-z0-9_]*")


def _dead_at_github(value: str) -> str:
    head, colon, rest = value.partition(":")
    if globs.is_pattern(head):
        return ""
    if not colon or not _CLAIM.fullmatch(head):
        return "its subjects begin with repo:OWNER/REPO, or with another claim and its value"
    if head != "repo":
        return ""
    repository, colon, context = rest.partition(":")
    if globs.is_pattern(repository):
        return ""
    if repository.count("/") != 1 or not all(repository.split("/")):
        return "a repository is OWNER/REPO"
    return _dead_context(context) if colon else ""


def _dead_context(context: str) -> str:
    """Of what stands behind the repository: `ref:refs/heads/main`, `environment:prod`, `pull_request`."""
    key, colon, value = context.partition(":")
    if key == "ref" and colon and not any(globs.overlaps(value, ref) for ref in _REFS):
        return "a ref is refs/heads/BRANCH or refs/tags/TAG"
    return "an environment has a name" if key == "environment" and not value else ""


_PLAIN_CONTEXT = re.compile(r"repo:[^:*?]+/[^:*?]+(:[^:*?]+)?")


def odd_subject(host: str, value: str) -> str:
    """Why only a subject that was customised could fit, or ""."""
    if host != GITHUB or not _PLAIN_CONTEXT.fullmatch(value) or value.endswith(":pull_request"):
        return ""
    return (
        "behind the repository stands ref:refs/heads/BRANCH, environment:NAME or pull_request, unless"
        " subjects are customised there"
    )


def is_any_run(host: str, value: str) -> bool:
    """Whether every run of one repository of GitHub has such a subject.

    A run of any branch, and of any pull request.
    """
    return host == GITHUB and bool(re.fullmatch(r"repo:[^:*?]+/[^:*?]+(:\*|\*)", value))
