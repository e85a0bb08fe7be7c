"""Who comes in by an identity provider: everybody, too many, or nobody (IAM404 to 406, 411, 412)."""

from collections.abc import Iterator

from reconciler.core.problems import Path
from reconciler.policy import globs, lint_codes
from reconciler.policy.catalogue import shared_identity_providers
from reconciler.policy.catalogue.shared_identity_providers import GITHUB_IDS, OWNER_IS_OPEN
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, StatementPart, Subject, Tested
from reconciler.policy.risk import broad

RULES = (
    LintRule(
        lint_codes.EVERYBODY_AT_A_PROVIDER,
        "Everybody at an identity provider",
        why="Without a test of the subject each of the provider's users and workloads comes in.",
        source="UG id_roles_create_for-idp_oidc",
        analyzer=("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",),
    ),
    LintRule(
        lint_codes.WIDE_SUBJECT,
        "A subject that is too wide",
        why="At a provider that many share a subject without an owner, or with a wildcard in the owner, is"
        " anybody's; a wildcard in the repository is whoever may make one there.",
        source="UG id_roles_create_for-idp_oidc; each provider's page on its tokens",
        analyzer=("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", "MISSING_GITHUB_REPO_CONDITION_KEY"),
    ),
    LintRule(
        lint_codes.SUBJECT_WITHOUT_IDS,
        "A subject of GitHub without ids",
        why="Repositories made after 2026-07-15 send subjects with ids; the old form alone keeps them out,"
        " and a name can be taken over.",
        source="GitHub docs, OpenID Connect reference",
        severity="note",
    ),
    LintRule(
        lint_codes.IMPOSSIBLE_SUBJECT,
        "Subject or audience that no token has",
        why="Each provider writes its subjects in a form of its own, and STS takes tokens for the"
        " provider's own audiences only: anything else lets nobody in.",
        source="each provider's page on its tokens; UG id_roles_providers_create_oidc",
    ),
    LintRule(
        "IAM412",
        "Web identity without an audience",
        why="STS takes tokens for every audience on the provider's list; a test of the audience says for"
        " which this role is meant.",
        source="UG id_roles_create_for-idp_oidc",
        analyzer=("CONFIRM_AUDIENCE_CLAIM_TYPE",),
    ),
)
_WEB_IDENTITY = "sts:assumerolewithwebidentity"


def check(subject: Subject) -> Iterator[LintFinding]:
    """Each statement that lets somebody of a provider in."""
    for part in subject.parts:
        if part.allows and isinstance(part.raw.get("Principal"), dict):
            providers = part.principals("Federated")
            if providers:
                yield from _of_providers(part, providers)


def _of_providers(part: StatementPart, providers: list[tuple[Path, str]]) -> Iterator[LintFinding]:
    hosts = [shared_identity_providers.host_of(text) for _, text in providers]
    subjects = [finding for test in part.tests for host in hosts for finding in _subjects(test, host)]
    yield from subjects
    if any(finding.code == lint_codes.WIDE_SUBJECT for finding in subjects):
        return
    path, text = providers[0]
    if broad.lets_anyone(part.raw):
        yield _lets_anyone(path, text)
    elif ":oidc-provider/" in text:
        yield from _audience(part, path, text)


def _lets_anyone(path: Path, text: str) -> LintFinding:
    audience = shared_identity_providers.audience_claims(shared_identity_providers.host_of(text))
    if audience:
        return LintFinding(
            lint_codes.EVERYBODY_AT_A_PROVIDER,
            path,
            f"any application at {text} may pass on the tokens of its users: test its audience,"
            f" {text}:{audience[0]}",
        )
    return LintFinding(
        lint_codes.EVERYBODY_AT_A_PROVIDER,
        path,
        "everybody at that provider may assume the role: test its subject, HOST:sub",
    )


def _audience(part: StatementPart, path: Path, provider: str) -> Iterator[LintFinding]:
    """STS takes only tokens for an audience of the provider's own list; the test says for which of them."""
    key = f"{provider.rpartition(':oidc-provider/')[2]}:aud"
    web = any(globs.matches(action.text.lower(), _WEB_IDENTITY) for action in part.actions)
    if web and not any(test.folded == key.lower() for test in part.tests):
        yield LintFinding("IAM412", path, f"tokens for any audience of the provider come in: test {key}")


def _subjects(test: Tested, host: str) -> Iterator[LintFinding]:
    """Subjects of a provider that many share, as far as a test looks at them."""
    if test.folded != f"{host}:sub":
        return
    issuer = shared_identity_providers.issuer_of(host)
    for index, value in enumerate(test.values):
        path = (*test.path, index)
        dead = shared_identity_providers.dead_subject(host, value)
        if dead:
            yield LintFinding(
                lint_codes.IMPOSSIBLE_SUBJECT, path, f"no token of {host} has the subject {value}: {dead}"
            )
        elif issuer and test.needs_key and not shared_identity_providers.names_owner(issuer, "sub", value):
            yield LintFinding(
                lint_codes.WIDE_SUBJECT, path, f"{value}: {OWNER_IS_OPEN.format(name=issuer.name)}"
            )
        elif host == shared_identity_providers.GITHUB:
            yield from _repository(path, value)
    if (
        host == shared_identity_providers.GITHUB
        and test.values
        and not any("@" in value for value in test.values)
    ):
        yield LintFinding(lint_codes.SUBJECT_WITHOUT_IDS, test.path, GITHUB_IDS)


def _repository(path: Path, value: str) -> Iterator[LintFinding]:
    owner, slash, rest = value.partition("/")
    if slash and globs.is_pattern(rest.partition(":")[0]) and owner.startswith("repo:"):
        yield LintFinding(
            lint_codes.WIDE_SUBJECT,
            path,
            f"{value} lets in every repository of that owner: name the repository and its branch or"
            " environment",
        )
    elif odd := shared_identity_providers.odd_subject(shared_identity_providers.GITHUB, value):
        yield LintFinding(lint_codes.IMPOSSIBLE_SUBJECT, path, f"{value}: {odd}")
