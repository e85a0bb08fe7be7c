"""The HTML report is searched by words, by severity and by actions."""

from collections.abc import Callable
from pathlib import Path

from tests import pages
from tests.browser.looking import Open, shown, until


def test_is_found_by_words_and_by_severity(opened: Open, reports: dict[str, Path]) -> None:
    page = opened(reports["drift"]).page
    page.keyboard.press("/")
    page.keyboard.type("batchdeleteimage write")
    until(page, "document.querySelectorAll('.item:not([hidden])').length === 1")
    assert shown(page, ".role h3") == []
    assert "Nothing here matches." in shown(page, ".none")
    page.keyboard.press("Escape")
    until(page, "shown.textContent === ''")
    page.uncheck("[value=critical]")
    assert len(shown(page, ".item")) == 4
    assert len(shown(page, ".role")) == 5
    assert "shown" in page.inner_text("#shown")


def test_is_found_by_actions_as_they_are_typed_also_where_a_pattern_or_another_document_has_them(
    opened: Open, reports: dict[str, Path]
) -> None:
    page = opened(reports["drift"]).page
    for words, items, roles, documents in (
        ("s3:PutObject", ["role.Reader"], ["Builder", "Reader"], ["aws:AdministratorAccess"]),
        ("sqs:sendmessage", [], ["Builder", "builders", "ada"], ["aws:AdministratorAccess"]),
        ("logs:putlogevents", [], ["Builder", "Deployer"], ["aws:AdministratorAccess", "policy/Limit"]),
        (
            "ecr:BatchDeleteImage",
            ["policy.Write"],
            ["Builder", "builders", "ada"],
            ["aws:AdministratorAccess", "policy/Limit", "policy/Write"],
        ),
        (
            "cloudwatch:GetMetricData",
            [],
            ["Builder", "Deployer"],
            ["aws:AdministratorAccess", "aws:CloudWatchReadOnlyAccess"],
        ),
    ):
        page.fill("#words", words)
        page.evaluate("filter()")
        assert shown(page, ".item h3") == ["role.Builder", *items], words
        assert shown(page, ".role h3") == roles, words
        assert shown(page, ".document h3") == documents, words


def test_a_search_by_an_action_says_of_whom_it_can_not_tell(opened: Open, tmp_path: Path) -> None:
    page = opened(pages.unread(tmp_path)).page
    for words, roles, counts in (
        (
            "s3:GetObject",
            ["admins", "Fetcher"],
            (
                "2 of 5 shown; not told for group.developers, user.theo: their AWS policies were not read;"
                " not told for user.zed: not all that they hold was read"
            ),
        ),
        ("s3:get* role", ["Fetcher"], "1 of 5 shown"),
        ("iam:* theo", [], "0 of 5 shown; not told for user.theo: their AWS policies were not read"),
        ("getobject", ["Fetcher"], "1 of 5 shown"),
    ):
        page.fill("#words", words)
        page.evaluate("filter()")
        assert (shown(page, ".role h3"), page.inner_text("#shown")) == (roles, counts), words


def test_a_thousand_roles_are_painted_at_once_and_searched(
    opened: Open, reports: dict[str, Path], figure: Callable[[str], None]
) -> None:
    page = opened(reports["thousand"]).page
    assert page.evaluate("document.querySelectorAll('.role').length") == 1000
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    loaded = page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart")
    took = page.evaluate(
        "(() => { const t = performance.now(); words.value = 'role app0500'; filter();"
        " document.body.offsetHeight; return performance.now() - t })()"
    )
    assert shown(page, ".role h3") == ["App0500"]
    assert page.inner_text(".tiles").startswith("4,000")
    figure(
        f"a report of 1,000 roles: {reports['thousand'].stat().st_size / 1e6:.1f} MB, painted after"
        f" {painted:.0f} ms, loaded after {loaded:.0f} ms, searched in {took:.0f} ms"
    )
    assert painted < 3000
    assert took < 1000
