"""The ARN of each resource that spec files describe, valid or not, and the names that they refer to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.core.context import Names
from reconciler.kinds import KINDS

Data = Mapping[str, Any]


def named(data: Data, account: str, partition: str) -> dict[tuple[str, str], str]:
    """The ARN of each resource that a file describes, by kind and name."""
    arns: dict[tuple[str, str], str] = {}
    for kind in KINDS:
        section = data.get(kind.SECTION)
        for name, given in section.items() if isinstance(section, dict) else ():
            own = kind.identify(name, given if isinstance(given, dict) else {}, account, partition)
            if own:
                arns[(kind.KIND, own[0])] = own[1]
    return arns


def audiences(every: Iterable[Data]) -> dict[str, frozenset[str]]:
    """The audiences of each OIDC provider that the files describe.

    A provider of two files has those of both.
    """
    by_host: dict[str, frozenset[str]] = {}
    for data in every:
        section = data.get("oidc_providers")
        for host, given in section.items() if isinstance(section, dict) else ():
            listed = _listed(given.get("audiences") if isinstance(given, dict) else None)
            by_host[host] = by_host.get(host, frozenset()) | {str(audience) for audience in listed}
    return by_host


def denying(data: Data, names: Names) -> frozenset[str]:
    """The ARNs of the file's policies that deny anything."""
    section = data.get("policies")
    return frozenset(
        names.arn("policy", name)
        for name, given in (section.items() if isinstance(section, dict) else ())
        if isinstance(given, dict) and (given.get("deny") or "'Deny'" in repr(given.get("document")))
    )


def lacking(data: Data, names: Names) -> bool:
    """Whether the file refers to a bare name that none of `names` is."""
    return any(not names.arn(kind, name) for kind, name in _references(data))


def _references(data: Data) -> Iterator[tuple[str, str]]:
    """Every bare name, as far as the file's shape shows it."""
    for section in ("roles", "users", "groups"):
        for given in _maps(data, section):
            for item in _listed(given.get("attach")):
                yield from _bare("policy", item.get("policy") if isinstance(item, dict) else item)
            yield from _bare("policy", given.get("boundary"))
            for item in _listed(given.get("trust")):
                yield from _trusted(item)
    expect = data.get("expect")
    for key in ("allowed", "denied"):
        for item in _listed(expect.get(key) if isinstance(expect, dict) else None):
            yield from _bare("role", item.get("role") if isinstance(item, dict) else None)


def _trusted(item: Any) -> Iterator[tuple[str, str]]:
    for kind in ("role", "user"):
        for name in _listed(item.get(kind) if isinstance(item, dict) else None):
            yield from _bare(kind, name)
    for key, kind in (("oidc", "oidc-provider"), ("saml", "saml-provider")):
        name = item.get(key) if isinstance(item, dict) else None
        if isinstance(name, str) and not name.startswith("arn:"):
            yield kind, name


def _bare(kind: str, text: Any) -> Iterator[tuple[str, str]]:
    if isinstance(text, str) and text and ":" not in text and "/" not in text:
        yield kind, text


def _maps(data: Data, section: str) -> list[Data]:
    entries = data.get(section)
    return (
        [given for given in entries.values() if isinstance(given, dict)] if isinstance(entries, dict) else []
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
