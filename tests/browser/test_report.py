"""The HTML report as people meet it: opened in Chromium, walked through by keyboard, printed, attacked."""

import json
from itertools import combinations
from pathlib import Path

import pytest

from tests import conftest, pages
from tests.browser.conftest import AXE
from tests.browser.looking import ALL_LAID_OUT, DESK, PHONE, SMALL, Open, shown, until


@pytest.mark.parametrize("name", [*SMALL, "thousand"])
def test_opens_without_an_error_and_asks_for_nothing_else(
    opened: Open, reports: dict[str, Path], name: str
) -> None:
    opened_page = opened(reports[name])
    opened_page.page.wait_for_load_state("networkidle")
    assert opened_page.messages == []
    assert [url for url in opened_page.asked if url != "data:,"] == [reports[name].as_uri()]
    assert opened_page.page.evaluate("document.querySelectorAll('script').length") == 1


def test_says_all_of_the_founding_job(opened: Open, reports: dict[str, Path]) -> None:
    for name, texts in {
        "plan": (
            "4 resources to change",
            "Cho phép kéo images",
            "instance-profile.CustomRWECRRole",
            "UploadLayerPart",
            "AddRoleToInstanceProfile",
        ),
        "verify": (
            "In sync with the specs",
            "4 of 4 are as the specs say",
            "says what the spec says (6 actions)",
            "ec2.amazonaws.com",
            "policy/WriteECRRepositoryContent",
        ),
    }.items():
        text = opened(reports[name]).page.inner_text("body")
        assert [t for t in texts if t not in text] == []


def test_says_all_six_findings(opened: Open, reports: dict[str, Path]) -> None:
    page = opened(reports["drift"]).page
    page.evaluate(ALL_LAID_OUT)
    page.click("#open")
    text = page.inner_text("body")
    for words in (
        "may do everything",
        "anyone can assume the role",
        "−BatchDeleteImage",
        "+UploadLayerPart",
        "pushes images, and more",
        "s3:PutObject",
        "missing live",
        "not in the spec",
        "Within the boundary",
        "every action",
        "ecr:BatchDeleteImage",
    ):
        assert words in text
    assert len(shown(page, ".item")) == 6
    assert [row.split()[0] for row in shown(page, "fieldset label")] == [
        "critical",
        "gained",
        "lost",
        "metadata",
    ]


