"""Trust policies that let in more than anyone means, or nobody (IAM401 to 412)."""

from collections.abc import Iterator

from reconciler.core.problems import Path
from reconciler.policy import globs
from reconciler.policy.catalogue import known_names, shared_identity_providers
from reconciler.policy.document.document import as_list
from reconciler.policy.lint.subject import LintFinding, StatementPart, Subject, Tested
from reconciler.policy.lint.words import GITHUB_IDS, OWNER_IS_OPEN
from reconciler.policy.meaning.principals import account_of_root
from reconciler.policy.risk import broad

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
        listed = [(kind, path, text) for kind in principal for path, text in _texts(part, kind)]
        yield from _anyone(part, listed)
        yield from _other_providers(part, listed)
        for kind, path, text in listed:
            if kind == "AWS":
                yield from _account(subject, part, path, text)
            elif kind == "Service":
                yield from _service(part, path, text)
            yield from _way(part, kind, path, text)


def _texts(part: StatementPart, kind: str) -> Iterator[tuple[Path, str]]:
    value = part.raw["Principal"][kind]
    here = (*part.path, "Principal", kind)
    yield from (
        (here if not isinstance(value, list) else (*here, i), text) for i, text in enumerate(as_list(value))
    )


def _anyone(part: StatementPart, listed: list[tuple[str, Path, str]]) -> Iterator[LintFinding]:
    hosts = [shared_identity_providers.host_of(text) for kind, _, text in listed if kind == "Federated"]
    subjects = [finding for test in part.tests for host in hosts for finding in _subjects(test, host)]
    yield from subjects
    if any(finding.code == "IAM405" for finding in subjects):
        return
    provider = next(((path, text) for kind, path, text in listed if kind == "Federated"), None)
    if broad.lets_anyone(part.raw):
        yield _lets_anyone(part, provider)
    elif provider is not None and ":oidc-provider/" in provider[1]:
        yield from _audience(part, *provider)


def _lets_anyone(part: StatementPart, provider: tuple[Path, str] | None) -> LintFinding:
    if provider is None:
        return LintFinding(
            "IAM401",
            (*part.path, "Principal"),
            "anyone in any account may assume the role: name accounts, roles, or an organization in"
            " aws:PrincipalOrgID",
        )
    path, text = provider
    audience = shared_identity_providers.audience_claims(shared_identity_providers.host_of(text))
    if audience:
        return LintFinding(
            "IAM404",
            path,
            f"any application at {text} may pass on the tokens of its users: test its audience,"
            f" {text}:{audience[0]}",
        )
    return LintFinding(
        "IAM404", path, "everybody at that provider may assume the role: test its subject, HOST:sub"
    )


def _audience(part: StatementPart, path: Path, provider: str) -> Iterator[LintFinding]:
    """STS takes only tokens for an audience of the provider's own list; the test says for which of them."""
    key = f"{provider.rpartition(':oidc-provider/')[2]}:aud"
    web = any(globs.matches(action.text.lower(), _WAYS["oidc"][0]) for action in part.actions)
    if web and not any(test.folded == key.lower() for test in part.tests):
        yield LintFinding("IAM412", path, f"tokens for any audience of the provider come in: test {key}")


def _other_providers(part: StatementPart, listed: list[tuple[str, Path, str]]) -> Iterator[LintFinding]:
    """A session carries the claims of the provider that it comes from, and of no other."""
    hosts = {text.rpartition(":oidc-provider/")[2].lower() for kind, _, text in listed if kind == "Federated"}
    if not hosts or any(":saml-provider/" in text for _, _, text in listed):
        return
    for test in part.tests:
        host, _, claim = test.folded.rpartition(":")
        if "." in host and claim and host not in hosts and test.needs_key:
            yield LintFinding(
                "IAM106",
                test.path,
                f"{test.key} is a claim of another provider, so nobody comes in: write {min(hosts)}:{claim}",
                on_key=True,
            )


def _subjects(test: Tested, host: str) -> Iterator[LintFinding]:
    """Subjects at a provider that many share, as far as a test looks at them."""
    if test.folded != f"{host}:sub":
        return
    issuer = shared_identity_providers.issuer_of(host)
    for index, value in enumerate(test.values):
        path = (*test.path, index)
        dead = shared_identity_providers.dead_subject(host, value)
        if dead:
            yield LintFinding("IAM411", path, f"no token of {host} has the subject {value}: {dead}")
        elif issuer and test.needs_key and not shared_identity_providers.names_owner(issuer, "sub", value):
            yield LintFinding("IAM405", path, f"{value}: {OWNER_IS_OPEN.format(name=issuer.name)}")
        elif host == shared_identity_providers.GITHUB:
            yield from _repository(path, value)
    if (
        host == shared_identity_providers.GITHUB
        and test.values
        and not any("@" in value for value in test.values)
    ):
        yield LintFinding("IAM406", test.path, GITHUB_IDS)


def _repository(path: Path, value: str) -> Iterator[LintFinding]:
    owner, slash, rest = value.partition("/")
    if slash and globs.is_pattern(rest.partition(":")[0]) and owner.startswith("repo:"):
        yield LintFinding(
            "IAM405",
            path,
            f"{value} lets in every repository of that owner: name the repository and its branch or"
            " environment",
        )
    elif odd := shared_identity_providers.odd_subject(shared_identity_providers.GITHUB, value):
        yield LintFinding("IAM411", path, f"{value}: {odd}")


def _account(subject: Subject, part: StatementPart, path: Path, text: str) -> Iterator[LintFinding]:
    account = account_of_root(text).rpartition(":")[2] or (text if text.isdecimal() else "")
    if (
        not account
        or account == subject.around.account
        or any(t.folded.startswith(_NARROWING) and t.narrows for t in part.tests)
    ):
        return
    ours = "" if subject.around.is_known else "; if it is this account, say account: in the spec"
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
            "IAM408",
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
                "IAM407",
                test.path,
                f"{text} never signs in with MFA, so it would not come in: leave the test out",
                on_key=True,
            )


def _way(part: StatementPart, kind: str, path: Path, text: str) -> Iterator[LintFinding]:
    """Each kind of principal has its own action of STS (user guide, reference_policies_elements_principal)."""
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
