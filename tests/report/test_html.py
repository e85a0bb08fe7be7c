"""The HTML report as text: what gets into it is escaped, it loads nothing, and it stays small. In a browser.

Tests/browser.
"""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from reconciler.core.access_change import AccessChange, AccessDelta
from reconciler.core.address import Address, Source
from reconciler.core.call import write
from reconciler.core.change import Change, FieldChange
from reconciler.core.plan import Header, Plan, Refusal, Unread
from reconciler.core.principal_view import HeldPolicy, Membership, PrincipalView, Standing
from reconciler.core.results.drift import Drift, Failure, LeftAlone, Unmanaged
from reconciler.core.results.finding import Finding
from reconciler.report import html
from reconciler.report.html.run import PageRun
from tests.conftest import ACCOUNT, Cli, Server

HOSTILE = "</script><script>hit()</script>\"'><img src=x onerror=hit()>"
RUN = PageRun(1_790_000_000.0, "0.1.0")


def statement(text: str) -> dict[str, object]:
    return {
        "Sid": text,
        "Effect": "Allow",
        "Action": ["s3:GetObject", f"s3:{text}", f"{text}:Do"],
        "Resource": text,
        "Condition": {text: {text: text}},
    }


def trust(text: str) -> dict[str, object]:
    return {"Effect": "Deny", "Principal": {"AWS": text, text: text}, "Action": text}


