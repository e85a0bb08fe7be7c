"""Is this request allowed by these documents? A deny wins over an allow; without either it is denied.

Looks at identity policies, a permissions boundary, or a trust policy; service control policies, resource
policies and session policies are other documents. A Resource is read as one flat pattern: `*` crosses
colons and slashes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from reconciler.policy.document.document import Document
from reconciler.policy.meaning import patterns
from reconciler.policy.meaning.operators import Value, holds
from reconciler.policy.meaning.principals import names
from reconciler.policy.meaning.statements import Element, Statement, statements

# What begins a wildcard, a variable, or an escape of either.
_OPEN = frozenset("*?$\\")
Answer = Literal["allowed", "explicit deny", "implicit deny", "unknown"]


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """A request. `resource` is "*" where the action takes none.

    `principal` is kind and value, for trust policies.
    """

    action: str
    resource: str | None = None
    principal: tuple[str, str] | None = None
    context: Mapping[str, Value] = field(default_factory=dict)

    @property
    def variables(self) -> dict[str, str | None]:
        """The keys that can stand in for policy variables: single-valued ones, in lower case."""
        return {key.lower(): value for key, value in self.context.items() if isinstance(value, str)}


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with the statement that decided and the index of its document; None where none did."""

    answer: Answer
    statement: Statement | None = None
    document: int | None = None
    why: str = ""


def evaluate(
    identity: Iterable[Document], request: AccessRequest, boundary: Document | None = None
) -> Decision:
    """The decision of identity policies together, within a permissions boundary if there is one."""
    decided = _decided([statements(document) for document in identity], request)
    if decided.answer == "explicit deny" or boundary is None:
        return decided
    limit = _decided([statements(boundary)], request)
    if limit.answer == "unknown" and decided.answer == "implicit deny":
        # Whatever the boundary says, nothing allows it.
        return decided
    if limit.answer != "allowed":
        return Decision(
            limit.answer, limit.statement, None, limit.why or "the permissions boundary does not allow it"
        )
    return decided


def assume(trust: Document, request: AccessRequest) -> Decision:
    """The decision of a role's trust policy for a principal."""
    return _decided([statements(trust)], request)


def decide(statements: Iterable[Statement], request: AccessRequest, *, bounded: bool = False) -> Answer:
    """The answer of parsed statements; `bounded` where those of a permissions boundary are among them."""
    every = tuple(statements)
    answer = _decided([tuple(s for s in every if not s.limits)], request).answer
    if not bounded or answer not in ("allowed", "unknown"):
        return answer
    within = {applies(s, request) for s in every if s.limits}
    if True in within:
        return answer
    return "unknown" if None in within else "implicit deny"


def _decided(documents: list[tuple[Statement, ...]], request: AccessRequest) -> Decision:
    """Deny wins. Where it is not known whether a statement applies, the answer may be unknown too."""
    allowed: Decision | None = None
    open_deny: Decision | None = None
    open_allow: Decision | None = None
    for index, of_document in enumerate(documents):
        for statement in of_document:
            does_apply = applies(statement, request)
            if does_apply and not statement.allows:
                return Decision("explicit deny", statement, index)
            if does_apply:
                allowed = allowed or Decision("allowed", statement, index)
            elif does_apply is None:
                decision = Decision("unknown", statement, index, _question(statement))
                if statement.allows:
                    open_allow = open_allow or decision
                else:
                    open_deny = open_deny or decision
    if open_deny and (allowed or open_allow):
        return open_deny
    return allowed or open_allow or Decision("implicit deny")


def _question(statement: Statement) -> str:
    return next((test.open_question for test in statement.tests if test.open_question), "not documented")


def applies(statement: Statement, request: AccessRequest) -> bool | None:
    """Whether a statement applies to a request; None where the documentation does not say."""
    variables = request.variables
    if not includes(statement.actions, request.action.lower(), variables={}):
        return False
    if not _is_named(statement, request):
        return False
    resource = True
    if statement.resources is not None:
        text = request.resource if request.resource is not None else "*"
        if not includes(statement.resources, text, variables):
            return False
        resource = not _leaves_open(statement, variables)
    tests = {name.lower(): value for name, value in request.context.items()}
    answers = [holds(test, tests.get(test.key), variables) for test in statement.tests]
    if False in answers:
        return False
    return None if None in answers or not resource else True


def includes(element: Element, text: str, variables: Mapping[str, str | None]) -> bool:
    """Whether an action, in lower case, or a resource is meant by an element of a statement."""
    if not element.patterns:
        return False  # an empty list leaves the statement without effect (Access Analyzer, EMPTY_ARRAY_*)
    by_prefix, others = _by_prefix(element.patterns)
    candidates = (*by_prefix.get(text.partition(":")[0], ()), *others)
    compiled = (patterns.glob(pattern, variables) for pattern in candidates)
    return any(p is not None and patterns.fits(p, text) for p in compiled) != element.negated


@lru_cache(maxsize=1024)
def _by_prefix(texts: frozenset[str]) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Patterns by their service, and those with a wildcard in it.

    Some documents name thousands of actions.
    """
    by_prefix: dict[str, tuple[str, ...]] = {}
    others: list[str] = []
    for pattern in texts:
        prefix, colon, _ = pattern.partition(":")
        if colon and not _OPEN.intersection(prefix):
            by_prefix[prefix] = (*by_prefix.get(prefix, ()), pattern)
        else:
            others.append(pattern)
    return by_prefix, tuple(others)


def _leaves_open(statement: Statement, variables: Mapping[str, str | None]) -> bool:
    """A variable without a value inside NotResource of a deny: the guide and practice contradict."""
    resources = statement.resources
    return bool(
        resources
        and resources.negated
        and not statement.allows
        and any(patterns.glob(pattern, variables) is None for pattern in resources.patterns)
    )


def _is_named(statement: Statement, request: AccessRequest) -> bool:
    if statement.principals is None:
        return request.principal is None
    if request.principal is None or not statement.principals:
        return False
    return any(names(entry, request.principal) for entry in statement.principals) != statement.not_principals
