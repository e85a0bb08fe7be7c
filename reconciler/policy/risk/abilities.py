"""What a principal may do to anything, to something, or to one resource.

It is assumed to meet every test that it can choose to meet. It does not choose the tags and the boundary
of the resource, who it is itself, and in which account. Each question is decided by a search
(`request_search`), never by samples. Where the search takes too much work the answer is yes, because
guards ask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.compare.request_search import Question, find, options_of, tests_of
from reconciler.policy.meaning.evaluate import includes
from reconciler.policy.meaning.patterns import Budget, Pattern, TooMuch
from reconciler.policy.meaning.statements import Element, KeyTest, Statement
from reconciler.policy.risk.caller_choices import BOUNDARY, CREATES, DELETES, REWRITES, TAKES_OFF, Choices
from reconciler.policy.risk.caller_keys import CallerFacts
from reconciler.policy.risk.named_resources import is_unnamed, universe

_WORK = 400_000
_NOTHING = "\ue000nothing"


@dataclass(frozen=True)
class Abilities:
    """The statements of a principal, and whether a boundary is among them."""

    statements: tuple[Statement, ...]
    who: CallerFacts
    bounded: bool = False
    _answers: dict[tuple[str, ...], bool] = field(default_factory=dict, compare=False)

    def to_anything(self, action: str, passed_to: tuple[str, ...] = ()) -> bool:
        """Whether it may do it to resources that its statements don't name.

        `passed_to` are services to which it can pass a role.
        """
        key = ("anything", action, *passed_to)
        if key not in self._answers:
            forms = _forms(action)
            is_open = not forms or any(
                self._to_form(action, form, passed_to, any_name=True) for form in forms
            )
            self._answers[key] = is_open and self.to_something(action, passed_to)
        return self._answers[key]

    def to_something(self, action: str, passed_to: tuple[str, ...] = ()) -> bool:
        """Whether it may do it to some resource of each type that the action acts on, named or not."""
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

    def writes(self, arn: str, *, is_there: bool) -> bool:
        """Whether it decides what this policy says; creating an existing one anew takes deleting it first."""
        if any(self.to(action, arn) for action in REWRITES):
            return True
        return self.to(CREATES, arn) and (not is_there or self.to(DELETES, arn))

    def takes_off(self, boundary: str) -> bool:
        """Whether it may remove this boundary from whoever has it."""
        key = ("takes off", boundary)
        if key not in self._answers:
            self._answers[key] = any(self._takes_off(action, boundary) for action in TAKES_OFF)
        return self._answers[key]

    def _takes_off(self, action: str, boundary: str) -> bool:
        fixed = {BOUNDARY: boundary}
        return all(self._to_form(action, form, (), any_name=True, fixed=fixed) for form in _forms(action))

    def about(self, action: str) -> tuple[Statement, ...]:
        """The statements about an action."""
        return tuple(s for s in self.statements if includes(s.actions, action.lower(), {}))

    def _to_form(
        self,
        action: str,
        form: str,
        passed_to: tuple[str, ...],
        *,
        any_name: bool,
        fixed: Mapping[str, str] | None = None,
    ) -> bool:
        relevant = self.about(action)
        if any_name:
            relevant = tuple(self._unnamed_only(statement, form) for statement in relevant)
        every = universe(form, self.who.account, self.who.partition)
        return self._may(action, relevant, (every,), passed_to, fixed=fixed)

    def _unnamed_only(self, statement: Statement, form: str) -> Statement:
        """The statement with only those patterns by which a resource that nobody has named could be meant.

        A resource that a deny must leave out (`NotResource`) is named as well.
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
        fixed: Mapping[str, str] | None = None,
    ) -> bool:
        if not any(s.allows and not s.limits for s in relevant):
            return False
        choices = Choices(self, action, passed_to, arn, fixed or {})
        try:
            return self._is_allowed(choices, relevant, universes)
        except TooMuch:
            return True

    def _is_allowed(
        self, choices: "Choices", relevant: tuple[Statement, ...], universes: tuple[Pattern, ...]
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


def _by_key(statements: Sequence[Statement]) -> dict[str, list[KeyTest]]:
    tests: dict[str, list[KeyTest]] = {}
    for test in tests_of(statements):
        tests.setdefault(test.key, []).append(test)
    return tests


def _forms(action: str) -> tuple[str, ...]:
    """The ARN templates of what a request for the action names; none where it takes no resource."""
    known = catalogue.action(action)
    return () if known is None else known.required or known.resources[:1]
