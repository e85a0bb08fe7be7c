"""A drift run as GitHub annotations: workflow commands that GitHub shows at the spec's line."""

from reconciler.core.results.drift import Drift
from reconciler.core.results.finding import Finding
from reconciler.report.drift.text import unread_words
from reconciler.report.words.finding import message, remarks

_COMMANDS = {"critical": "error", "gained": "error", "lost": "warning", "metadata": "notice"}


def drift_github(drift: Drift) -> str:
    """One command a line."""
    counting = {finding.id for finding in drift.failing("any")}
    commands = [_finding(finding, counts=finding.id in counting) for finding in drift.findings]
    commands += [_command("warning", "", f"{u.address}: {unread_words(u)}") for u in drift.unread]
    commands += [
        _command("error", "", f"{f.spec} failed: {text}") for f in drift.failures for text in f.problems
    ]
    return "".join(f"{line}\n" for line in commands)


def _finding(finding: Finding, *, counts: bool) -> str:
    source = finding.source
    place = f"file={_property(source.file)},line={max(1, source.line)}," if source else ""
    title = f"title={_property(f'{finding.severity} {finding.origin}: {finding.address}')}"
    return _command(
        _COMMANDS[finding.severity] if counts else "notice",
        f"{place}{title}",
        "\n".join((message(finding), *remarks(finding))),
    )


def _command(name: str, properties: str, text: str) -> str:
    return f"::{name}{' ' if properties else ''}{properties}::{_data(text)}"


def _data(text: str) -> str:
    """As the runner's toolkit escapes a message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """As it escapes a property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
