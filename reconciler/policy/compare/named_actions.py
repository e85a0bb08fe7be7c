"""The action patterns by which a verdict names what a statement does."""

from collections.abc import Sequence

from reconciler.policy import globs
from reconciler.policy.compare.action_groups import in_service
from reconciler.policy.meaning.statements import Statement


def of_statement(statement: Statement, texts: Sequence[str]) -> tuple[str, ...]:
    """Those of these patterns that the statement has; none where they are all that the statement has."""
    if statement.actions.negated:
        is_all = any(globs.is_pattern(text.partition(":")[0]) for text in texts)
        return () if is_all else tuple(sorted(set(texts)))
    own = statement.actions.patterns
    by_service: dict[str, list[str]] = {}
    for pattern in sorted(own):
        by_service.setdefault(pattern.partition(":")[0], []).append(pattern)
    wild = [pattern for service, near in by_service.items() if globs.is_pattern(service) for pattern in near]
    kept: dict[str, None] = {}
    for text in map(str.lower, texts):
        service = text.partition(":")[0]
        near = sorted(own) if globs.is_pattern(service) else [*by_service.get(service, ()), *wild]
        kept |= dict.fromkeys([text] if text in own else _own_part(near, text))
    own_texts = [text for text in kept if text in own]
    return tuple(sorted(t for t in kept if t in own or not any(globs.covers(o, t) for o in own_texts)))


def _own_part(own: Sequence[str], text: str) -> list[str]:
    """The text where one of the patterns covers it, else the patterns that it covers or meets."""
    if any(globs.covers(pattern, text) for pattern in own):
        return [text]
    return [in_service(p, text.partition(":")[0]) for p in own if globs.overlaps(p, text)]


def without_covered(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Without actions of one service that are among those of any service."""
    wide = [text for text in texts if globs.is_pattern(text.partition(":")[0])]
    return tuple(t for t in texts if not any(o != t and globs.covers(o, t) for o in wide))
