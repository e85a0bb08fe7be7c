"""What the shell completes from the specs that the command line names so far."""

import re
from collections.abc import Iterable

from click import Context, Parameter
from click.shell_completion import CompletionItem


def addresses(context: Context, _parameter: Parameter, incomplete: str) -> list[CompletionItem]:
    """Addresses that begin with what is there."""
    return _those(_known(context), incomplete)


def roles(context: Context, _parameter: Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of roles that begin with what is there."""
    named = (address.partition(".") for address in _known(context))
    return _those((name for kind, _, name in named if kind == "role"), incomplete)


def _known(context: Context) -> tuple[str, ...]:
    from reconciler.app.completing import known_addresses  # noqa: PLC0415 - start-up: only a shell asks for it

    # What stands before an option that lacks its value is not yet told apart.
    left = (word for word in context.args if not word.startswith("-"))
    return known_addresses(tuple(context.params.get("paths") or left))


# The letters of IAM's names. A shell puts what it is offered on the command line as it is: nothing else may get there.
_OFFERED = re.compile(r"[\w+=,.@/:-]+", re.ASCII)


def _those(texts: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [
        CompletionItem(text) for text in texts if text.startswith(incomplete) and _OFFERED.fullmatch(text)
    ]
