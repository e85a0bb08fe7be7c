"""`drift --notify`: real servers get the messages, and their addresses are never shown."""

import json
import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.conftest import Cli, FinishedCommand, Server
from tests.end_to_end.drift.listeners import Mailbox, Webhook, mailbox, webhook

SPEC = (
    "version: 1\nname: a/job\nroles:\n  R: {trust: [{service: ec2}], tags: {a: b}}\n  S: {trust: [{service:"
    " ec2}]}\n"
)
SECRETS = ("pass-WORD-1", "token-2", "pass-WORD-3")


@pytest.fixture
def path(cli: Cli, tmp_path: Path) -> Path:
    spec_file = tmp_path / "job.yaml"
    spec_file.write_text(SPEC)
    cli("apply", spec_file, "--yes")
    return spec_file


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as heard:
        yield heard


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as heard:
        yield heard


def url(hook: Webhook) -> str:
    return f"json://me:{SECRETS[0]}@127.0.0.1:{hook.port}/{SECRETS[1]}"


def unshown(ran: FinishedCommand) -> FinishedCommand:
    assert [secret for secret in SECRETS if secret in ran.out + ran.err] == []
    return ran


def take_bodies(hook: Webhook) -> list[dict[str, Any]]:
    bodies = [json.loads(body) for body in hook.got]
    hook.got.clear()
    return bodies


def test_one_message_for_each_change(
    cli: Cli, sandbox: Server, path: Path, tmp_path: Path, hook: Webhook
) -> None:
    history, report = tmp_path / "history", tmp_path / "drift.json"

    def titles(code: int) -> list[str]:
        ran = cli(
            "drift",
            path,
            "--history",
            history,
            "--notify",
            url(hook),
            "--report",
            f"json={report}",
            "-v",
            code=code,
        )
        unshown(ran)
        bodies.extend(take_bodies(hook))
        new = [body["title"] for body in bodies[len(all_titles) :]]
        all_titles.extend(new)
        return [title.partition(" · ")[0] for title in new]

    bodies: list[dict[str, Any]] = []
    all_titles: list[str] = []
    assert titles(0) == []
    sandbox.iam().update_role(RoleName="R", Description="<!channel> @all [x](http://y)\n")
    assert titles(2) == ["reconcile: clean → drift"]
    assert titles(2) == []
    sandbox.iam().update_role(RoleName="S", MaxSessionDuration=7200)
    assert titles(2) == ["reconcile: drift changed"]
    sandbox.control("fail", operation="GetCallerIdentity", code="ExpiredToken", status=403)
    assert titles(1) == ["reconcile: job failed"]
    assert titles(1) == []
    sandbox.control("calm")
    assert titles(2) == ["reconcile: job working again"]
    cli("apply", path, "--yes")
    assert titles(0) == ["reconcile: recovered"]
    assert all(
        title.endswith(" · account 123456789012 · a/job") for title in [*all_titles[:2], *all_titles[3:]]
    )
    check_messages(bodies, report)
    assert not any(secret in file.read_text() for secret in SECRETS for file in (history, report))


def check_messages(bodies: list[dict[str, Any]], report: Path) -> None:
    first, second, failed, _, good = (body["message"] for body in bodies)
    assert first.splitlines()[0] == "+ metadata · drift · role.R · description"
    assert first.splitlines()[-2:] == [
        (
            "result: drift · 1 finding (1 metadata) · 1 of 2 resources in sync, 1 differs"
            " · resources in no spec: not looked for (--unmanaged)"
        ),
        f"report: {report}",
    ]
    assert re.search(r"metadata · drift · role\.R · \S+job\.yaml:\d · [0-9a-f]{12}\n    description ", first)
    # Hostile text can't call people, nor be a link.
    assert not re.search(r"<!|@all|\]\(|://\w", first)
    assert ("\\n" in first, "role.S" in first) == (True, False)
    assert ("+ metadata · drift · role.S" in second, "description" in second) == (True, False)
    assert "have expired" in failed
    assert bodies[-1]["type"] == "success"
    assert good.splitlines()[0] == "- metadata · drift · role.R · description"


def test_what_could_not_be_sent_is_made_up_for(
    cli: Cli, sandbox: Server, path: Path, tmp_path: Path, hook: Webhook, box: Mailbox
) -> None:
    history = tmp_path / "history"
    mail = f"mailto://127.0.0.1:{box.port}?from=a@example.com&to=d@example.com"
    flags = ("--history", history, "--notify", url(hook), "--notify", mail)
    turned = ("--history", history, "--notify", mail, "--notify", url(hook))
    cli("drift", path, *flags)
    sandbox.iam().update_role(RoleName="R", Description="x")
    hook.status = 503
    unshown(cli("drift", path, *flags, code=2))
    assert not any(secret in history.read_text() for secret in SECRETS)
    assert take_bodies(hook)[0]["title"].startswith("reconcile: clean → drift")
    hook.status = 200
    sandbox.iam().update_role(RoleName="S", MaxSessionDuration=7200)
    cli("drift", path, *turned, code=2)
    # One who knew of nothing is told of both; one who knew of the first is told of the second.
    (late,), (_, changed) = take_bodies(hook), box.got
    assert late["title"].startswith("reconcile: clean → drift")
    assert "2 findings" in late["message"]
    assert "drift changed" in str(make_header(decode_header(changed["Subject"])))
    cli("drift", path, *flags, code=2)
    assert (take_bodies(hook), len(box.got), "untold" in history.read_text()) == ([], 2, False)


