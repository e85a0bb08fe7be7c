"""The actions about which two sides may differ, grouped by the statements that are about them.

Statements that say the same of the same actions on both sides are left out first: what is left are the
patterns that only one side has, and only actions of these can be allowed on one side alone. Each is split by
the other patterns that meet it, service by service, so that one to four statements of forty are left to be
asked about.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.policy import globs
from reconciler.policy.catalogue import actions as catalogue
from reconciler.policy.compare.compared_statements import ComparedStatements
from reconciler.policy.meaning import patterns
from reconciler.policy.meaning.patterns import Budget, TooMuch
from reconciler.policy.meaning.statements import Element, Statement

ANYTHING = "*"
# An action of any service, as a pattern.
_ANY_ACTION = "?*:?*"
_ANY = Element(frozenset({ANYTHING}))
_WALK = 60_000
# How many times two patterns may be held against one another; long ones count for more.
_COMPARISONS, _LETTERS = 300_000, 4_000
# Services that people know, for an action of one that no statement names.
_WELL_KNOWN = {
    "s3": "s3:GetObject",
    "ec2": "ec2:DescribeInstances",
    "sqs": "sqs:SendMessage",
    "dynamodb": "dynamodb:GetItem",
    "iam": "iam:GetRole",
    "sns": "sns:Publish",
    "kms": "kms:Decrypt",
    "lambda": "lambda:InvokeFunction",
}
_MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class ActionGroup:
    """Actions that the same statements are about: the numbers of the old side's, and of the new side's.

    `fitting` are the patterns that all of them fit besides the region's own. `names` are some real
    actions of the group, of `count`. `member` is one of its actions, perhaps not a real one. `differs`
    where the two sides say something else about them.
    """

    fitting: frozenset[str]
    member: str
    names: tuple[str, ...]
    count: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Region:
    """A pattern of actions with all of its groups; `parts` are others that have some of its actions."""

    text: str
    groups: tuple[ActionGroup, ...]
    parts: tuple[str, ...] = ()

    def real(self, group: ActionGroup) -> tuple[str, ...]:
        """Some real actions of one of the groups."""
        if group.names or len(self.groups) > 1:
            return group.names
        service, _, name = self.text.partition(":")
        return tuple(action.full for action in catalogue.matching(service, name)[:_MOST_NAMES])

    def named(self, numbers: frozenset[int]) -> tuple[str, ...]:
        """Patterns that have the actions of these groups and, as far as patterns say it, no others."""
        if len(numbers) == len(self.groups):
            return (self.text, *self.parts)
        left = set(numbers)
        texts: list[str] = []
        patterns_ = {text for number in numbers for text in self.groups[number].fitting}
        of = {
            text: frozenset(n for n, g in enumerate(self.groups) if text in g.fitting) for text in patterns_
        }
        for text in sorted(patterns_, key=lambda text: (-len(of[text]), text)):
            own = in_service(text, _service(self.text))
            if of[text] <= numbers and of[text] & left and globs.covers(self.text, own):
                texts.append(own)
                left -= of[text]
        for group in (self.groups[number] for number in sorted(left)):
            # Actions are listed where no pattern has them alone, as long as they can be read; of any service
            # some are known.
            can_be_read = 0 < group.count <= _MOST_NAMES and not globs.is_pattern(_service(self.text))
            texts += group.names if can_be_read else [self.text]
        return tuple(dict.fromkeys(texts))


def in_service(text: str, service: str) -> str:
    """A pattern of any service as one of this service, where that is no pattern itself."""
    own, colon, name = text.partition(":")
    if not globs.is_pattern(own) or globs.is_pattern(service) or not globs.matches(own, service):
        return text
    return f"{service}:{name}" if colon else f"{service}:{ANYTHING}"


def body(statement: Statement) -> Statement:
    """What a statement says of whatever actions it is about."""
    return replace(statement, actions=_ANY, index=0, sid="")


def differing(sides: ComparedStatements) -> tuple[list[Region], list[str]]:
    """The patterns whose actions the two sides may treat otherwise, and those that could not be split."""
    return _Split(sides).regions()


class _Split:
    def __init__(self, sides: ComparedStatements) -> None:
        self._sides = sides
        self._every = sides.every
        self._old = len(sides.before)
        self._bodies = [body(statement) for statement in self._every]
        self._comparing = Budget(_COMPARISONS)
        self._owners: dict[str, set[int]] = defaultdict(set)
        self._negated: set[int] = set()
        for number, statement in enumerate(self._every):
            for text in statement.actions.patterns:
                self._owners[text].add(number)
            if statement.actions.negated and statement.actions.patterns:
                self._negated.add(number)
        self._by_service: dict[str, list[str]] = defaultdict(list)
        self._wild: list[str] = []
        for text in sorted(self._owners):
            service = _service(text)
            (self._wild if globs.is_pattern(service) else self._by_service[service]).append(text)

    def regions(self) -> tuple[list[Region], list[str]]:
        regions: list[Region] = []
        undecided: list[str] = []
        try:
            texts = self._texts()
        except TooMuch:
            return [], [ANYTHING]
        for text, parts in texts.items():
            try:
                groups = tuple(self._of(text))
            except TooMuch:
                undecided.append(text)
                continue
            if any(group.differs for group in groups):
                regions.append(Region(text, groups, parts))
        return regions, undecided

    def _texts(self) -> dict[str, tuple[str, ...]]:
        """Patterns of the actions that may differ, with the narrower ones.

        A pattern of any service is also written for each service that is named.
        """
        texts = self._textstexts()
        by_service: dict[str, dict[str, None]] = defaultdict(dict)
        for text in sorted(texts):
            service, name = _service(text), text.partition(":")[2] or ANYTHING
            if globs.is_pattern(service):
                for known in sorted(self._by_service):
                    if globs.matches(service, known):
                        by_service[known][f"{known}:{name}"] = None
            by_service[service][text] = None
        whole: dict[str, tuple[str, ...]] = {}
        # Any service first: what is shown of it people know.
        for service in sorted(by_service, key=lambda name: (not globs.is_pattern(name), name)):
            near = by_service[service]
            parts = {text for text in near if any(self._is_part(text, other) for other in near)}
            for text in near:
                if text not in parts:
                    whole[text] = tuple(p for p in parts & texts if self._is_part(p, text))
        return whole

    def _is_part(self, text: str, other: str) -> bool:
        """Whether the actions of one pattern are all among those of another one."""
        if text == other or not globs.is_pattern(other):
            return False
        self._comparing.spend(1 + len(text) * len(other) // _LETTERS)
        return globs.covers(other, text)

    def _overlap(self, text: str, region: str) -> bool:
        self._comparing.spend(1 + len(text) * len(region) // _LETTERS)
        return globs.overlaps(text, region)

    def _textstexts(self) -> set[str]:
        if self._sides.bounded[0] != self._sides.bounded[1]:
            return set(self._owners) | ({ANYTHING} if self._negated else set())
        plain: dict[Statement, list[set[str]]] = defaultdict(lambda: [set(), set()])
        negated: dict[Statement, list[list[frozenset[str]]]] = defaultdict(lambda: [[], []])
        for number, statement in enumerate(self._every):
            side = int(number >= self._old)
            if statement.actions.negated:
                negated[self._bodies[number]][side].append(statement.actions.patterns)
            else:
                plain[self._bodies[number]][side] |= statement.actions.patterns
        texts = {text for old, new in plain.values() for text in old ^ new}
        for old, new in negated.values():
            if set(old) == set(new):
                continue
            texts |= old[0] ^ new[0] if len(old) == len(new) == 1 and old[0] and new[0] else {ANYTHING}
        return texts

    def _of(self, region: str) -> Iterator[ActionGroup]:
        service = _service(region)
        near = self._wild if globs.is_pattern(service) else [*self._by_service.get(service, ()), *self._wild]
        near = [text for text in near if self._overlap(text, region)]
        always = {text for text in near if text == region or globs.covers(text, region)}
        partly = [text for text in near if text not in always]
        for fitting, member, names in self._classes(region, partly):
            before, after = self._about([*always, *fitting])
            yield ActionGroup(
                frozenset(fitting),
                member,
                names[:_MOST_NAMES],
                len(names),
                before,
                after,
                self._differ(before, after),
            )

    def _classes(
        self, region: str, partly: Sequence[str]
    ) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...]]]:
        """For each set of patterns that some action of the region fits: these, an action, real actions."""
        if not globs.is_pattern(region):
            yield (), region, (region,)
            return
        if not partly and not globs.is_pattern(_service(region)):
            # Which actions these are is looked up only where one is shown (`Region.real`).
            yield (), _plain(region), ()
            return
        real = self._real(region, partly)
        universe = patterns.glob(_ANY_ACTION if region == ANYTHING else region, {})
        compiled = [patterns.glob(text, {}) for text in partly]
        usable = [pattern for pattern in compiled if pattern is not None]
        if not usable or universe is None:
            members = {frozenset[int](): region}
        else:
            members = patterns.classes(usable, universe, Budget(_WALK))
        for indexes, member in members.items():
            fitting = tuple(partly[index] for index in sorted(indexes))
            names = tuple(real.get(frozenset(fitting), ()))
            yield fitting, names[0].lower() if names else _plain(member), names

    def _real(self, region: str, partly: Sequence[str]) -> dict[frozenset[str], list[str]]:
        """The catalogue's actions of the region by the patterns that they fit."""
        by_fitting: dict[frozenset[str], list[str]] = defaultdict(list)
        service, _, name = region.partition(":")
        for of in [service] if not globs.is_pattern(service) else self._others(service):
            for action in sorted(catalogue.matching(of, name or ANYTHING), key=_is_lesser_known):
                full = action.full.lower()
                by_fitting[frozenset(t for t in partly if globs.matches(t, full))].append(action.full)
        return by_fitting

    def _others(self, service: str) -> list[str]:
        """Some services that no pattern names."""
        known = [s for s in _WELL_KNOWN if s not in self._by_service and globs.matches(service, s)]
        return (
            known[:2]
            or [
                s
                for s in sorted(catalogue.services())
                if s not in self._by_service and globs.matches(service, s)
            ][:2]
        )

    def _about(self, texts: Iterable[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The statements about an action that fits these patterns and no others."""
        named = set().union(*(self._owners[text] for text in texts))
        numbers = sorted((named - self._negated) | (self._negated - named))
        return tuple(n for n in numbers if n < self._old), tuple(n for n in numbers if n >= self._old)

    def _differ(self, before: tuple[int, ...], after: tuple[int, ...]) -> bool:
        if self._sides.bounded[0] != self._sides.bounded[1]:
            return True
        return {self._bodies[n] for n in before} != {self._bodies[n] for n in after}


def _service(text: str) -> str:
    return text.partition(":")[0]


def _is_lesser_known(action: catalogue.Action) -> bool:
    return _WELL_KNOWN.get(action.full.partition(":")[0]) != action.full


def _plain(text: str) -> str:
    """A name where a pattern was all there is."""
    return text.replace("*", "x").replace("?", "x")
