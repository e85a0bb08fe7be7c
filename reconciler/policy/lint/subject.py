"""A document as the rules see it: each statement's actions, resources and tests with their places."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from reconciler.core.problems import Path
from reconciler.policy import globs
from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.catalogue import condition_keys
from reconciler.policy.catalogue.actions import Action
from reconciler.policy.document.document import Document, as_list
from reconciler.policy.document.grammar import statements_with_paths
from reconciler.policy.meaning.statements import Operator, Statement, parsed_operator, scalar, statements


@dataclass(frozen=True, slots=True)
class LintFinding:
    """What one rule says of one place of a document: what is wrong, and what to write instead."""

    code: str
    path: Path
    message: str
    on_key: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The account and partition of the document, the day, and how many characters it may have.

    `most` is 0 where the document shares its quota. `is_known` says that the account is the real one.
    """

    account: str
    partition: str
    is_trust: bool = False
    most: int = 0
    today: date = date.min
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class ListedAction:
    """One action of a statement, and the actions that it means today.

    None where the catalogue has none of that name.
    """

    path: Path
    text: str
    service: str
    name: str
    meant: tuple[Action, ...]

    @property
    def is_of_any_service(self) -> bool:
        """Whether its service is a wildcard, too."""
        return globs.is_pattern(self.service)


@dataclass(frozen=True, slots=True)
class Tested:
    """One operator on one key, as it is written."""

    path: Path
    name: str
    operator: Operator
    key: str
    values: tuple[str, ...]

    @property
    def folded(self) -> str:
        """The key in lower case."""
        return self.key.lower()

    @property
    def needs_key(self) -> bool:
        """Whether the test fails where the request has no such key."""
        o = self.operator
        return o.family != "Null" and not o.if_exists and not o.negated and o.over != "ForAllValues"

    @property
    def narrows(self) -> bool:
        """Whether the test fails for most requests: a positive one, and no value of it fits everything."""
        return self.needs_key and bool(self.values) and all(value.strip("*?") for value in self.values)


@dataclass(frozen=True)
class StatementPart:
    """One statement: as data with its path, and in the terms of its meaning."""

    path: Path
    raw: dict[str, Any]
    statement: Statement

    @property
    def allows(self) -> bool:
        """Whether its effect is Allow."""
        return self.statement.allows

    @cached_property
    def actions(self) -> tuple[ListedAction, ...]:
        """Those of Action or of NotAction."""
        key = "NotAction" if self.statement.actions.negated else "Action"
        is_trust = self.statement.principals is not None
        return tuple(_listed(path, text, looked_up=not is_trust) for path, text in self._texts(key))

    @cached_property
    def resources(self) -> tuple[tuple[Path, str], ...]:
        """Those of Resource or of NotResource."""
        return (*self._texts("Resource"), *self._texts("NotResource"))

    def principals(self, kind: str) -> list[tuple[Path, str]]:
        """The principals of a kind, with their places."""
        if kind not in self.raw["Principal"]:
            return []
        value = self.raw["Principal"][kind]
        place = (*self.path, "Principal", kind)
        return [
            (place if not isinstance(value, list) else (*place, index), text)
            for index, text in enumerate(as_list(value))
        ]

    @cached_property
    def tests(self) -> tuple[Tested, ...]:
        """Those whose operator is known."""
        return tuple(self._tests())

    @cached_property
    def near(self) -> tuple[str, ...]:
        """The services of its actions."""
        return tuple(dict.fromkeys(a.service for a in self.actions if not a.is_of_any_service))

    @property
    def is_on_everything(self) -> bool:
        """Whether it is about all resources."""
        return any(text.strip("*") == "" for _, text in self.resources) and "Resource" in self.raw

    @property
    def is_about_nothing(self) -> bool:
        """Whether it leaves out everything: `NotAction: "*"`, or `NotResource: "*"`."""
        return any(
            text.strip("*") == "" for key in ("NotAction", "NotResource") for _, text in self._texts(key)
        )

    def _texts(self, key: str) -> tuple[tuple[Path, str], ...]:
        if key not in self.raw:
            return ()
        value = self.raw[key]
        if not isinstance(value, list):
            return (((*self.path, key), value),)
        return tuple(((*self.path, key, index), text) for index, text in enumerate(value))

    def _tests(self) -> Iterator[Tested]:
        for name, keys in self.raw.get("Condition", {}).items():
            operator = parsed_operator(name)
            if operator is None:
                continue
            for key, values in keys.items():
                texts = tuple(map(scalar, as_list(values)))
                yield Tested((*self.path, "Condition", name, key), name, operator, key, texts)


def _listed(path: Path, text: str, *, looked_up: bool) -> ListedAction:
    service, _, name = text.lower().partition(":")
    meant = catalogue.matching(service, name) if looked_up and not globs.is_pattern(service) else ()
    return ListedAction(path, text, service, name, meant)


@dataclass(frozen=True)
class Subject:
    """A document with its statements, and where it stands."""

    document: Document
    surroundings: Surroundings
    parts: tuple[StatementPart, ...]
    variables: bool

    def type_of(self, part: StatementPart, key: str) -> str:
        """The type of a condition key as far as the statement's services know it, "" where none does."""
        return condition_keys.near_type_of(key, part.near)


def subject(document: Document, surroundings: Surroundings) -> Subject:
    """The document, taken apart once for all rules."""
    data = document.data
    parsed = statements(document, surroundings.partition)
    parts = tuple(
        StatementPart(path, raw, statement)
        for (path, raw), statement in zip(statements_with_paths(data), parsed, strict=True)
    )
    return Subject(document, surroundings, parts, data.get("Version") == "2012-10-17")
