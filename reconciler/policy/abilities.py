"""What a principal may do to anything, to something, or to one resource, where it chooses whatever it can choose.

It is taken to meet every test but those of what it does not choose: the tags and the boundary of what is acted on, who it
is itself, in which account. Each question is decided by a search (`request_search`), never by samples; where the search
takes too much work the answer is yes, for guards ask.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from reconciler.policy import actions as catalogue
from reconciler.policy import candidates, condition_keys, patterns
from reconciler.policy.evaluate import includes
from reconciler.policy.operators import Value, text_patterns
from reconciler.policy.patterns import Budget, Pattern, TooMuch
from reconciler.policy.request_search import Question, find, options_of, tests_of
from reconciler.policy.statements import Element, Statement, Test, variable_key
from reconciler.policy.unnamed import is_unnamed, universe

_WORK = 400_000
POLICY, BOUNDARY, PASSED_TO = "iam:policyarn", "iam:permissionsboundary", "iam:passedtoservice"
_RESOURCE_TAGS = ("aws:resourcetag/", "iam:resourcetag/")
_NOTHING = "\ue000nothing"
_REWRITES = ("iam:CreatePolicyVersion",)
_WRITES = ("iam:CreatePolicy", *_REWRITES)
_POLICIES = "arn:${Partition}:iam::${Account}:policy/${Name}"
# With these the key is the boundary that is set, and not that of what is acted on.
_SETS_BOUNDARY = frozenset(
    {"iam:CreateRole", "iam:CreateUser", "iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary"}
)
_TAGS = ("Tag", "AddTags", "CreateTags")
_MAKES_WITH_TAGS = frozenset({"iam:CreateRole", "iam:CreateUser", "iam:CreatePolicy"})
_VARIABLE = re.compile(r"\$\{[^{}]*\}")


@dataclass(frozen=True)
class Who:
    """Whose statements they are, and where. `own` are the ARNs of the principal first, then of what is its own.

    `boundary` is the ARN of its permissions boundary. `wide` are the ARNs of policies that give everything.
    """

    account: str
    partition: str
    own: tuple[str, ...] = ()
    boundary: str = ""
    wide: tuple[str, ...] = ()

    @cached_property
    def known(self) -> dict[str, str | None]:
        """The keys whose values follow from who and where it is."""
        values: dict[str, str | None] = {
            "aws:principalaccount": self.account,
            "aws:resourceaccount": self.account,
        }
        me = self.own[0] if self.own else ""
        if ":role/" in me or ":user/" in me:
            values["aws:principalarn"] = me
        if ":user/" in me:
            values["aws:username"] = me.rpartition("/")[2]
        return values


@dataclass(frozen=True)
class Abilities:
    """The statements of a principal, and whether a boundary is among them."""

    statements: tuple[Statement, ...]
    who: Who
    bounded: bool = False
    _answers: dict[tuple[str, ...], bool] = field(default_factory=dict, compare=False)

    def to_anything(self, action: str, passed_to: tuple[str, ...] = ()) -> bool:
        """Whether it may do it to resources that its statements don't name; `passed_to` are services it can hand a role."""
        key = ("anything", action, *passed_to)
        if key not in self._answers:
            forms = _forms(action)
            is_open = not forms or any(
                self._to_form(action, form, passed_to, any_name=True) for form in forms
            )
            self._answers[key] = is_open and self.to_something(action, passed_to)
        return self._answers[key]

    def to_something(self, action: str, passed_to: tuple[str, ...] = ()) -> bool:
        """Whether there is a resource of each type that it acts on that it may do it to, named or not."""
        key = ("something", action, *passed_to)
        if key not in self._answers:
            forms = _forms(action)
            self._answers[key] = (
                all(self._to_form(action, form, passed_to, any_name=False) for form in forms)
                if forms
                else self._may(action, self.about(action), (), passed_to)
            )
        return self._answers[key]

    def to(self, action: str, arn: str) -> bool:
        """Whether it may do it to this resource."""
        key = ("to", action, arn)
        if key not in self._answers:
            self._answers[key] = self._may(action, self.about(action), (Pattern(tuple(arn)),), (), arn)
        return self._answers[key]

    def about(self, action: str) -> tuple[Statement, ...]:
        """The statements about an action."""
        return tuple(s for s in self.statements if includes(s.actions, action.lower(), {}))

    def _to_form(self, action: str, form: str, passed_to: tuple[str, ...], *, any_name: bool) -> bool:
        relevant = self.about(action)
        if any_name:
            relevant = tuple(self._unnamed_only(statement, form) for statement in relevant)
        return self._may(action, relevant, (universe(form, self.who.account, self.who.partition),), passed_to)

    def _unnamed_only(self, statement: Statement, form: str) -> Statement:
        """The statement with only those patterns by which a resource that nobody has named could be meant.

        A resource that a deny must spare to name (`NotResource`) is named as well.
        """
        element = statement.resources
        if element is None or element.negated == statement.allows:
            return statement
        kept = (t for t in element.patterns if is_unnamed(t, form, self.who.account, self.who.partition))
        return replace(
            statement, resources=Element(frozenset(kept) or frozenset({_NOTHING}), element.negated)
        )

    def _may(
        self,
        action: str,
        relevant: tuple[Statement, ...],
        universes: tuple[Pattern, ...],
        passed_to: tuple[str, ...],
        arn: str = "",
    ) -> bool:
        if not any(s.allows and not s.limits for s in relevant):
            return False
        choices = _Choices(self, action, passed_to, arn)
        try:
            return self._is_allowed(choices, relevant, universes)
        except TooMuch:
            return True

    def _is_allowed(
        self, choices: "_Choices", relevant: tuple[Statement, ...], universes: tuple[Pattern, ...]
    ) -> bool:
        budget = Budget(_WORK)
        met = tuple(m for s in relevant if (m := choices.as_far_as_known(s)) is not None)
        denying = tuple(s for s in met if not s.allows)
        limits: tuple[Statement | None, ...] = tuple(s for s in met if s.limits) if self.bounded else (None,)
        options = {
            key: options_of(key, tests, choices.values(key, tests, budget), self.who.known)
            for key, tests in _by_key(met).items()
        }
        for allow in (s for s in met if s.allows and not s.limits):
            for limit in limits:
                applying = (allow,) if limit is None else (allow, limit)
                question = Question(applying, denying, universes, options, self.who.known)
                if find(question, budget) is not None:
                    return True
        return False


