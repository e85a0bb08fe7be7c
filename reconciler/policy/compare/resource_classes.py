"""The resources that statements can tell apart: one of each class, with the statements that name it."""

from collections.abc import Sequence

from reconciler.policy.meaning import patterns
from reconciler.policy.meaning.operators import Variables
from reconciler.policy.meaning.patterns import Budget, Pattern
from reconciler.policy.meaning.statements import Element, Statement

# An ARN of any resource, and what stands for an action that takes none.
ANY_ARN = "arn:?*:?*:*:*:?*"
_NO_RESOURCE = "*"


def resources(every: tuple[Statement, ...], variables: Variables, walk: Budget) -> dict[int, str]:
    """A resource of every class, by the mask of the statements that name it.

    Raises:
        TooMuch: there are too many.
    """
    elements = [s.resources or Element(frozenset()) for s in every]
    universe = patterns.glob(ANY_ARN, {})
    by_mask = _masks(elements, universe, variables, walk) if universe else {}
    texts = {text for element in elements for text in element.patterns}
    nothing = {t for t in texts if (p := patterns.glob(t, variables)) and patterns.fits(p, _NO_RESOURCE)}
    by_mask.setdefault(_mask(elements, nothing), _NO_RESOURCE)
    return by_mask


def _masks(
    elements: Sequence[Element], universe: Pattern, variables: Variables, walk: Budget
) -> dict[int, str]:
    texts = sorted({text for element in elements for text in element.patterns})
    compiled = [(text, patterns.glob(text, variables)) for text in texts]
    usable = [(text, pattern) for text, pattern in compiled if pattern is not None]
    by_mask: dict[int, str] = {}
    for fitting, member in patterns.classes([p for _, p in usable], universe, walk).items():
        by_mask.setdefault(_mask(elements, {usable[index][0] for index in fitting}), member)
    return by_mask


def _mask(elements: Sequence[Element], fitting: set[str]) -> int:
    return sum(
        1 << index
        for index, element in enumerate(elements)
        if element.patterns and bool(element.patterns & fitting) != element.negated
    )
