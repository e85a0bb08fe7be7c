"""A drift run, or a check, as a page."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from reconciler.core.principal_view import PrincipalView
from reconciler.core.results.drift import DIFFERS, FAILED, IN_SYNC, PARTLY, WORDS, Drift, FailOn
from reconciler.core.results.finding import SEVERITIES, Finding, Severity
from reconciler.core.text import plural
from reconciler.report.drift.text import in_no_spec, result_line, unread_words
from reconciler.report.html import graphs
from reconciler.report.html.differing import access, difference
from reconciler.report.html.page import SYMBOLS, Listing, ListLine, Page, PageItem, Tile, Tone
from reconciler.report.html.run import PageRun, facts, specs
from reconciler.report.html.views import AS_FOUND
from reconciler.report.words.field import sentence
from reconciler.report.words.finding import message, rules

TONES: dict[Severity, Tone] = {
    "critical": "critical",
    "gained": "gained",
    "lost": "lost",
    "metadata": "plain",
}
_VERDICTS: dict[int, Tone] = {IN_SYNC: "good", FAILED: "unsure", PARTLY: "unsure"}
_HEADLINES = {
    IN_SYNC: "In sync with the specs",
    FAILED: "Not everything could be compared",
    DIFFERS: "Live differs from the specs",
    PARTLY: "Not everything could be read",
}
LEGEND: tuple[tuple[str, Tone, str], ...] = (
    ("critical", "critical", "access gained that is admin, public, or a way to everything"),
    ("gained", "gained", "somebody may do more than the specs say, or that is not known"),
    ("lost", "lost", "somebody may do less than the specs say"),
    ("metadata", "plain", "no access changes: a description, a tag, who owns it"),
)
_ORIGINS = {
    "drift": "changed outside, or an apply was cut short",
    "pending": "the spec moved on and was not applied yet",
    "both": "the spec moved on, and live was changed too",
    "new": "never applied",
    "unknown": "is not known from the tags",
}


def drift_page(drift: Drift, fail_on: FailOn, run: PageRun, *, title: str = "Drift report") -> Page:
    """The page of a run: findings first, then what was not looked at, then who may do what."""
    code = drift.verdict(fail_on)
    written = graphs.documents(drift.pictures, AS_FOUND)
    links = graphs.names(drift.pictures, written)
    worst = _worst(drift)
    return Page(
        title=title,
        verdict=_HEADLINES[code],
        tone=_gravest(drift.findings) if code == DIFFERS else _VERDICTS[code],
        gist=result_line(drift, fail_on).removeprefix(f"result: {WORDS[code]} · "),
        facts=facts(drift.header, run),
        tiles=tuple(_tiles(drift)),
        items_title="Findings",
        items_note=(
            "Each difference by itself, worst first. − is live and not in the spec, + is in the spec and not"
            " live."
        ),
        nothing="Nothing differs: all that was read is as the specs say.",
        items=tuple(_item(finding, drift.header.account, run) for finding in drift.findings),
        sides=("live only", "spec only"),
        before=tuple(_not_looked_at(drift)),
        graphs_note=AS_FOUND.note,
        graphs=tuple(
            graphs.graph(p, n, AS_FOUND, _status(p, worst), links)
            for n, p in enumerate(drift.pictures, start=1)
        ),
        documents=written,
        after=(*_after(drift, worst), *specs(drift.header)),
        legend=LEGEND,
        version=run.version,
    )


def _gravest(findings: Iterable[Finding]) -> Tone:
    return TONES[min((finding.severity for finding in findings), key=SEVERITIES.index)]


def _worst(drift: Drift) -> dict[str, tuple[str, Tone]]:
    """What is to be said of each resource that is not as its spec says."""
    findings: dict[str, list[Finding]] = {}
    for finding in drift.findings:
        findings.setdefault(str(finding.address), []).append(finding)
    status: dict[str, tuple[str, Tone]] = {str(u.address): ("not read", "unsure") for u in drift.unread}
    for address, own_findings in findings.items():
        gravest = min((f.severity for f in own_findings), key=SEVERITIES.index)
        status[address] = (f"{plural(len(own_findings), 'finding')}, {gravest}", TONES[gravest])
    return status


def _status(picture: PrincipalView, worst: Mapping[str, tuple[str, Tone]]) -> tuple[str, Tone]:
    """What is found of it, or else of what it holds."""
    holders = graphs.through(picture)
    if str(picture.address) in worst or not holders:
        return worst.get(str(picture.address), ("as the spec says", "good"))
    addresses = (
        f"policy.{name.rpartition('/')[2]}" if name.startswith("policy/") else name.replace(" ", ".", 1)
        for name in holders
    )
    tones = [worst[address][1] for address in addresses if address in worst]
    return f"differs through {graphs.some(holders)}", min(tones, key=list(SYMBOLS).index, default="plain")


def _tiles(drift: Drift) -> Iterator[Tile]:
    severities = [finding.severity for finding in drift.findings]
    yield Tile(len(drift.resources), "resources in the specs", "plain", "resources")
    yield Tile(len(drift.in_sync), "in sync", "good", "resources")
    for severity in SEVERITIES:
        if severity in severities:
            yield Tile(severities.count(severity), severity, TONES[severity], "items")
    if drift.unread:
        yield Tile(len(drift.unread), "not read", "unsure", "unread")
    if drift.failures:
        yield Tile(len(drift.failures), "specs failed", "unsure", "unread")


def _item(finding: Finding, account: str, run: PageRun) -> PageItem:
    is_trust = finding.rule == "trust"
    gained = "More may assume it than the spec says" if is_trust else "Access gained, beyond the spec"
    lost = "Fewer may assume it than the spec says" if is_trust else "Access lost, that the spec gives"
    return PageItem(
        id=f"f-{finding.id}",
        mark=finding.severity,
        mark_tone=TONES[finding.severity],
        tone=TONES[finding.severity],
        address=str(finding.address),
        headline=_headline(finding),
        facts=(
            ("Origin", f"{finding.origin}: {_ORIGINS[finding.origin]}"),
            ("Rule", finding.rule),
            ("Spec", finding.spec or "none"),
            *((("Described at", str(finding.source)),) if finding.source else ()),
            ("Id", finding.id),
        ),
        differences=(difference(finding.field, account),) if finding.field else (),
        access=tuple(
            chain(
                access(finding.gained, gained, "critical" if finding.severity == "critical" else "gained"),
                access(finding.lost, lost, "lost"),
            )
        ),
        remarks=finding.details,
        commands=(
            (run.command("apply", "--finding", finding.id), run.command("drift", "--accept", finding.id))
            if finding.field
            else ()
        ),
    )


_LONGEST_HEADLINE = 200


def _headline(finding: Finding) -> str:
    """What differs; of what is shown below line by line, and would be long, what it means that it differs."""
    words = message(finding)
    is_short = finding.field is None or (
        finding.field.shape != "document" and len(words) <= _LONGEST_HEADLINE
    )
    if is_short:
        return words
    item = f" {finding.item}" if finding.item else ""
    return f"{finding.rule}{item}: {rules()[finding.rule]}"


def _not_looked_at(drift: Drift) -> Iterator[Listing]:
    lines = [
        *(ListLine(str(u.address), unread_words(u), "unsure", "not read") for u in drift.unread),
        *(ListLine(f.spec, text, "unsure", "failed") for f in drift.failures for text in f.problems),
    ]
    if lines:
        yield Listing("unread", "Not checked", tuple(lines), "What is listed here may differ unseen.")


def _after(drift: Drift, worst: dict[str, tuple[str, Tone]]) -> Iterator[Listing]:
    drawn = {str(picture.address): f"r{number}" for number, picture in enumerate(drift.pictures, start=1)}
    yield Listing(
        "resources",
        "All resources of the specs",
        tuple(
            ListLine(address, "", tone, words, drawn.get(address, ""))
            for address in drift.resources
            for words, tone in (worst.get(address, ("in sync", "good")),)
        ),
        is_open=False,
    )
    if drift.left_alone:
        lines = (
            ListLine(
                str(left_alone.address),
                f"{sentence(left_alone.field, left_alone.address.account)} — {left_alone.reason}",
                "plain",
                "left alone",
            )
            for left_alone in drift.left_alone
        )
        yield Listing(
            "ignored", "Left alone", tuple(lines), "Differences that the specs say to leave as they are."
        )
    if drift.notes:
        yield Listing("notes", "Warnings", tuple(ListLine("", note) for note in drift.notes))
    yield _in_no_spec(drift, worst, drawn)


def _in_no_spec(drift: Drift, worst: dict[str, tuple[str, Tone]], drawn: dict[str, str]) -> Listing:
    unmanaged = drift.unmanaged
    if unmanaged is None:
        return Listing("unmanaged", "In no spec", (ListLine("", in_no_spec(drift, 0)),), is_open=False)
    note = (
        f"{unmanaged.described} of {unmanaged.all} roles, users, policies, instance profiles, groups and"
        f" identity providers are in these specs; {unmanaged.aws_owned} of AWS's own apart."
    )
    if unmanaged.outside:
        note += f" {plural(unmanaged.outside, 'other resource')} outside the coverage of these specs."
    known = {e.address: e.words for e in unmanaged.elsewhere}
    known |= {e.address: f"in no spec, and known: {e.reason}" for e in unmanaged.ignored}
    lines = (
        ListLine(address, known.get(address, ""), tone, words, drawn.get(address, ""))
        for address in unmanaged.addresses
        for words, tone in (worst.get(address, ("in no spec", "plain")),)
    )
    return Listing("unmanaged", "In no spec", tuple(lines), note, is_open=False)