def test_is_walked_through_by_keyboard(opened: Open, reports: dict[str, Path]) -> None:
    page = opened(reports["drift"]).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to findings"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.localName") == "summary"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert not page.evaluate("document.activeElement.parentElement.open")
    page.click("#close")
    page.locator(".tiles a", has_text="in sync").click()
    page.evaluate("document.querySelector('.fold').open = true")
    page.locator(".fold a", has_text="role.Builder").click()
    until(page, "document.getElementById('r1').parentElement.open")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_link_leads_to_a_heading_that_is_seen(
    opened: Open, reports: dict[str, Path], size: dict[str, int]
) -> None:
    page = opened(reports["thousand"], viewport=size).page
    position_script = (
        "(() => { const e = document.getElementById(location.hash.slice(1)).closest('details'), b ="
        " document.getElementById('find'); return [e.open,"
        " e.querySelector('summary').getBoundingClientRect().top - Math.max(0,"
        " b.getBoundingClientRect().bottom)] })()"
    )
    for anchor in ("r500", "p900", "r2"):
        page.evaluate(f"location.hash = '{anchor}'")
        until(page, f"{position_script}[0] && {position_script}[1] >= 0 && {position_script}[1] < 40")
        is_open, distance = page.evaluate(position_script)
        assert is_open
        assert 0 <= distance < 40


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SMALL)
def test_axe_finds_nothing(opened: Open, reports: dict[str, Path], name: str, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is missing: make test-browser gets it with npm")
    page = opened(reports[name], color_scheme=scheme, bypass_csp=True).page
    page.evaluate(ALL_LAID_OUT)
    page.click("#open")
    page.evaluate(AXE.read_text())
    axe_report = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
    assert [(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in axe_report["violations"]] == []
    assert any(rule["id"] == "color-contrast" for rule in axe_report["passes"])


def test_an_attack_through_texts_does_nothing(opened: Open, reports: dict[str, Path]) -> None:
    opened_page = opened(reports["attacked"])
    page = opened_page.page
    page.evaluate("window.hits = 0; window.hit = () => { window.hits += 1 }; null")
    page.click("#open")
    page.fill("#words", pages.ATTACK)
    until(page, "shown.textContent !== ''")
    text = page.evaluate("document.body.textContent")
    for words in (
        pages.ATTACK,
        pages.TAG,
        f"arn:aws:s3:::b/{pages.ATTACK}",
        f"aws:PrincipalTag/t {pages.ATTACK}",
    ):
        assert words in text
    assert (page.evaluate("window.hits"), opened_page.messages) == (0, [])
    assert (
        page.evaluate("document.querySelectorAll('img, iframe, [onerror], script:not(:last-child)').length")
        == 0
    )
    links = page.evaluate("[...document.links].map(a => a.protocol)")
    assert set(links) == {"file:"}


def test_its_policy_stops_what_would_get_in_all_the_same(opened: Open, reports: dict[str, Path]) -> None:
    opened_page = opened(reports["plan"])
    inside = json.dumps(
        "<img src='https://example.invalid/a.png' onerror='window.hits = 1'><style>body { display: none"
        " }</style>"
    )
    opened_page.page.evaluate(f"document.querySelector('h1').innerHTML = {inside}")
    opened_page.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.hits ="
        " 1'}))"
    )
    # A message comes while the page is waited for.
    conftest.until(lambda: len(opened_page.messages) >= 3 or opened_page.page.wait_for_timeout(20))
    opened_page.page.wait_for_load_state("networkidle")
    assert opened_page.page.evaluate("window.hits") is None
    assert opened_page.page.evaluate("getComputedStyle(document.body).display") == "block"
    assert all("Content Security Policy" in text for text in opened_page.messages)


@pytest.mark.parametrize(
    "size", [PHONE, {"width": 900, "height": 900}, DESK], ids=["phone", "narrow", "desk"]
)
@pytest.mark.parametrize("name", SMALL)
def test_nothing_overlaps_and_nothing_scrolls_sideways(
    opened: Open, reports: dict[str, Path], name: str, size: dict[str, int]
) -> None:
    page = opened(reports[name], viewport=size).page
    page.evaluate(ALL_LAID_OUT)
    page.click("#open")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    graphs = page.evaluate(
        "[...document.querySelectorAll('.role')].map(r => [...r.querySelectorAll('.node, h3, h4,"
        " table')].map(e => e.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom]))"
    )
    assert graphs
    for boxes in graphs:
        assert len(boxes) > 3
        for a, b in combinations(boxes, 2):
            assert a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1, (a, b)


def test_prints_everything_without_the_controls(opened: Open, reports: dict[str, Path]) -> None:
    page = opened(reports["drift"]).page
    page.click("#close")
    page.emulate_media(media="print")
    assert shown(page, "form") == shown(page, "nav") == []
    heights = page.evaluate(
        "[...document.querySelectorAll('.body')].map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) > 20
    # What is folded because it is long stays folded; all else is unfolded.
    folded = (
        "html => { const e = document.createElement('details'); e.innerHTML = '<summary>s</summary><p>p</p>';"
        " e.className = html; document.querySelector('main').append(e); return"
        " e.querySelector('p').checkVisibility({contentVisibilityAuto: true}) }"
    )
    assert [page.evaluate(folded, name) for name in ("fold", "fold long")] == [True, False]
    assert page.pdf(format="A4").count(b"/Type /Page") > 2


def test_is_whole_without_its_script(opened: Open, reports: dict[str, Path]) -> None:
    page = opened(reports["drift"], java_script_enabled=False).page
    assert not page.locator("form").is_visible()
    assert page.locator(".item .body").first.is_visible()
    page.locator(".document summary").first.click()
    assert page.locator(".document .body").first.is_visible()