def _by_key(statements: Sequence[Statement]) -> dict[str, list[Test]]:
    tests: dict[str, list[Test]] = {}
    for test in tests_of(statements):
        tests.setdefault(test.key, []).append(test)
    return tests


def _forms(action: str) -> tuple[str, ...]:
    """The ARN templates of what a request for the action names; none where it takes no resource."""
    known = catalogue.action(action)
    return () if known is None else known.required or known.resources[:1]


class _Choices:
    """What the principal may choose for each key of a request for one action."""

    def __init__(self, abilities: Abilities, action: str, passed_to: tuple[str, ...], arn: str) -> None:
        self._abilities, self._who = abilities, abilities.who
        self._action, self._passed_to, self._arn = action, passed_to, arn

    def as_far_as_known(self, statement: Statement) -> Statement | None:
        """The statement without tests that compare with what is unknown; None for a deny that one keeps away."""
        known = frozenset(test for test in statement.tests if not self._is_unknown(test))
        if not statement.allows and known != statement.tests:
            return None
        return replace(statement, tests=known)

    def _is_unknown(self, test: Test) -> bool:
        """Whether it is about what the principal chooses, and it is not known with what that is compared."""
        if test.key in self._who.known or self._is_given(test.key):
            return False
        return bool(test.open_question) or any(not self._is_known(text) for text in test.values)

    def _is_known(self, text: str) -> bool:
        keys = (variable_key(variable) for variable in _VARIABLE.findall(text))
        return all(key is None or key in self._who.known for key in keys)

    def values(self, key: str, tests: list[Test], budget: Budget) -> Sequence[Value]:
        """What the key may be: all that makes a difference where the principal chooses freely."""
        if key in self._who.known:
            return [self._who.known[key]]
        if key == PASSED_TO:
            return list(self._passed_to) or [None]
        if key == POLICY:
            return self._policies(tests, _WRITES, budget) if self._has(key) else [None]
        if key == BOUNDARY:
            return self._boundaries(tests, budget) if self._has(key) else [None]
        return [None] if self._is_given(key) else candidates.of_key(tests, self._who.known, budget)

    def _is_given(self, key: str) -> bool:
        """Whether the principal can't choose it freely."""
        return key in (POLICY, BOUNDARY, PASSED_TO) or (key.startswith(_RESOURCE_TAGS) and not self._can_tag)

    def _has(self, key: str) -> bool:
        known = catalogue.action(self._action)
        return known is None or condition_keys.has(known, key)

    def _policies(self, tests: list[Test], writing: Sequence[str], budget: Budget) -> list[Value]:
        """Policies that give everything, and those that it can write such a thing into."""
        writers = [
            s for action in writing for s in self._abilities.about(action) if s.allows and not s.limits
        ]
        if not writers:
            return list(self._who.wide)
        texts = {text for s in writers if s.resources for text in s.resources.patterns}
        own = [p for text in sorted(texts) if (p := patterns.glob(text, self._who.known)) is not None]
        tested = [pattern for test in tests for pattern in text_patterns(test, self._who.known)]
        every = universe(_POLICIES, self._who.account, self._who.partition)
        arns = patterns.classes([*tested, *own], every, budget).values()
        return [*self._who.wide, *(a for a in arns if any(self._abilities.to(w, a) for w in writing))]

    def _boundaries(self, tests: list[Test], budget: Budget) -> list[Value]:
        """Boundaries that bound nothing; what is acted on may have none."""
        if self._action in _SETS_BOUNDARY:
            return self._policies(tests, _WRITES, budget)
        return [None, *self._policies(tests, _REWRITES, budget)]

    @cached_property
    def _can_tag(self) -> bool:
        """Whether it may put tags on what is acted on, as that is without any."""
        tagging = _tagging(self._action)
        if self._action in tagging:
            return False
        if self._arn:
            return any(self._abilities.to(action, self._arn) for action in tagging)
        return any(self._abilities.to_something(action) for action in tagging)


@cache
def _tagging(action: str) -> frozenset[str]:
    """The actions that put tags on what an action acts on, or make such a thing with tags."""
    known = catalogue.action(action)
    if known is None:
        return frozenset()
    own = set(known.required or known.resources)
    others = catalogue.actions_of(known.service).values()
    return frozenset(
        one.full
        for one in others
        if not own.isdisjoint(one.resources)
        and ((one.name.startswith(_TAGS) and "tagging" in one.levels) or one.full in _MAKES_WITH_TAGS)
    )
