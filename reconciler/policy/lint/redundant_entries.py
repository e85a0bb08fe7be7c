"""Actions, resources and values that another entry of the same list covers (IAM201 to 203)."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from reconciler.core.problems import Path
from reconciler.policy import globs
from reconciler.policy.lint.rule import LintRule
from reconciler.policy.lint.subject import LintFinding, Subject, Tested

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    Network = IPv4Network | IPv6Network

RULES = (
    LintRule(
        "IAM201",
        "Action that another one covers",
        why="Two entries for one grant: whoever removes one believes that the access is removed.",
        source="decided from the patterns; IAM ignores the case of actions",
        analyzer=("REDUNDANT_ACTION",),
    ),
    LintRule(
        "IAM202",
        "Resource that another one covers",
        why="The wider ARN is what counts, and the narrower makes readers believe that it is.",
        source="decided from the patterns",
        analyzer=("REDUNDANT_RESOURCE",),
    ),
    LintRule(
        "IAM203",
        "Value that another one covers",
        why="The wider value is what counts.",
        source="decided from the values",
        analyzer=("REDUNDANT_CONDITION_VALUE_NUM",),
    ),
)
# Beyond this a pattern is a machine's, and comparing such takes long.
MOST_WILDCARDS = 12


def check(subject: Subject) -> Iterator[LintFinding]:
    """The lists of each statement."""
    for part in subject.parts:
        actions = [(a.path, a.text, a.text.lower()) for a in part.actions]
        yield from _covered("IAM201", actions)
        yield from _covered("IAM202", [(path, text, text) for path, text in part.resources])
        for test in part.tests:
            yield from _values(test)


def _covered(code: str, texts: Sequence[tuple[Path, str, str]]) -> Iterator[LintFinding]:
    """Entries that another of the list covers; of two alike, the later."""
    first: dict[str, str] = {}
    wide = [(text, folded) for _, text, folded in texts if _is_comparable(folded)]
    for path, text, folded in texts:
        if folded in first:
            yield LintFinding(code, path, f"{text} stands twice: take one out")
            continue
        first[folded] = text
        by = next((other for other, pattern in wide if pattern != folded and _is_wider(pattern, folded)), "")
        if by:
            yield LintFinding(code, path, f"{text} is part of {by}: take one of them out")


def _is_comparable(text: str) -> bool:
    return globs.is_pattern(text) and "${" not in text and text.count("*") + text.count("?") <= MOST_WILDCARDS


def _is_wider(pattern: str, text: str) -> bool:
    if pattern.strip("*") == "":
        return True
    return "${" not in text and globs.covers(pattern, text)


def _values(test: Tested) -> Iterator[LintFinding]:
    folds = test.operator.folds_case
    texts: list[tuple[Path, str, str]] = [
        ((*test.path, index), value, value.lower() if folds else value)
        for index, value in enumerate(test.values)
    ]
    if test.operator.comparison == "Like":
        yield from _covered("IAM203", texts)
        return
    networks = _networks(test.values) if test.operator.family == "IpAddress" else {}
    seen: set[str] = set()
    for path, value, folded in texts:
        if folded in seen:
            yield LintFinding("IAM203", path, f'"{value}" stands twice: take one out')
        elif value in networks:
            wider = _wider(networks[value], networks)
            if wider:
                yield LintFinding("IAM203", path, f"{value} is part of {wider}: take one of them out")
        seen.add(folded)


def _networks(values: Sequence[str]) -> "dict[str, Network]":
    """The networks among the values, by their text."""
    import ipaddress  # noqa: PLC0415 - start-up: few documents need it

    networks: dict[str, Network] = {}
    for value in values:
        with suppress(ValueError):
            networks[value] = ipaddress.ip_network(value, strict=False)
    return networks


def _wider(network: "Network", networks: "dict[str, Network]") -> str:
    """The text of another one that contains it, "" for none."""
    texts = {other: text for text, other in networks.items()}
    lengths = sorted({other.prefixlen for other in texts if other.version == network.version})
    above = (network.supernet(new_prefix=length) for length in lengths if length < network.prefixlen)
    return next((texts[wide] for wide in above if wide in texts), "")
