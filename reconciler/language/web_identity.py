"""Trust in identity providers.

Subjects that nobody or anybody has, and audiences that a provider does not take.
"""

from collections.abc import Mapping

from reconciler.core.problems import Problems
from reconciler.policy import lint_codes
from reconciler.policy.catalogue import shared_identity_providers
from reconciler.policy.catalogue.shared_identity_providers import GITHUB_IDS, OWNER_IS_OPEN
from reconciler.policy.document.document import Document, as_list
from reconciler.policy.document.grammar import statements_with_paths

Audiences = Mapping[str, frozenset[str]]


def check_subjects(host: str, subjects: tuple[str, ...], problems: Problems) -> None:
    """Report those that nobody has, those that anybody could have, and those of GitHub without ids."""
    issuer = shared_identity_providers.issuer_of(host.lower())
    for index, subject in enumerate(subjects):
        why = shared_identity_providers.dead_subject(host.lower(), subject)
        if subject == "":
            problems.error("an empty subject is nobody's", "subject", index)
        elif not subject.strip("*?"):
            problems.warning(
                lint_codes.EVERYBODY_AT_A_PROVIDER,
                "everybody at that provider may assume the role",
                "subject",
                index,
            )
        elif why:
            problems.error(f"no token of {host} has this subject: {why}", "subject", index)
        elif issuer and not shared_identity_providers.names_owner(issuer, "sub", subject):
            problems.warning(
                lint_codes.WIDE_SUBJECT, OWNER_IS_OPEN.format(name=issuer.name), "subject", index
            )
        elif odd := shared_identity_providers.odd_subject(host, subject):
            problems.warning(lint_codes.IMPOSSIBLE_SUBJECT, odd, "subject", index)
    if host == shared_identity_providers.GITHUB and not any("@" in subject for subject in subjects):
        problems.note(lint_codes.SUBJECT_WITHOUT_IDS, GITHUB_IDS, "subject")


def check_audience(
    host: str, asked: tuple[str, ...], by: str, audiences: Audiences, problems: Problems
) -> None:
    """Report an audience for which the provider, in the same specs, takes no token.

    `by` is the key that has it.
    """
    why = _why_not_taken(host, asked, audiences)
    if why:
        problems.error(f"nobody comes in: {why}", by)


def _why_not_taken(host: str, asked: tuple[str, ...], audiences: Audiences) -> str:
    taken = audiences.get(host)
    if taken is None or not taken.isdisjoint(asked):
        return ""
    listed = f"takes the audience {', '.join(sorted(taken))}" if taken else "takes no audience"
    return f"the provider {host} {listed}, and this trust asks for {', '.join(asked)}"


def check_document(trust_policy: Document, audiences: Audiences, problems: Problems) -> None:
    """The same of a trust document, as warnings: the role may exist already."""
    for path, statement in statements_with_paths(trust_policy.data):
        principal = statement.get("Principal")
        providers = as_list(principal.get("Federated", [])) if isinstance(principal, dict) else []
        for host in (
            shared_identity_providers.host_of(text) for text in providers if ":oidc-provider/" in str(text)
        ):
            for operator in ("StringEquals", "StringLike"):
                tests = statement.get("Condition", {}).get(operator, {})
                for key in (key for key in tests if key.lower() == f"{host}:aud"):
                    why = _why_not_taken(host, tuple(map(str, as_list(tests[key]))), audiences)
                    if why and "*" not in str(tests[key]):
                        problems.warning(
                            lint_codes.IMPOSSIBLE_SUBJECT,
                            f"nobody comes in: {why}",
                            *path,
                            "Condition",
                            operator,
                            key,
                        )
