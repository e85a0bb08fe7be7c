"""Whether a live document's texts can stand in a spec at all, and the document with every scalar as text.

A spec reads `${…}` as its own variable unless IAM has one of that form, and there is no other way to
write it.
"""

from collections.abc import Iterator
from typing import Any

from reconciler.core.exported import NotExported
from reconciler.policy.document.document import Json
from reconciler.policy.grants.placeholders import IAMS_OWN, VARIABLE
from reconciler.policy.meaning.statements import scalar


class Unsayable(NotExported):
    """Nothing in the spec language gives this document; the message says why."""


def check(data: Json) -> None:
    """Whether a spec can hold all of it.

    Raises:
        Unsayable: it has what is a variable in a spec, what a spec has no word for, or keys that differ in
            case alone.
    """
    for text in _texts(data):
        if "${" in text:
            _check_variables(text)


def _check_variables(text: str) -> None:
    for match in VARIABLE.finditer(text):
        if not IAMS_OWN.fullmatch(match[1]):
            raise Unsayable(f'"{text[:80]}": a spec would read {match[0][:40]} as a variable of its own')
    if "${" in VARIABLE.sub("", VARIABLE.sub("", text)):
        raise Unsayable(f'"{text[:80]}": a spec takes no "${{" without its "}}"')


def _texts(data: Json) -> Iterator[str]:
    if data is None:
        raise Unsayable("it has a null, for which a spec has no word")
    if isinstance(data, dict):
        folded = {key.lower() for key in data}
        if len(folded) < len(data):
            raise Unsayable(
                f"keys differ only in case, which a spec takes for a mistake: {', '.join(data)[:120]}"
            )
        yield from data
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
    elif isinstance(data, str):
        yield data


def as_written(data: Json) -> Any:
    """The same with JSON's booleans and numbers as text."""
    if isinstance(data, dict):
        return {key: as_written(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_written(value) for value in data]
    return scalar(data)
