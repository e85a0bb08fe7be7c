"""The product's own client, with an account in memory where boto3's clients would be."""

from functools import partial
from types import SimpleNamespace
from typing import Any

from reconciler.aws.client import Client, Target
from tests.plan.harness.account import AccountInMemory


class _BotoInMemory:
    """Stands in for one of boto3's clients: a method for each operation."""

    def __init__(self, account: AccountInMemory, endpoint: str) -> None:
        self._account = account
        self.meta = SimpleNamespace(endpoint_url=endpoint, partition="aws")

    def __getattr__(self, operation: str) -> Any:
        return partial(self._account.send, operation)


class ClientInMemory(Client):
    """Everything of the client but the connection."""

    def __init__(self, account: AccountInMemory, endpoint: str = "https://iam.amazonaws.com") -> None:
        super().__init__(Target())
        self._boto = _BotoInMemory(account, endpoint)

    def _service(self, name: str) -> Any:  # noqa: ARG002 - all services are in the one account
        return self._boto
