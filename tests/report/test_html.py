"""The HTML report as text: what gets into it is escaped, it loads nothing, and it stays small.

How it looks in a browser is tested in tests/browser.
"""

import base64
import hashlib
import re
from pathlib import Path

from reconciler.core.address import Address
from reconciler.core.principal_view import HeldPolicy, PrincipalView
from reconciler.core.results.drift import Drift
from reconciler.report import html
from tests.conftest import ACCOUNT, Cli, Server
from tests.report.html_pages import HOSTILE, RUN, SeenPage, drifted, header, planned, written


def test_texts_from_outside_change_no_tag_and_are_shown_as_they_are() -> None:
    for make_page in (drifted, planned):
        harmless, hostile = SeenPage(make_page("harmless")), SeenPage(make_page(HOSTILE))
        assert hostile.tags == harmless.tags
        assert hostile.text.count(HOSTILE) == harmless.text.count("harmless") > 40
        assert not any("hit()" in value for value in hostile.values)


def test_what_hides_or_reorders_text_is_written_as_an_escape() -> None:
    for make_page in (drifted, planned):
        page = make_page("a\u202eb\x1bc\u200b\nd")
        assert not re.search("[\u202e\x1b\u200b]", page)
        assert r"a\u202eb\x1bc\u200b\nd" in page


