"""What the pictures of principals say, and the words beside them."""

import json
from dataclasses import replace

from reconciler.app.request import SpecSelection
from reconciler.core.access_change import AccessChange, AccessDelta
from reconciler.core.address import Address
from reconciler.core.change import Change, FieldChange
from reconciler.core.plan import Plan
from reconciler.core.principal_view import HeldPolicy, Membership, PrincipalView, Standing
from reconciler.core.results.drift import Drift
from reconciler.core.results.finding import Finding
from reconciler.report.html.run import PageRun
from tests.conftest import ACCOUNT
from tests.report.html_pages import RUN, fields, header, side, statement, trust, written


def test_services_and_levels_are_counted_by_what_the_document_says() -> None:
    from reconciler.report.html.page import Reach
    from reconciler.report.html.reached_services import services

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
    from reconciler.report.html.graphs import graph
    from reconciler.report.html.views import AS_FOUND, AS_PLANNED

    def held(name: str, standing: Standing, service: str) -> HeldPolicy:
        policy_text = written({"Effect": "Allow", "Action": f"{service}:*", "Resource": "*"})
        return HeldPolicy(
            name,
            standing,
            "" if standing == "added" else policy_text,
            "" if standing == "removed" else policy_text,
        )

    policies = (held("a", "same", "sqs"), held("b", "added", "s3"), held("c", "removed", "ecr"))
    drawn = PrincipalView(Address(ACCOUNT, "role", "R"), exists=True, policies=policies)
    for view, gist, words in (
        (AS_FOUND, "ecr, sqs", ["", "missing live", "not in the spec"]),
        (AS_PLANNED, "s3, sqs", ["", "added", "removed"]),
    ):
        role_graph = graph(drawn, 1, view, ("", "plain"), {})
        assert (role_graph.gist, [policy.standing for policy in role_graph.policies]) == (gist, words)


def test_a_gist_says_what_is_denied_beside_all_that_is_allowed() -> None:
    from reconciler.report.html.graphs import graph
    from reconciler.report.html.views import AS_FOUND

    def gist(*policies: HeldPolicy) -> tuple[str, str]:
        role_graph = graph(
            PrincipalView(Address(ACCOUNT, "role", "R"), True, policies=policies),
            1,
            AS_FOUND,
            ("", "plain"),
            {},
        )
        return role_graph.gist, role_graph.untold

    def does(effect: str, action: str) -> HeldPolicy:
        policy_text = written({"Effect": effect, "Action": action, "Resource": "*"})
        return HeldPolicy(f"{effect} {action}", "same", policy_text, policy_text)

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
    from reconciler.report.html.graphs import graph, names
    from reconciler.report.html.views import AS_PLANNED

    policy_text = written({"Effect": "Allow", "Action": "sqs:*", "Resource": "*"})
    held = (
        HeldPolicy("policy/Q", "same", policy_text, policy_text),
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
        ("create", "does not exist yet", ["not known"], ["Cannot tell: access gained"]),
        ("indirect", "changes through policy/P", ["gives access"], ["Access gained"]),
        ("delete", "attached", ["takes access"], ["Access lost: all of it"]),
        ("delete", "groups", ["takes access"], ["Access lost: all of it"]),
    ]
    assert (
        page.items[2].access[0].remark
        == "What it holds is removed with it: policy/P, aws:A. Nobody can assume it now."
    )
    assert page.items[3].access[0].remark == "What it holds is removed with it: what group Admins gives."
    assert page.graphs[0].status == "changes through policy/P"
    counted = {tile.words: tile.number for tile in page.tiles}
    assert [counted.get(w) for w in ("gain access", "lose access", "not known")] == [1, 2, 1]
    assert summary(plan) == "access gained by 1 role, access lost by 1 role and 1 user, not known for 1"


def test_whose_policy_or_group_differs_is_not_said_to_be_as_the_spec_says() -> None:
    from reconciler.report.html.findings import drift_page

    policy, group, user = (Address(ACCOUNT, kind, "x") for kind in ("policy", "group", "user"))
    findings = (
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
    page = drift_page(Drift(header("a/b"), findings, (), pictures=drawn), "any", RUN)
    assert [(graph.status, graph.tone) for graph in page.graphs] == [
        ("differs through policy/p/x, group x", "critical"),
        ("differs through policy/p/x", "gained"),
        ("as the spec says", "good"),
    ]


def test_boxes_name_principals_in_short_and_an_example_says_what_is_empty() -> None:
    from reconciler.report.html.differing import access
    from reconciler.report.html.graphs import graph
    from reconciler.report.html.views import AS_FOUND

    arn, other = f"arn:aws:iam::{ACCOUNT}:oidc-provider/a.example/b", "arn:aws:iam::111122223333:"
    admitted = written(
        {
            "Effect": "Allow",
            "Principal": {"Federated": arn, "AWS": [f"{other}role/p/R", f"{other}root"]},
            "Action": "sts:AssumeRole",
        }
    )
    principals = graph(
        PrincipalView(Address(ACCOUNT, "role", "R"), True, admitted), 1, AS_FOUND, ("", "plain"), {}
    ).who
    assert [principal.name for principal in principals] == [
        "role/p/R of 111122223333",
        "account 111122223333",
        "oidc-provider/a.example/b",
    ]
    assert principals[2].whole == arn
    request = {"action": "a:B", "resource": None, "principal": None, "context": {"aud": ""}}
    (gained,) = access(AccessDelta("yes", (), json.dumps(request)), "Gained", "gained")
    assert gained.example[1] == ("With", "aud = (empty)")
    assert (
        PageRun(0, "1", SpecSelection(("a b", "-c")).arguments).command("apply", "--finding", "x")
        == "reconcile apply 'a b' ./-c --finding x"
    )


def test_many_rows_are_folded_behind_what_they_come_to() -> None:
    from reconciler.report.html.differing import access

    def delta_of(number: int) -> AccessDelta:
        actions = [action for n in range(number) for action in (f"none{n}:Do", f"none{n}:Undo")]
        return AccessDelta("yes", (json.dumps({"Effect": "Allow", "Action": actions, "Resource": "*"}),))

    (few,), (many,) = (tuple(access(delta_of(number), "Gained", "gained")) for number in (30, 31))
    assert (len(few.rows), few.in_short) == (30, ())
    assert (len(many.rows), many.in_short) == (
        31,
        ("up to 62 actions of 31 services on everything", "31 rows; by access level: patterns and others 62"),
    )


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
