"""Whether a pattern of resources names some of them, or leaves open which.

`role/app-*` names, `role/*` and `role/a*` don't. A pattern names resources by at least three letters of
their names, or by a whole name. Fewer letters are a way around the rule: a list of `role/A*`, `role/B*`,
… is every role.
"""

import re
from functools import lru_cache

from reconciler.policy.catalogue.actions import PLACEHOLDER
from reconciler.policy.compare.text_search import Automaton, automaton
from reconciler.policy.meaning.patterns import ANY, ANY_IN_SEGMENT, STAR, STAR_IN_SEGMENT, Pattern, glob

_LEAST = 3
_ACCOUNT = re.compile(r"\$\{Account(?:Id)?\}")
_WILD = (ANY, STAR)


@lru_cache(maxsize=4096)
def universe(form: str, account: str, partition: str) -> Pattern:
    """All resources of this account that have the form of an ARN template.

    Each placeholder stands for a text.
    """
    return Pattern(_head(form, account, partition) + _tail(form, account, partition))


@lru_cache(maxsize=16384)
def is_unnamed(text: str, form: str, account: str, partition: str) -> bool:
    """Whether a pattern without policy variables leaves open which resources of this form it means."""
    pattern = glob(text.replace("/", ":"), {})
    if pattern is None:
        return False
    reached = _reached(automaton(pattern), Pattern(_parts_before_name(form, account, partition)))
    return any(_leaves_open(pattern.parts[at:]) for at in range(len(pattern.parts) + 1) if reached >> at & 1)


def _leaves_open(rest: tuple[str, ...]) -> bool:
    letters = [part for part in rest if part not in _WILD and part != ":"]
    return len(letters) < _LEAST and (STAR in rest or rest.count(ANY) >= _LEAST)


def _filled(form: str, account: str, partition: str) -> str:
    """The template with what is known put in; region and the like are any text."""
    return _ACCOUNT.sub(account, form.replace("${Partition}", partition))


def _parts(text: str) -> tuple[str, ...]:
    parts: list[str] = []
    at = 0
    for placeholder in PLACEHOLDER.finditer(text):
        parts += [*text[at : placeholder.start()], ANY, STAR]
        at = placeholder.end()
    return (*parts, *text[at:])


def _head(form: str, account: str, partition: str) -> tuple[str, ...]:
    """What stands before the name."""
    return _parts(_filled(form[: _name(form)], account, partition))


def _name(form: str) -> int:
    """Where the name begins: with the first placeholder of the last part of the ARN."""
    tail = len(form) - len(form.split(":", 5)[-1])
    names = list(PLACEHOLDER.finditer(form, tail))
    # An organization has one instance of IAM Identity Center, so naming that names nothing.
    if len(names) > 1 and names[0][0] == "${InstanceId}":
        names = names[1:]
    return names[0].start() if names else len(form)


def _parts_before_name(form: str, account: str, partition: str) -> tuple[str, ...]:
    """The head with placeholders that end at the next colon or slash; both are written as colons."""
    inside = {ANY: ANY_IN_SEGMENT, STAR: STAR_IN_SEGMENT, "/": ":"}
    return tuple(inside.get(part, part) for part in _head(form, account, partition))


def _tail(form: str, account: str, partition: str) -> tuple[str, ...]:
    return _parts(_filled(form[_name(form) :], account, partition))


def _reached(pattern: Automaton, head: Pattern) -> int:
    """Every position of the pattern that some text of the head leads to."""
    other = automaton(head)
    seen = {(pattern.start, other.start)}
    waiting = list(seen)
    reached = 0
    while waiting:
        state, at = waiting.pop()
        if at & other.end:
            reached |= state
        for letter in {"\ue001", *pattern.awaited(state), *other.awaited(at)}:
            following = pattern.step(state, letter), other.step(at, letter)
            if all(following) and following not in seen:
                seen.add(following)
                waiting.append(following)
    return reached
