"""Several clients at once lose nothing. `make soak` makes ten thousand calls, the suite fewer."""

import http.client
import os
import random
import threading
from urllib.parse import urlencode, urlsplit

from tests.conftest import Server
from tests.sandbox.steps import TRUST, P, arn, document, run

CALLS = int(os.environ.get("SANDBOX_CALLS", "600"))
CLIENTS, SHARED, MOST_TAGS = 6, 4, 8


class RandomClient(threading.Thread):
    """Makes random calls on roles that all share and on policies of its own.

    It notes what must be there at the end.
    """

    def __init__(self, server: Server, number: int, calls: int) -> None:
        super().__init__()
        self.number, self.calls = number, calls
        self.random = random.Random(number)
        url = urlsplit(server.url)
        self.connection = http.client.HTTPConnection(url.hostname or "", url.port)
        self.policies: dict[str, int] = {}
        self.attached: set[tuple[str, str]] = set()
        self.tags: set[tuple[str, str]] = set()
        self.strange: list[tuple[str, int]] = []

    def call(self, operation: str, params: dict[str, str], fine: tuple[int, ...] = (200,)) -> bool:
        body = urlencode({"Action": operation, "Version": "2010-05-08", **params})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": (
                "AWS4-HMAC-SHA256 Credential=AKIATESTTESTTESTTEST/20261124/us-east-1/iam/aws4_request,"
                " SignedHeaders=host, Signature=0"
            ),
        }
        self.connection.request("POST", "/", body, headers)
        answer = self.connection.getresponse()
        answer.read()
        self.calls -= 1
        if answer.status not in fine:
            self.strange.append((operation, answer.status))
        return answer.status == 200

    def run(self) -> None:
        while self.calls > 0:
            self.random.choice(
                [
                    self.create,
                    self.version,
                    self.attach,
                    self.detach,
                    self.tag,
                    self.untag,
                    self.read,
                    self.delete,
                ]
            )()

    def role(self) -> str:
        return f"Shared{self.random.randrange(SHARED)}"

    def create(self) -> None:
        name = f"P{self.number}x{self.random.randrange(3)}"
        if self.call("CreatePolicy", {"PolicyName": name, "PolicyDocument": document()}, (200, 409)):
            assert name not in self.policies
            self.policies[name] = 1

    def version(self) -> None:
        for name in list(self.policies)[:1]:
            if self.call(
                "CreatePolicyVersion",
                {
                    "PolicyArn": arn("policy", name),
                    "PolicyDocument": document(),
                    "SetAsDefault": "true",
                },
                (200, 409),
            ):
                self.policies[name] += 1

    def attach(self) -> None:
        for name in list(self.policies)[:1]:
            role = self.role()
            # All clients together may reach the quota of ten.
            if self.call(
                "AttachRolePolicy", {"RoleName": role, "PolicyArn": arn("policy", name)}, (200, 409)
            ):
                self.attached.add((role, name))

    def detach(self) -> None:
        for role, name in sorted(self.attached)[:1]:
            self.call("DetachRolePolicy", {"RoleName": role, "PolicyArn": arn("policy", name)})
            self.attached.remove((role, name))

    def tag(self) -> None:
        role, key = self.role(), f"k{self.number}x{self.random.randrange(MOST_TAGS)}"
        self.call("TagRole", {"RoleName": role, "Tags.member.1.Key": key, "Tags.member.1.Value": ""})
        self.tags.add((role, key))

    def untag(self) -> None:
        for role, key in sorted(self.tags)[:1]:
            self.call("UntagRole", {"RoleName": role, "TagKeys.member.1": key})
            self.tags.remove((role, key))

    def read(self) -> None:
        self.call("GetRole", {"RoleName": self.role()})
        self.call("ListAttachedRolePolicies", {"RoleName": self.role()})

    def delete(self) -> None:
        free = [
            n
            for n, versions in self.policies.items()
            if versions == 1 and all(n != a for _, a in self.attached)
        ]
        for name in free[:1]:
            self.call("DeletePolicy", {"PolicyArn": arn("policy", name)})
            del self.policies[name]


def test_clients_at_once_lose_nothing(sandbox: Server) -> None:
    run(
        sandbox,
        [
            ("create_role", {"RoleName": f"Shared{n}", "AssumeRolePolicyDocument": TRUST})
            for n in range(SHARED)
        ],
    )
    clients = [RandomClient(sandbox, number, CALLS // CLIENTS) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert [client.strange for client in clients] == [[]] * CLIENTS
    log = sandbox.log()
    assert len(log) >= CALLS
    assert {entry["status"] for entry in log} <= {200, 409}
    iam = sandbox.iam()
    policies = {name: versions for client in clients for name, versions in client.policies.items()}
    attached = {pair for client in clients for pair in client.attached}
    tags = {pair for client in clients for pair in client.tags}
    live = {policy["PolicyName"]: policy for policy in iam.list_policies(Scope="Local")["Policies"]}
    assert {
        name: len(iam.list_policy_versions(PolicyArn=arn("policy", name))["Versions"]) for name in live
    } == policies
    assert {name: policy["AttachmentCount"] for name, policy in live.items()} == {
        name: sum(1 for _, a in attached if a == name) for name in policies
    }
    details = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    assert {
        (role["RoleName"], p["PolicyName"]) for role in details for p in role["AttachedManagedPolicies"]
    } == attached
    assert {(role["RoleName"], tag["Key"]) for role in details for tag in role["Tags"]} == tags


def test_of_many_that_create_the_same_one_does(sandbox: Server) -> None:
    statuses: list[bool] = []

    def create() -> None:
        statuses.append(
            RandomClient(sandbox, 0, 1).call(
                "CreatePolicy", {"PolicyName": "P", "PolicyDocument": document()}, (200, 409)
            )
        )

    threads = [threading.Thread(target=create) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [False] * 11 + [True]
    assert sandbox.iam().get_policy(PolicyArn=P)["Policy"]["DefaultVersionId"] == "v1"
