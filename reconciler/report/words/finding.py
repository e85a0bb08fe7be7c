"""A finding in words, shared by all formats. Everything in them is escaped."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from reconciler.core.access_change import AccessDelta
from reconciler.core.results.finding import SEVERITIES, Finding
from reconciler.core.text import escaped, plural
from reconciler.kinds import KINDS
from reconciler.report.words import access as access_words
from reconciler.report.words import undecided
from reconciler.report.words.field import sentence
from reconciler.report.words.statement import rows, texts

# What can be found of any resource; the other rules are named as the facets that differ.
_OF_ANY = {
    "absent": "A resource of the spec does not exist.",
    "not-owned": "A resource of the spec exists and carries the ownership tag of another spec, or none.",
    "orphan": "A resource carries the tag of a spec that no longer describes it.",
    "blocked": "A resource can't be brought to what the spec says by any call.",
    "expectation": (
        "A role may do what the spec expects to be denied, or may not do what it expects to be allowed."
    ),
}


# New rules come last, so that SARIF's numbers of the others stay.
_OF_NONE = {"unmanaged": "A resource of the account is in no loaded spec."}

# The published order, in which SARIF numbers them; facets of other kinds come after these.
_ORDER = (
    "document",
    "attached",
    "inline",
    "boundary",
    "trust",
    "audiences",
    "thumbprints",
    "metadata",
    "alias",
    "password_policy",
    "members",
    "groups",
    "roles",
    "description",
    "max_session_duration",
    "path",
    "tags",
)


@cache
def rules() -> Mapping[str, str]:
    """Stable names of what can be found, with what each means, for SARIF, JSON and documentation."""
    titles = {facet: title for kind in KINDS for facet, title in kind.FACET_TITLES.items()}
    return _OF_ANY | {facet: titles[facet] for facet in (*_ORDER, *titles)} | _OF_NONE


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
    shown = texts(rows(statements)) if is_trust else access_words.phrases(statements, side.spared)
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
