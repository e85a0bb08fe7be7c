"""A drift run as JUnit XML: a suite for each spec, a case for each resource."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reconciler.core.results.drift import Drift
from reconciler.core.results.finding import SEVERITIES, Finding
from reconciler.core.text import escaped
from reconciler.report.drift.text import unread_words
from reconciler.report.words.finding import message, remarks


def drift_junit(drift: Drift, seconds: float = 0) -> str:
    """What differs is a failure, what could not be read or compared an error.

    Of what is in no spec only what counts is a failure.
    """
    suite = Element("testsuite", name=f"reconcile drift {drift.header.account}", time=f"{seconds:.3f}")
    by_address: dict[str, list[Finding]] = {address: [] for address in drift.resources}
    for finding in drift.failing("any"):
        by_address.setdefault(str(finding.address), []).append(finding)
    unread: dict[str, list[str]] = {}
    for entry in drift.unread:
        unread.setdefault(str(entry.address), []).append(unread_words(entry))
    for address in dict.fromkeys((*by_address, *unread)):
        case = SubElement(suite, "testcase", classname="reconcile", name=escaped(address))
        findings = by_address.get(address, [])
        if findings:
            worst = min(findings, key=lambda f: SEVERITIES.index(f.severity))
            failure = SubElement(case, "failure", type=worst.severity, message=message(worst))
            failure.text = "\n".join(line for finding in findings for line in _lines(finding))
        for words in unread.get(address, ()):
            SubElement(case, "error", type="unread", message=words)
    for failed in drift.failures:
        case = SubElement(suite, "testcase", classname="reconcile.spec", name=escaped(failed.spec))
        SubElement(
            case, "error", type="spec", message=escaped(failed.problems[0] if failed.problems else "failed")
        ).text = "\n".join(map(escaped, failed.problems))
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    root = Element("testsuites")
    root.append(suite)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity} · {finding.origin} · {finding.rule} · {finding.id}: {message(finding)}"
    yield from (f"    {line}" for line in remarks(finding))
