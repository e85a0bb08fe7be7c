"""What a principal may choose of a request: every key but those that it does not choose.

It does not choose the tags and the boundary of the resource, who it is itself, and in which account.
Policies and boundaries are chosen among those that it can write.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import Protocol

from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.catalogue import condition_keys
from reconciler.policy.compare import candidates
from reconciler.policy.meaning import patterns
from reconciler.policy.meaning.operators import Value, text_patterns
from reconciler.policy.meaning.patterns import Budget
from reconciler.policy.meaning.statements import KeyTest, Statement, variable_key
from reconciler.policy.risk.caller_keys import PRINCIPAL_TAGS, CallerFacts
from reconciler.policy.risk.named_resources import universe

POLICY, BOUNDARY, PASSED_TO = "iam:policyarn", "iam:permissionsboundary", "iam:passedtoservice"
_RESOURCE_TAGS = ("aws:resourcetag/", "iam:resourcetag/")
REWRITES = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")
CREATES, DELETES = "iam:CreatePolicy", "iam:DeletePolicy"
TAKES_OFF = ("iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary")
_POLICIES = "arn:${Partition}:iam::${Account}:policy/${Name}"
# With these the key is the boundary that is set, and not that of what is acted on.
_SETS_BOUNDARY = frozenset(
    {"iam:CreateRole", "iam:CreateUser", "iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary"}
)
_TAGS = ("Tag", "AddTags", "CreateTags")
_MAKES_WITH_TAGS = frozenset({"iam:CreateRole", "iam:CreateUser", "iam:CreatePolicy"})
_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_CHINA = ".cn"


class Able(Protocol):
    """What the choices depend on: what else the same principal may do."""

    @property
    def who(self) -> CallerFacts:
        """Who it is."""

    def to(self, action: str, arn: str) -> bool:
        """Whether it may do it to this resource."""

    def to_something(self, action: str) -> bool:
        """Whether there is a resource of each type that it may do it to."""

    def writes(self, arn: str, *, is_there: bool) -> bool:
        """Whether it decides what this policy says."""

    def takes_off(self, boundary: str) -> bool:
        """Whether it may remove this boundary from whoever has it."""

    def about(self, action: str) -> tuple[Statement, ...]:
        """The statements about an action."""


class Choices:
    """What the principal may choose for each key of a request for one action."""

    def __init__(
        self, abilities: Able, action: str, passed_to: tuple[str, ...], arn: str, fixed: Mapping[str, str]
    ) -> None:
        self._abilities, self._who, self._fixed = abilities, abilities.who, fixed
        self._action, self._passed_to, self._arn = action, passed_to, arn

    def as_far_as_known(self, statement: Statement) -> Statement | None:
        """The statement without tests against unknown values.

        None for a deny that such a test keeps from applying.
        """
        known = frozenset(test for test in statement.tests if not self._is_unknown(test))
        if not statement.allows and known != statement.tests:
            return None
        return replace(statement, tests=known)

    def _is_unknown(self, test: KeyTest) -> bool:
        """Whether the test is of something that the principal chooses, against a value that is not known."""
        if self._is_fixed(test.key) or self._is_given(test.key):
            return False
        return bool(test.open_question) or any(not self._is_known(text) for text in test.values)

    def _is_known(self, text: str) -> bool:
        keys = (variable_key(variable) for variable in _VARIABLE.findall(text))
        return all(key is None or key in self._who.known for key in keys)

    def _is_fixed(self, key: str) -> bool:
        """Whether it follows from who it is; a session may have other tags than its role."""
        return key in self._who.known and not key.startswith(PRINCIPAL_TAGS)

    def values(self, key: str, tests: list[KeyTest], budget: Budget) -> Sequence[Value]:
        """What the key may be: all that makes a difference where the principal chooses freely."""
        if key in self._fixed:
            return [self._fixed[key]]
        if self._is_fixed(key):
            return [self._who.known[key]]
        if key == PASSED_TO:
            return self._services()
        if key == POLICY:
            return self._held_or_policies(tests, budget) if self._has(key) else [None]
        if key == BOUNDARY:
            return self._boundaries(tests, budget) if self._has(key) else [None]
        if self._is_given(key):
            return [self._own_tag(key)]
        return candidates.of_key(tests, self._who.known, budget)

    def _services(self) -> list[Value]:
        if self._who.partition != "aws-cn":
            return list(self._passed_to) or [None]
        return [name for service in self._passed_to for name in (service, f"{service}{_CHINA}")] or [None]

    def _own_tag(self, key: str) -> Value:
        """The tag of what is acted on, where that is the principal itself."""
        if not self._arn or self._arn != self._who.own[0]:
            return None
        name = key.partition("/")[2]
        return next((value for tag, value in self._who.tags if tag.lower() == name), None)

    def _is_given(self, key: str) -> bool:
        """Whether the principal can't choose it freely."""
        return key in (POLICY, BOUNDARY, PASSED_TO) or (key.startswith(_RESOURCE_TAGS) and not self._can_tag)

    def _has(self, key: str) -> bool:
        known = catalogue.action(self._action)
        return known is None or condition_keys.has(known, key)

    def _held_or_policies(self, tests: list[KeyTest], budget: Budget) -> Sequence[Value]:
        if self._action.startswith("iam:Detach"):
            # Whatever is held, and would rather not be.
            return candidates.of_key(tests, self._who.known, budget)
        return self._policies(tests, budget)

    def _policies(self, tests: list[KeyTest], budget: Budget) -> list[Value]:
        """Policies that give everything, and those that it can write so that they do."""
        exact = {text for test in tests for text in test.values}
        return [
            *self._who.wide,
            *(a for a in self._classes(tests, budget) if self._abilities.writes(a, is_there=a in exact)),
        ]

    def _classes(self, tests: list[KeyTest], budget: Budget) -> list[str]:
        """A policy of this account for each class that the tests and what it may write tell apart."""
        writers = [
            s
            for action in (CREATES, *REWRITES)
            for s in self._abilities.about(action)
            if s.allows and not s.limits
        ]
        texts = {text for s in writers if s.resources for text in s.resources.patterns}
        own = [p for text in sorted(texts) if (p := patterns.glob(text, self._who.known)) is not None]
        tested = [pattern for test in tests for pattern in text_patterns(test, self._who.known)]
        every = universe(_POLICIES, self._who.account, self._who.partition)
        return list(patterns.classes([*tested, *own], every, budget).values())

    def _boundaries(self, tests: list[KeyTest], budget: Budget) -> list[Value]:
        """Boundaries that allow everything, or that it can write or remove.

        The resource may have no boundary.
        """
        able = self._abilities
        bounding = [*self._policies(tests, budget), *filter(able.takes_off, self._classes(tests, budget))]
        if self._action in _SETS_BOUNDARY:
            return bounding
        own = self._who.boundary if self._arn and self._arn == self._who.own[0] else ""
        if own and (self._action in TAKES_OFF or able.takes_off(own)):
            bounding.append(own)
        return [None, *bounding]

    @cached_property
    def _can_tag(self) -> bool:
        """Whether it may put tags on the resource, as long as that has none."""
        tagging = _tagging(self._action)
        if self._action in tagging:
            return False
        if self._arn:
            return any(self._abilities.to(action, self._arn) for action in tagging)
        return any(self._abilities.to_something(action) for action in tagging)


@cache
def _tagging(action: str) -> frozenset[str]:
    """The actions that put tags on the resource of an action, or create such a resource with tags."""
    known = catalogue.action(action)
    if known is None:
        return frozenset()
    own = set(known.required or known.resources)
    others = catalogue.actions_of(known.service).values()
    return frozenset(
        other.full
        for other in others
        if not own.isdisjoint(other.resources)
        and ((other.name.startswith(_TAGS) and "tagging" in other.levels) or other.full in _MAKES_WITH_TAGS)
    )
