"""What the shell completes from the specs that the command line names so far."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from click import Context, Parameter
from click.shell_completion import CompletionItem

Completion = Callable[[Context, Parameter, str], list[CompletionItem]]


def addresses(context: Context, _parameter: Parameter, incomplete: str) -> list[CompletionItem]:
    """Addresses that begin with what is there."""
    return _those(_known(context), incomplete)


def roles(context: Context, _parameter: Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of roles that begin with what is there."""
    named = (address.partition(".") for address in _known(context))
    return _those((name for kind, _, name in named if kind == "role"), incomplete)


def kinds(_context: Context, _parameter: Parameter, incomplete: str) -> list[CompletionItem]:
    """The kinds of addresses; which names AWS has is not asked."""
    from reconciler.kinds import KINDS  # noqa: PLC0415 - start-up: only a shell asks for it

    return _those((f"{kind.KIND}." for kind in KINDS), incomplete)


def several(words: tuple[str, ...]) -> Completion:
    """These words, with commas between them."""

    def offered(_context: Context, _parameter: Parameter, incomplete: str) -> list[CompletionItem]:
        before, comma, _ = incomplete.rpartition(",")
        return _those(
            (f"{before}{comma}{word}" for word in words if word not in before.split(",")), incomplete
        )

    return offered


def reports(formats: tuple[str, ...]) -> Completion:
    """These formats, and behind one of them the files that there are."""

    def offered(_context: Context, _parameter: Parameter, incomplete: str) -> list[CompletionItem]:
        format_, sign, file = incomplete.partition("=")
        if not sign:
            return _those((f"{format_name}=" for format_name in formats), incomplete)
        return _those((f"{format_}={path}" for path in _files(file)), incomplete)

    return offered


def _files(begun: str) -> Iterator[str]:
    """What is in the folder of a path that is begun."""
    folder = Path(begun or ".") if begun.endswith("/") or not begun else Path(begun).parent
    try:
        for path in sorted(folder.iterdir()):
            text = f"./{path}" if begun.startswith("./") else str(path)
            yield f"{text}/" if path.is_dir() else text
    except OSError:
        return


def _known(context: Context) -> tuple[str, ...]:
    from reconciler.app.complete import known_addresses  # noqa: PLC0415 - start-up: only a shell asks for it

    # What stands before an option that lacks its value is not yet told apart.
    left = (word for word in context.args if not word.startswith("-"))
    return known_addresses(tuple(context.params.get("paths") or left))


# The letters of IAM's names. A shell puts what it is offered on the command line as it is: nothing else may
# get there.
_OFFERED = re.compile(r"[\w+=,.@/:-]+", re.ASCII)


def _those(texts: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [
        CompletionItem(text) for text in texts if text.startswith(incomplete) and _OFFERED.fullmatch(text)
    ]