def test_mail_and_a_topic(cli: Cli, sandbox: Server, plain_topic: "Topic", path: Path, box: Mailbox) -> None:
    sandbox.iam().update_role(RoleName="R", Description="<b>&")
    mail = f"mailto://me:{SECRETS[2]}@127.0.0.1:{box.port}?from=a@example.com&to=d@example.com"
    env = {
        "RECONCILE_NOTIFY": f"{mail} {mail}&format=html sns:{plain_topic.arn}",
        "AWS_ENDPOINT_URL_SNS": plain_topic.url,
    }
    ran = unshown(cli("drift", path, "-v", code=2, env=env))
    assert "notification" not in ran.err
    got, _ = box.got
    subject = str(make_header(decode_header(got["Subject"])))
    assert (subject, box.logins) == ("reconcile: drift · account 123456789012 · a/job", 2)
    text, html = map(body_of, box.got)
    assert (got.get_content_type(), 'is "<b>&",' in text) == ("text/plain", True)
    assert ("&lt;b&gt;&amp;" in html, "<b>" in html) == (True, False)
    topic_subject, topic_text = plain_topic.received()
    assert topic_subject == "reconcile: drift - account 123456789012 - a/job"
    assert topic_text.startswith(
        "reconcile: drift · account 123456789012 · a/job\n\nmetadata · drift · role.R"
    )
    # Nothing to say: nothing is said.
    cli("apply", path, "--yes")
    cli("drift", path, env=env)
    assert len(box.got) == 2


def body_of(mail: Message) -> str:
    body = [*mail.walk()][-1].get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


class Topic:
    """A topic of moto's, and a queue that gets what is published there."""

    def __init__(self, endpoint: str) -> None:
        clients = {
            service: boto3.client(service, endpoint_url=endpoint, region_name="eu-central-1")
            for service in ("sns", "sqs")
        }
        self.url, self._sqs = endpoint, clients["sqs"]
        self.arn = clients["sns"].create_topic(Name="drift")["TopicArn"]
        self._queue = self._sqs.create_queue(QueueName="drift")["QueueUrl"]
        queue = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        clients["sns"].subscribe(TopicArn=self.arn, Protocol="sqs", Endpoint=queue["Attributes"]["QueueArn"])

    def received(self) -> tuple[str, str]:
        (message,) = self._sqs.receive_message(QueueUrl=self._queue)["Messages"]
        notification = json.loads(message["Body"])
        return notification["Subject"], notification["Message"]


@pytest.fixture
def plain_topic(plain: Server) -> Topic:
    return Topic(plain.url)


def test_what_can_not_be_sent_changes_no_verdict_and_shows_no_address(
    cli: Cli, sandbox: Server, path: Path, hook: Webhook
) -> None:
    sandbox.iam().tag_role(RoleName="R", Tags=[{"Key": "a", "Value": "c"}])
    hook.status = 503
    nobody = f"json://me:{SECRETS[2]}@127.0.0.1:1/{SECRETS[1]}"
    topic = "sns:arn:aws:sns:eu-west-1:123456789012:none"
    ran = unshown(
        cli(
            "drift",
            path,
            "-v",
            "--notify",
            url(hook),
            "--notify",
            nobody,
            "--notify",
            topic,
            code=2,
            AWS_ENDPOINT_URL_SNS="http://127.0.0.1:1",
        )
    )
    lines = [line for line in ran.err.splitlines() if line.startswith("error: ")]
    assert lines == [
        "error: notification 1 of 3 (json) failed: it answered 503",
        "error: notification 2 of 3 (json) failed: it could not be reached, or did not take it",
        "error: notification 3 of 3 (sns) failed: EndpointConnectionError",
    ]
    assert "result: drift" in ran.out
    # What is no address at all is said before anything is done.
    for wrong, says in (
        (f"nope://{SECRETS[0]}", "(nope) is no URL that apprise takes"),
        (SECRETS[0], "(no scheme)"),
        ("sns:arn", "is no ARN of a topic"),
    ):
        ran = unshown(cli("drift", path, "--notify", wrong, code=1))
        assert f"notification 1 of 1 {says}" in ran.err or says in ran.err
        assert ran.out == ""
