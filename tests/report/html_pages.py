"""Pages of plans and drift that hold one text wherever they can, and a parser that reads them."""

import json
from html.parser import HTMLParser

from reconciler.core.access_change import AccessChange, AccessDelta
from reconciler.core.address import Address, Source
from reconciler.core.call import write
from reconciler.core.change import Change, FieldChange
from reconciler.core.plan import Header, Plan, Refusal, Unread
from reconciler.core.principal_view import HeldPolicy, Membership, PrincipalView
from reconciler.core.results.beside import Failure
from reconciler.core.results.drift import Drift, LeftAlone
from reconciler.core.results.finding import Finding
from reconciler.core.results.unmanaged import Unmanaged
from reconciler.report import html
from reconciler.report.html.run import PageRun
from tests.conftest import ACCOUNT

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
    findings = tuple(
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
            *findings,
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
    """The tags of a page and their attributes, all values of these, and the text outside script and style."""

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
