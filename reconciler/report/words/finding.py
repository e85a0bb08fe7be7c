"""A finding in words, shared by all formats. Everything in them is escaped."""

import json
from collections.abc import Iterator
from typing import Any

from reconciler.core.access_change import AccessDelta
from reconciler.core.results.finding import SEVERITIES, Finding
from reconciler.core.text import escaped, plural
from reconciler.report.words import access as access_words
from reconciler.report.words import undecided
from reconciler.report.words.field import sentence
from reconciler.report.words.statement import rows, texts

# Stable names of what can be found, with what each means, for SARIF and documentation.
RULES = {
    "absent": "A resource of the spec does not exist.",
    "not-owned": "A resource of the spec exists and carries the ownership tag of another spec, or none.",
    "orphan": "A resource carries the tag of a spec that no longer describes it.",
    "blocked": "A resource can't be brought to what the spec says by any call.",
    "expectation": (
        "A role may do what the spec expects to be denied, or may not do what it expects to be allowed."
    ),
    "document": "A managed policy's document means something else than the spec's.",
    "attached": "A role, user or group has other managed policies attached than the spec says.",
    "inline": (
        "An inline policy of a role, user or group is missing, is not in the spec, or means something else."
    ),
    "boundary": "A role's or user's permissions boundary is another one than the spec's.",
    "trust": "A role's trust policy admits others than the spec's.",
    "audiences": "An OIDC provider issues tokens for other audiences than the spec says.",
    "thumbprints": "An OIDC provider trusts other certificates than the spec says.",
    "metadata": "A SAML provider has other metadata than the spec says: others may sign its users in.",
    "alias": "The account has another alias than the spec says, or none.",
    "password_policy": "The account's password policy has other rules than the spec says, or there is none.",
    "members": "A group has other members than the spec says.",
    "groups": "A user is in other groups than the spec says.",
    "roles": "An instance profile holds another role than the spec says, or none.",
    "description": "The description differs.",
    "max_session_duration": "The longest session differs.",
    "path": "The path differs.",
    "tags": "The tags differ.",
}


def message(finding: Finding) -> str:
    """What differs, in one line: live first, then what the spec says."""
    if finding.field is not None:
        return sentence(finding.field, finding.address.account)
    return escaped(finding.text)


def remarks(finding: Finding) -> Iterator[str]:
    """The access that it gives or takes away, an example of it, and further remarks, a line each."""
    for word, side in (("gained", finding.gained), ("lost", finding.lost)):
        yield from _access(word, side, is_trust=finding.rule == "trust")
    yield from map(escaped, finding.details)


def _access(word: str, side: AccessDelta, *, is_trust: bool) -> Iterator[str]:
    if side.answer == "no":
        return
    if side.answer == "unknown":
        yield escaped(f"cannot tell what is {word}: {side.why}")
        return
    statements = [json.loads(text) for text in side.statements]
    shown = texts(rows(statements)) if is_trust else access_words.phrases(statements)
    yield from (escaped(f"{word}: {text}") for text in shown)
    if side.witness:
        yield escaped(f"for example {_request(json.loads(side.witness))}")
    yield from map(escaped, undecided.perhaps(side.undecided))


def _request(witness: dict[str, Any]) -> str:
    who = witness.get("principal")
    by = f" by {', '.join(f'{kind} {name}' for kind, name in sorted(who.items()))}" if who else ""
    given = ", ".join(f"{key} {value}" for key, value in sorted((witness.get("context") or {}).items()))
    where = f" on {witness['resource']}" if witness.get("resource") else ""
    return f"{witness['action']}{where}{by}{f' with {given}' if given else ''}"


def counted(findings: tuple[Finding, ...]) -> str:
    """`3 findings (1 critical, 2 metadata)`."""
    severities = [finding.severity for finding in findings]
    parts = [
        f"{severities.count(word)} {word}" for word in dict.fromkeys(sorted(severities, key=SEVERITIES.index))
    ]
    return plural(len(findings), "finding") + (f" ({', '.join(parts)})" if parts else "")