def test_its_policy_lets_its_own_script_and_style_run_and_nothing_else() -> None:
    page = drifted(HOSTILE)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    allowed = dict(part.strip().split(" ", 1) for part in policy[1].replace("&#39;", "'").split(";"))
    for tag in ("script", "style"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert allowed.pop(f"{tag}-src") == f"'sha256-{digest}'"
    assert allowed == {
        "default-src": "'none'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert page.index("Content-Security-Policy") < page.index("<style>") < page.index("<script>")


def test_it_loads_nothing_and_every_link_leads_somewhere() -> None:
    for make_page in (drifted, planned):
        page = make_page("harmless")
        links = re.findall(r'(?:href|src|action)="([^"]*)"', page)
        ids = re.findall(r'\bid="([^"]*)"', page)
        assert {link for link in links if not link.startswith("#")} == {"data:,"}
        assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
        assert len(ids) == len(set(ids))
        assert not re.search(r' style="| on\w+="|url\(|@import', page)


def test_a_role_takes_a_few_kilobytes() -> None:
    document = written({"Effect": "Allow", "Action": ["ecr:PutImage", "ecr:ListImages"], "Resource": "*"})
    admitted = written(
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )

    def size(number: int) -> int:
        drawn = tuple(
            PrincipalView(
                Address(ACCOUNT, "role", f"R{n}"),
                True,
                admitted,
                admitted,
                (HeldPolicy("policy/P", "same", document, document),),
            )
            for n in range(number)
        )
        return len(html.drift_html(Drift(header("a/b"), (), (), pictures=drawn), "any", RUN))

    assert (size(150) - size(50)) / 100 < 1_500


def contrast(foreground: str, background: str) -> float:
    """As WCAG 2.2 defines it."""

    def light(colour: str) -> float:
        digits = colour * 2 if len(colour) == 3 else colour
        parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    a, b = sorted((light(foreground), light(background)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def test_every_colour_of_text_stands_out_from_every_ground_it_stands_on() -> None:
    style = (Path(html.__file__).parent / "page.css").read_text().partition("@media print")[0]
    light, dark = (
        dict(re.findall(r"--([a-z-]+): #([0-9a-f]{3,6});", part)) for part in style.split("@media screen", 1)
    )
    tones = ("critical", "gained", "lost", "good", "unsure", "plain")
    for colours in (light, {**light, **dark}):
        for ground in ("page", "surface", "sunken", "gone", "come"):
            for text in ("text", "muted", "link", *tones):
                if ground in ("gone", "come") and text in (*tones, "muted", "link"):
                    continue
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        for tone in tones:
            assert contrast(colours[tone], colours[f"{tone}-tint"]) >= 4.5, tone
        assert contrast(colours["strong"], colours["surface"]) >= 3


def test_plan_verify_and_drift_write_it(cli: Cli, sandbox: Server, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    reported = ("specs/ecr.yaml", "--report", f"html={file}")
    assert "4 to create" in cli("plan", *reported).out
    shown = file.read_text()
    for text in (
        "4 resources to change",
        "role.CustomRWECRRole",
        "ec2.amazonaws.com",
        "Cho phép kéo images",
        "AttachRolePolicy",
        ">Principal<",
        "no condition",
    ):
        assert text in shown
    assert file.stat().st_mode & 0o777 == 0o644
    cli("apply", "specs/ecr.yaml", "--yes")
    sandbox.iam().attach_role_policy(
        RoleName="CustomRWECRRole", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    for command in ("verify", "drift"):
        cli(command, *reported, code=2)
        shown = file.read_text()
        for text in (
            "◆</span> critical",
            "not in the spec",
            "every service",
            "s3:GetObject",
            "may do everything",
            "reconcile apply specs/ecr.yaml --finding ",
            "reconcile drift specs/ecr.yaml --accept ",
        ):
            assert text in shown, (command, text)
    assert "says what the spec says (6 actions)" not in shown
    assert (
        "can't be written"
        in cli("verify", "specs/ecr.yaml", "--report", f"html={tmp_path}/no/page", code=2).err
    )


def test_a_user_is_drawn_with_groups_that_no_spec_describes(
    cli: Cli, sandbox: Server, tmp_path: Path
) -> None:
    spec, file = tmp_path / "users.yaml", tmp_path / "page.html"
    spec.write_text(
        "version: 1\nname: a/users\ngroups: {devs: {inline: {Q: {allow: [{actions: 'sqs:*', resources:"
        " '*'}]}}, members: [ada]}}\nusers: {ada: {groups: [devs]}}\n"
    )
    cli("apply", spec, "--yes")
    iam = sandbox.iam()
    iam.create_group(GroupName="far")
    iam.put_group_policy(
        GroupName="far",
        PolicyName="E",
        PolicyDocument=written({"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}),
    )
    iam.add_user_to_group(GroupName="far", UserName="ada")
    # The groups of users whose access differs are read; of others they are named.
    for command, groups, known, word in (
        ("plan", "[devs]", ["ecr", "sqs"], "removed"),
        ("drift", "[devs]", ["ecr", "sqs"], "not in the spec"),
        ("drift", "[devs, far]", ["sqs"], "as the spec says"),
    ):
        spec.write_text(re.sub(r"groups: \[.*\]", f"groups: {groups}", spec.read_text()))
        cli(command, spec, "--report", f"html={file}", code=None)
        (shown,) = re.findall(r"<h3>ada</h3>.*?</details>", file.read_text(), re.DOTALL)
        assert re.findall(r"through group</small><[^>]*>(\w+)<", shown) == ["devs", "far"]
        assert sorted(re.findall(r'<li><span class="node"><b>(\w+)</b>', shown)) == known
        assert word in shown
        assert ("neither described nor read" in shown) == ("far" in groups)
        assert "may do nothing" not in shown


def test_a_run_that_fails_as_a_whole_leaves_no_older_report(cli: Cli, tmp_path: Path) -> None:
    file, wrong = tmp_path / "page.html", tmp_path / "wrong.yaml"
    wrong.write_text("version: 2\n")
    for command in ("plan", "verify", "drift"):
        file.write_text("<!doctype html>of yesterday")
        cli(command, wrong, "--report", f"html={file}", code=1)
        assert not file.exists()
    assert "is no format: markdown, json, html" in cli("plan", wrong, "--report", "xml=x", code=1).err
    assert "write html=FILE" in cli("verify", wrong, "--report", "html", code=1).err
