"""The command as a user that has some permissions and no others."""

import json
from pathlib import Path
from typing import Any

from tests.conftest import ACCOUNT, Cli, Server


def policy_of(cli: Cli, path: Path, purpose: str, *options: str) -> list[dict[str, Any]]:
    policy = cli("permissions", path, "--account", ACCOUNT, "--for", purpose, *options).json
    return list(policy["Statement"])


class LimitedUser:
    """A user that may do what these statements say."""

    def __init__(self, cli: Cli, server: Server) -> None:
        self._cli, self._server = cli, server
        iam = server.iam()
        iam.create_user(UserName="Job")
        iam.create_group(GroupName="Jobs")
        iam.add_user_to_group(GroupName="Jobs", UserName="Job")
        key = iam.create_access_key(UserName="Job")["AccessKey"]
        self.keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    def __call__(self, statements: list[dict[str, Any]], *args: str | Path, code: int | None = 0) -> Any:
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self._server.control("authorize", on=False)
        # A group's inline policies may be longer than a user's.
        self._server.iam().put_group_policy(GroupName="Jobs", PolicyName="Own", PolicyDocument=text)
        self._server.control("authorize", on=True)
        try:
            return self._cli(*args, code=code, env=self.keys)
        finally:
            self._server.control("authorize", on=False)


def without(statements: list[dict[str, Any]], action: str) -> list[dict[str, Any]]:
    left = [
        {
            **s,
            "Action": [
                a for a in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"]) if a != action
            ],
        }
        for s in statements
    ]
    return [s for s in left if s["Action"]]