def written(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def header(text: str) -> Header:
    return Header((text,), ACCOUNT, "aws", text, text)


def fields(text: str) -> tuple[FieldChange, ...]:
    other = written(statement("other"))
    return (
        FieldChange("description", "value", text, f"{text} too"),
        FieldChange("attached", "set", (text,), (f"{text} too",)),
        FieldChange("inline", "document", written(statement(text)), other, item=text),
        FieldChange("trust", "document", written(trust(text)), None),
    )


def side(text: str) -> AccessDelta:
    request = {"action": text, "resource": text, "principal": {text: text}, "context": {text: text}}
    return AccessDelta("yes", (json.dumps(statement(text)),), json.dumps(request))


def pictures(text: str) -> tuple[PrincipalView, ...]:
    held = HeldPolicy(text, "changed", written(statement(text)), written(statement(text), statement("other")))
    inline = HeldPolicy(text, "added", "", written(statement(text)), is_inline=True)
    role, user = (Address(ACCOUNT, kind, text) for kind in ("role", "user"))
    return (
        PrincipalView(role, True, written(trust(text)), "", (held, inline), (held,), Source(text, 1)),
        PrincipalView(
            user,
            False,
            groups=(Membership(text, "added", (held, inline)), Membership(text, "removed")),
            has_all_groups=False,
        ),
        PrincipalView(Address(ACCOUNT, "group", text), True, members=(Membership(text, "same"),)),
    )


def drifted(text: str) -> str:
    address = Address(ACCOUNT, "role", text)
    found = tuple(
        Finding(
            address,
            text,
            field.field,
            "gained",
            "drift",
            text,
            field,
            text,
            side(text),
            side(text),
            (text,),
            Source(text, 1),
        )
        for field in fields(text)
    )
    drift = Drift(
        header(text),
        (
            *found,
            Finding(address, text, "absent", "lost", "new", text=text, lost=AccessDelta("unknown", why=text)),
        ),
        (str(address), f"policy.{text}"),
        (Unread(address, text, text),),
        (Failure(text, (text,)),),
        (text,),
        (LeftAlone(address, fields(text)[0], text),),
        Unmanaged((text,), 1, 2),
        pictures(text),
    )
    return html.drift_html(drift, "any", RUN)


def planned(text: str) -> str:
    address = Address(ACCOUNT, "role", text)
    call = write(text, text, {text: text})
    change = Change(
        address,
        "adopt",
        fields(text),
        fields(text),
        ((fields(text)[0], text),),
        (text,),
        (text,),
        (call,),
        (),
        text,
        text,
        Source(text, 1),
        text,
    )
    access = (AccessChange(address, "access", side(text), side(text), (text,)),)
    plan = Plan(
        header(text),
        (change,),
        (call,),
        (Unread(address, text, text),),
        access,
        (),
        (Refusal(address, text, text),),
    )
    return html.plan_html(plan, pictures(text), RUN)


class SeenPage(HTMLParser):
    """Tags with their attributes' names in order, all values of attributes, and the text outside script and style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[str] = []
        self.text = ""
        self._raw = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Where a line may break hangs on the text.
        if tag == "wbr" and not attrs:
            return
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value or "" for _, value in attrs]
        self._raw = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((f"/{tag}", ()))
        self._raw = ""

    def handle_data(self, data: str) -> None:
        if not self._raw:
            self.text += data


def test_texts_from_outside_change_no_tag_and_are_shown_as_they_are() -> None:
    for made in (drifted, planned):
        harmless, hostile = SeenPage(made("harmless")), SeenPage(made(HOSTILE))
        assert hostile.tags == harmless.tags
        assert hostile.text.count(HOSTILE) == harmless.text.count("harmless") > 40
        assert not any("hit()" in value for value in hostile.values)


def test_what_hides_or_reorders_text_is_written_as_an_escape() -> None:
    for made in (drifted, planned):
        page = made("a\u202eb\x1bc\u200b\nd")
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
    for made in (drifted, planned):
        page = made("harmless")
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


def test_services_and_levels_are_counted_by_what_the_document_says() -> None:
    from reconciler.report.html.graphs import services
    from reconciler.report.html.page import Reach

    assert services(
        written(
            {
                "Effect": "Allow",
                "Action": ["ecr:PutImage", "ecr:ListImages", "ecr:DescribeImages"],
                "Resource": "*",
            },
            {
                "Effect": "Allow",
                "Action": "sqs:*",
                "Resource": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            },
            {"Effect": "Allow", "Action": "nosuch:Thing", "Resource": "*"},
            {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"},
        )
    ) == (
        Reach(False, "ecr", ("list 2", "write 1")),
        Reach(False, "nosuch", ("other 1",)),
        Reach(False, "sqs", ("every action",), is_limited=True),
        Reach(True, "every service but iam:*", ("every action",)),
    )


def test_what_is_said_of_a_role_in_a_line_is_what_it_has_in_the_state_drawn() -> None:
    from reconciler.report.html.graphs import AS_FOUND, AS_PLANNED, graph

    def held(name: str, standing: Standing, service: str) -> HeldPolicy:
        made = written({"Effect": "Allow", "Action": f"{service}:*", "Resource": "*"})
        return HeldPolicy(
            name, standing, "" if standing == "added" else made, "" if standing == "removed" else made
        )

    policies = (held("a", "same", "sqs"), held("b", "added", "s3"), held("c", "removed", "ecr"))
    drawn = PrincipalView(Address(ACCOUNT, "role", "R"), exists=True, policies=policies)
    for view, gist, words in (
        (AS_FOUND, "ecr, sqs", ["", "missing live", "not in the spec"]),
        (AS_PLANNED, "s3, sqs", ["", "added", "taken away"]),
    ):
        made = graph(drawn, 1, view, ("", "plain"), {})
        assert (made.gist, [policy.standing for policy in made.policies]) == (gist, words)


def test_a_gist_says_what_is_denied_beside_all_that_is_allowed() -> None:
    from reconciler.report.html.graphs import AS_FOUND, graph

    def gist(*policies: HeldPolicy) -> tuple[str, str]:
        made = graph(
            PrincipalView(Address(ACCOUNT, "role", "R"), True, policies=policies),
            1,
            AS_FOUND,
            ("", "plain"),
            {},
        )
        return made.gist, made.untold

    def does(effect: str, action: str) -> HeldPolicy:
        made = written({"Effect": effect, "Action": action, "Resource": "*"})
        return HeldPolicy(f"{effect} {action}", "same", made, made)

    admin, readers = HeldPolicy("aws:AdministratorAccess", "same"), HeldPolicy("aws:ReadOnlyAccess", "same")
    assert gist(admin, does("Deny", "s3:DeleteBucket")) == ("every service, some of s3 denied", "")
    assert gist(does("Allow", "sqs:*"), does("Deny", "s3:*")) == ("sqs", "")
    assert gist(does("Allow", "s3:*"), does("Deny", "s3:*")) == ("s3, some of s3 denied", "")
    assert gist(readers, does("Deny", "s3:*")) == (
        "what aws:ReadOnlyAccess gives (not read), some of s3 denied",
        "aws",
    )
    assert gist(admin, does("Deny", "*"))[0] == "every service, some of it denied"
    assert gist(readers, HeldPolicy("policy/P", "same"))[1] == "some"


def test_a_user_is_drawn_with_what_it_holds_through_its_groups_and_a_group_with_its_members() -> None:
    from reconciler.report.html.graphs import AS_PLANNED, graph, names

    made = written({"Effect": "Allow", "Action": "sqs:*", "Resource": "*"})
    held = (
        HeldPolicy("policy/Q", "same", made, made),
        HeldPolicy("aws:AdministratorAccess", "same"),
        HeldPolicy("aws:PowerUserAccess", "same"),
    )
    groups = (
        Membership("admins", "same", held[1:2]),
        Membership("devs", "added", held[:1]),
        Membership("far", "same"),
    )
    ada = PrincipalView(Address(ACCOUNT, "user", "ada"), True, groups=groups[1:], has_all_groups=False)
    devs = PrincipalView(
        Address(ACCOUNT, "group", "devs"), True, policies=held[2:], members=(Membership("ada", "added"),)
    )
    links = names((ada, devs), ())
    drawn = graph(ada, 1, AS_PLANNED, ("", "plain"), links)
    assert drawn.gist == "sqs, and what group far gives (not read)"
    assert [(g.standing, g.link, [p.name for p in g.policies]) for g in drawn.groups] == [
        ("added", "r2", ["policy/Q"]),
        ("", "", []),
    ]
    assert "neither described nor read" in drawn.groups[1].nothing
    assert "was not read" in drawn.remarks[0]
    (member,) = graph(devs, 2, AS_PLANNED, ("", "plain"), links).who
    assert (member.kind, member.name, member.standing, member.link) == ("user", "ada", "added", "r1")
    assert (
        graph(devs, 2, AS_PLANNED, ("", "plain"), links).gist == "what aws:PowerUserAccess gives (not read)"
    )
    admin = graph(replace(ada, groups=groups), 1, AS_PLANNED, ("", "plain"), links)
    assert admin.gist == "every service"
    (reach,) = admin.groups[0].policies[0].reach
    assert (reach.is_all, admin.groups[0].policies[0].remark) == (True, "")


def test_a_plan_says_who_gains_and_loses_through_what_and_of_whom_it_can_not_be_told() -> None:
    from reconciler.report.html.plans import plan_page
    from reconciler.report.words.access import summary

    new, held, gone = (Address(ACCOUNT, "role", name) for name in ("New", "Held", "Gone"))
    left = Address(ACCOUNT, "user", "ann")
    unknown, no = AccessDelta("unknown", why="too much"), AccessDelta("no")
    attached = FieldChange(
        "attached", "set", (f"arn:aws:iam::{ACCOUNT}:policy/P", "arn:aws:iam::aws:policy/A"), ()
    )
    plan = Plan(
        header("a/b"),
        (
            Change(new, "create"),
            Change(held, "none"),
            Change(gone, "delete", (attached,)),
            Change(left, "delete", (FieldChange("groups", "set", ("Admins",), ()),)),
        ),
        (),
        access=(AccessChange(new, "access", unknown, unknown), AccessChange(held, "access", side("x"), no)),
    )
    changed = written(statement("x"))
    drawn = (PrincipalView(held, True, policies=(HeldPolicy("policy/P", "changed", changed, written()),)),)
    page = plan_page(plan, drawn, RUN)
    assert [
        (i.mark, i.headline, [word for word, _ in i.labels], [a.title for a in i.access]) for i in page.items
    ] == [
        ("create", "does not exist yet", ["can't be told"], ["Cannot tell: access gained"]),
        ("indirect", "changes through policy/P", ["gives access"], ["Access gained"]),
        ("delete", "attached", ["takes access"], ["Access lost: all of it"]),
        ("delete", "groups", ["takes access"], ["Access lost: all of it"]),
    ]
    assert (
        page.items[2].access[0].remark
        == "What it held goes with it: policy/P, aws:A. Nobody can assume it any more."
    )
    assert page.items[3].access[0].remark == "What it held goes with it: what group Admins gives."
    assert page.graphs[0].status == "changes through policy/P"
    counted = {tile.words: tile.number for tile in page.tiles}
    assert [counted.get(w) for w in ("gain access", "lose access", "can't be told")] == [1, 2, 1]
    assert summary(plan) == "access gained by 1 role, access lost by 1 role and 1 user, can't be told for 1"


def test_whose_policy_or_group_differs_is_not_said_to_be_as_the_spec_says() -> None:
    from reconciler.report.html.findings import drift_page

    policy, group, user = (Address(ACCOUNT, kind, "x") for kind in ("policy", "group", "user"))
    found = (
        Finding(policy, "a/b", "document", "gained", "drift"),
        Finding(group, "a/b", "attached", "critical", "drift"),
    )
    held = HeldPolicy("policy/p/x", "changed", written(statement("x")), written())
    drawn = (
        PrincipalView(
            user,
            True,
            policies=(held,),
            groups=(Membership("x", "same", (replace(held, standing="added"),)),),
        ),
        PrincipalView(Address(ACCOUNT, "role", "R"), True, policies=(held,)),
        PrincipalView(Address(ACCOUNT, "role", "Q"), True),
    )
    page = drift_page(Drift(header("a/b"), found, (), pictures=drawn), "any", RUN)
    assert [(one.status, one.tone) for one in page.graphs] == [
        ("differs through policy/p/x, group x", "critical"),
        ("differs through policy/p/x", "gained"),
        ("as the spec says", "good"),
    ]


def test_boxes_name_principals_in_short_and_an_example_says_what_is_empty() -> None:
    from reconciler.report.html.differing import access
    from reconciler.report.html.graphs import AS_FOUND, graph

    arn, other = f"arn:aws:iam::{ACCOUNT}:oidc-provider/a.example/b", "arn:aws:iam::111122223333:"
    admitted = written(
        {
            "Effect": "Allow",
            "Principal": {"Federated": arn, "AWS": [f"{other}role/p/R", f"{other}root"]},
            "Action": "sts:AssumeRole",
        }
    )
    who = graph(
        PrincipalView(Address(ACCOUNT, "role", "R"), True, admitted), 1, AS_FOUND, ("", "plain"), {}
    ).who
    assert [one.name for one in who] == [
        "role/p/R of 111122223333",
        "account 111122223333",
        "oidc-provider/a.example/b",
    ]
    assert who[2].whole == arn
    request = {"action": "a:B", "resource": None, "principal": None, "context": {"aud": ""}}
    (found,) = access(AccessDelta("yes", (), json.dumps(request)), "Gained", "gained")
    assert found.example[1] == ("With", "aud = (empty)")
    assert (
        PageRun(0, "1", ("a b", "-c")).command("apply", "--finding", "x")
        == "reconcile apply 'a b' ./-c --finding x"
    )


def test_many_rows_are_folded_behind_what_they_come_to() -> None:
    from reconciler.report.html.differing import access

    def made(number: int) -> AccessDelta:
        actions = [action for n in range(number) for action in (f"none{n}:Do", f"none{n}:Undo")]
        return AccessDelta("yes", (json.dumps({"Effect": "Allow", "Action": actions, "Resource": "*"}),))

    (few,), (many,) = (tuple(access(made(number), "Gained", "gained")) for number in (30, 31))
    assert (len(few.rows), few.in_short) == (30, ())
    assert (len(many.rows), many.in_short) == (
        31,
        ("up to 62 actions of 31 services on everything", "31 rows; by access level: patterns and others 62"),
    )


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it."""

    def light(colour: str) -> float:
        digits = colour * 2 if len(colour) == 3 else colour
        parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    a, b = sorted((light(one), light(other)), reverse=True)
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
        ("plan", "[devs]", ["ecr", "sqs"], "taken away"),
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
    assert "is no format: html" in cli("plan", wrong, "--report", "xml=x", code=1).err
    assert "write html=FILE" in cli("verify", wrong, "--report", "html", code=1).err


def test_a_trust_has_words_of_its_own_and_everything_is_no_star() -> None:
    from reconciler.report.html.plans import plan_page
    from reconciler.report.words.access import summary

    role, no = Address(ACCOUNT, "role", "R"), AccessDelta("no")
    star = AccessDelta("yes", (json.dumps({"Effect": "Allow", "Action": "*", "Resource": "*"}),))
    narrowed = AccessChange(role, "trust", no, AccessDelta("yes", (json.dumps(trust("x")),)))
    plan = Plan(header("a/b"), (Change(role, "update", fields("x")),), (), access=(narrowed,))
    page = plan_page(plan, (), RUN)
    assert page.items[0].labels == (("fewer may assume", "lost"),)
    assert summary(plan) == "fewer may assume 1 role"
    assert {"fewer may assume"} == {t.words for t in page.tiles} & {
        "lose access",
        "gain access",
        "fewer may assume",
        "more may assume",
    }
    page = plan_page(replace(plan, access=(AccessChange(role, "access", star, no), narrowed)), (), RUN)
    assert page.items[0].labels == (("gives access", "gained"), ("fewer may assume", "lost"))
    (row,) = page.items[0].access[0].rows
    assert (row.effect, row.actions, row.where) == ("allow", "everything", "everything")
