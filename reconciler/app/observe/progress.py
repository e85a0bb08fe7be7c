"""How far reading has come, told to whoever waits for it."""

from collections.abc import Callable

from reconciler.aws.client import Client

Progress = Callable[[str], None]


def silent(_text: str) -> None:
    """No progress."""


def reporting(client: Client, progress: Progress) -> Callable[[int, int], None]:
    """How far reading has come, as a line of progress."""
    return lambda done, all_: progress(f"reading {done} of {all_} resources · {client.count} calls")
