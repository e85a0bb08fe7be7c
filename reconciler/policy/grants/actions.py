"""The actions of a grant.

They are looked up in the catalogue, spelled as AWS does, at the level under which they stand.
"""

from dataclasses import dataclass

from reconciler.core.problems import Path, Problems
from reconciler.policy import globs, lint_codes
from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.catalogue.actions import Action

EVERYTHING = "*"
# Looking for what was meant takes milliseconds: not worth it where everything is wrong.
_GUESSES = 50
Levels = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class GrantEntry:
    """One action as it is sent, where it stands, and the actions that it means today.

    None for `*`, which means all.
    """

    path: Path
    text: str
    meant: tuple[Action, ...]

    @property
    def is_pattern(self) -> bool:
        """Whether it is written with a wildcard, so that it may mean more tomorrow."""
        return globs.is_pattern(self.text)


def of_service(service: str, levels: Levels, problems: Problems) -> list[GrantEntry]:
    """The entries of a grant with `service:`: bare names of actions, under levels or under `actions`."""
    if service not in catalogue.services():
        problems.error(_no_service(service), "service")
        return []
    entries = []
    for level, names in levels:
        for index, name in enumerate(names):
            here = problems.under(level, index)
            if ":" in name:
                own, _, bare = name.partition(":")
                what = f"write {bare}" if own == service else f"{own} wants a grant of its own"
                here.error(f'with "service" an action is a bare name: {what}')
                continue
            meant = _meant(service, name, here)
            if meant and level in catalogue.LEVELS:
                _check_level(level, name, meant, here)
            if meant:
                entries.append(GrantEntry(here.prefix[len(problems.prefix) :], f"{service}:{name}", meant))
    return entries


def full(key: str, names: tuple[str, ...], problems: Problems) -> list[GrantEntry]:
    """The entries of `actions:` or `not_actions:` without a service: `svc:Action`, or `*` for all."""
    entries = []
    for index, name in enumerate(names):
        entry = _full(key, index, name, problems.under(key, index))
        if entry:
            entries.append(entry)
    return entries


def _full(key: str, index: int, name: str, problems: Problems) -> GrantEntry | None:
    if name == EVERYTHING:
        return GrantEntry((key, index), name, ())
    service, colon, bare = name.partition(":")
    if not colon:
        problems.error(f'without "service" an action is written whole, such as s3:{name}, or "*"')
        return None
    if service not in catalogue.services():
        problems.error(_no_service(service))
        return None
    meant = _meant(service, bare, problems)
    return GrantEntry((key, index), name, meant) if meant else None


def checked(name: str, problems: Problems) -> bool:
    """Whether it is one whole action without wildcards, spelled as AWS spells it; reports why not."""
    entry = _full("action", 0, name, problems)
    if entry is not None and entry.is_pattern:
        problems.error("one action is meant here, without wildcards")
    return entry is not None and not entry.is_pattern


def unknown(action: str) -> tuple[str, str]:
    """What is unknown about an action of a document: the rule's code and the message.

    "" twice where all is known. IAM ignores the case of actions.
    """
    service, _, bare = action.lower().partition(":")
    if not bare or globs.is_pattern(service):
        return "", ""
    if service not in catalogue.services():
        return lint_codes.UNKNOWN_SERVICE, _no_service(service)
    if catalogue.matching(service, bare):
        return "", ""
    return lint_codes.UNKNOWN_ACTION, _no_action(service, action.partition(":")[2], guess=True)


def _no_service(service: str) -> str:
    if globs.is_pattern(service):
        return "the service of an action has no wildcard"
    return (
        f'there is no service "{service}" in the list of'
        f" {catalogue.data_date()}{_perhaps(catalogue.similar_service(service))}"
    )


def _meant(service: str, name: str, problems: Problems) -> tuple[Action, ...]:
    meant = catalogue.matching(service, name)
    if not meant:
        problems.error(_no_action(service, name, guess=len(problems.found) < _GUESSES))
        return ()
    if not globs.is_pattern(name):
        if meant[0].name != name:
            problems.error(f"AWS spells it {meant[0].name}")
            return ()
        return meant
    if not any(globs.matches(name, action.name) for action in meant):
        problems.error(f'"{name}" matches by its letters only in another case: AWS spells it {meant[0].name}')
        return ()
    return meant


def _no_action(service: str, name: str, *, guess: bool) -> str:
    if globs.is_pattern(name):
        return f'"{name}" matches no action of {service} in the list of {catalogue.data_date()}'
    return (
        f'{service} has no action "{name}" in the list of'
        f" {catalogue.data_date()}{_perhaps(catalogue.similar_action(service, name) if guess else '')}"
    )


def _check_level(level: str, name: str, meant: tuple[Action, ...], problems: Problems) -> None:
    odd = [action for action in meant if level not in action.levels]
    if not odd:
        return
    right = " or ".join(sorted(odd[0].levels))
    if globs.is_pattern(name):
        problems.warning("IAM602", f'"{name}" matches {odd[0].name} too, which is {right}, not {level}')
    else:
        problems.warning("IAM602", f"{name} is {right}, not {level}")


def _perhaps(guess: str) -> str:
    return f"; did you mean {guess}?" if guess else ""
