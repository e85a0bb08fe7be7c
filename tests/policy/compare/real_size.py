"""Pairs of documents of real size, with one change whose effect is known by construction.

The statements around the change are about other services, or plainly beside it or over it; nothing here asks
the product's own code.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any

from tests.policy.compare.surroundings import Pair, PairMaker, Raw, allow


def pair(seed: int) -> Pair:
    """The pair of this number."""
    maker = PairMaker(seed)
    base = maker.noise()
    change = maker.random.choice(KINDS)
    result = change(maker, base)
    if maker.random.random() < 0.35:
        _within(maker, result)
    result.features = maker.features
    for statements in (result.old, result.new):
        maker.random.shuffle(statements)
    return result


def _within(maker: PairMaker, result: Pair) -> None:
    """A boundary that allows all services, or all but the one that the change is about."""
    maker.features.add("boundary")
    kept = maker.others if maker.random.random() < 0.4 else [*maker.others, maker.service]
    result.boundary = [allow([f"{name}:*"], "*") for name in sorted(kept)]
    if maker.service not in kept:
        result.gained = result.lost = False
        result.listed = set()
        result.is_behind = True


def _result(
    maker: PairMaker, base: list[Raw], old: list[Raw], new: list[Raw], kind: str, *, behind: bool, **more: Any
) -> Pair:
    return Pair([*deepcopy(base), *old], [*deepcopy(base), *new], None, maker.features, kind, behind, **more)


def _beside(maker: PairMaker, action: str) -> list[Raw]:
    """In half of the pairs, a statement of the same action that overlaps the change without covering it.

    It has another name, or a condition.
    """
    if maker.random.random() < 0.5:
        return []
    return [
        maker.random.choice(
            [
                allow([f"{maker.service}:*"], [maker.arn(maker.service)]),
                allow(
                    [action, f"{maker.service}:Describe*"],
                    [maker.arn(maker.service), maker.arn(maker.service)],
                ),
                allow(
                    [f"{maker.service}:*"], ["*"], {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}
                ),
            ]
        )
    ]


def _action(maker: PairMaker, base: list[Raw], *, added: bool) -> Pair:
    *kept, changed = maker.actions(2)
    arns = [maker.arn(maker.service) for _ in range(maker.random.randint(1, 4))]
    condition = maker.condition() if maker.random.random() < 0.4 else None
    less, more = allow(kept, arns, condition), allow([*kept, changed], arns, condition)
    beside = _beside(maker, changed)
    listed = {(changed.lower(), arn) for arn in arns}
    old, new = (less, more) if added else (more, less)
    return _result(
        maker,
        base,
        [old, *beside],
        [new, *beside],
        "action",
        behind=bool(beside),
        gained=added,
        lost=not added,
        listed=listed,
    )


def _arn(maker: PairMaker, base: list[Raw], *, added: bool) -> Pair:
    actions = maker.actions()
    *kept, changed = [maker.arn(maker.service) for _ in range(maker.random.randint(2, 6))]
    condition = maker.condition() if maker.random.random() < 0.4 else None
    less, more = allow(actions, kept, condition), allow(actions, [*kept, changed], condition)
    beside = _beside(maker, actions[0])
    listed = {(action.lower(), changed) for action in actions}
    old, new = (less, more) if added else (more, less)
    return _result(
        maker,
        base,
        [old, *beside],
        [new, *beside],
        "ARN",
        behind=bool(beside),
        gained=added,
        lost=not added,
        listed=listed,
    )


def _condition(maker: PairMaker, base: list[Raw], *, dropped: bool) -> Pair:
    actions, arns = maker.actions(), [maker.arn(maker.service) for _ in range(maker.random.randint(1, 3))]
    strict, free = allow(actions, arns, maker.condition()), allow(actions, arns)
    beside = _beside(maker, actions[0])
    listed = {(action.lower(), arn) for action in actions for arn in arns}
    old, new = (strict, free) if dropped else (free, strict)
    return _result(
        maker,
        base,
        [old, *beside],
        [new, *beside],
        "condition",
        behind=bool(beside),
        gained=dropped,
        lost=not dropped,
        listed=listed,
    )


def _deny(maker: PairMaker, base: list[Raw], *, added: bool) -> Pair:
    """A deny of one action on some of what is allowed."""
    actions = maker.actions()
    wide, narrow = maker.arn(maker.service, "*"), ""
    narrow = wide.replace("-*", "-secret-*")
    maker.features.add("denies")
    deny = allow([actions[0]], [narrow], None, "Deny")
    given = allow(actions, [wide])
    listed = {(actions[0].lower(), narrow)}
    old, new = ([given], [given, deny]) if added else ([given, deny], [given])
    return _result(maker, base, old, new, "deny", behind=True, gained=not added, lost=added, listed=listed)


def _covered(maker: PairMaker, base: list[Raw], *, added: bool) -> Pair:
    """A statement that another one covers: nothing is gained or lost."""
    actions = maker.actions()
    wide = maker.arn(maker.service, "*")
    narrow = allow(actions, [wide.replace("-*", "-some-*")], maker.condition())
    cover = allow([f"{maker.service}:*"], [wide])
    old, new = ([cover], [cover, narrow]) if added else ([cover, narrow], [cover])
    return _result(maker, base, old, new, "covered", behind=True)


def _denied(maker: PairMaker, base: list[Raw], *, added: bool) -> Pair:
    """A statement all of which is denied."""
    actions = maker.actions()
    wide = maker.arn(maker.service, "*")
    maker.features.add("denies")
    deny = allow([f"{maker.service}:*"], [wide], None, "Deny")
    given = allow(actions, [wide.replace("-*", "-x-*")])
    old, new = ([deny], [deny, given]) if added else ([deny, given], [deny])
    return _result(maker, base, old, new, "denied", behind=True)


def _variable(maker: PairMaker, base: list[Raw], *, added: bool) -> Pair:
    """An action more in a statement whose resource has a policy variable."""
    maker.features.add("variables")
    *kept, changed = maker.actions(2)
    arn = maker.arn(maker.service, "${aws:username}-*")
    less, more = allow(kept, [arn]), allow([*kept, changed], [arn])
    old, new = (less, more) if added else (more, less)
    return _result(
        maker,
        base,
        [old],
        [new],
        "variable",
        behind=False,
        gained=added,
        lost=not added,
        listed={(changed.lower(), arn)},
    )


def _both(change: Callable[..., Pair], word: str) -> list[Callable[[PairMaker, list[Raw]], Pair]]:
    return [partial(change, **{word: way}) for way in (True, False)]


KINDS = [
    *_both(_action, "added"),
    *_both(_action, "added"),
    *_both(_arn, "added"),
    *_both(_condition, "dropped"),
    *_both(_deny, "added"),
    *_both(_covered, "added"),
    *_both(_denied, "added"),
    *_both(_variable, "added"),
]
