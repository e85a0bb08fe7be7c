"""Short resources: `repository/app` for an ARN, completed from the resource types of a grant's actions.

A short form is the part of an ARN after the account. Its head is that of the type it fits, so where AWS
has no region or account in an ARN there is none.
"""

from dataclasses import dataclass

from reconciler.policy import globs
from reconciler.policy.catalogue.actions import PLACEHOLDER, Action
from reconciler.policy.catalogue.resource_arns import BUCKET, REGION, filled_head, readable, tail_of
from reconciler.policy.document.grammar_texts import resource_complaint


class NoFit(ValueError):
    """The text is no resource of the grant's actions, or could be more than one.

    The message is for people.
    """


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands in the head of an ARN: `region` is "" for any."""

    account: str
    partition: str
    region: str = ""


def completed(text: str, actions: list[Action], filling: Filling) -> tuple[str, bool]:
    """The full ARN, and whether it has a place for a region.

    Raises:
        NoFit: no type fits, or types with different heads do.
        OddTemplate: the type's account field has no reading.
    """
    templates = sorted({template for action in actions for template in action.resources})
    fitting = _best(text, templates)
    filled = {filled_head(t, filling.account, filling.partition, filling.region) for t in fitting}
    # What IAM would refuse is nothing that was meant.
    heads = sorted(head for head in filled if not resource_complaint(f"{head}{text}"))
    if not heads:
        raise NoFit(f'"{text}" fits no resource of these actions; they take {_forms(templates)}')
    if len(heads) > 1:
        ways = " or ".join(f"{head}{text}" for head in heads)
        raise NoFit(f'"{text}" fits more than one kind of resource: write {ways}')
    return heads[0] + text, any(f":{REGION}:" in template for template in fitting)


def _best(text: str, templates: list[str]) -> list[str]:
    """The templates that the text fits: those that cover it whole before those that only overlap."""
    shape = readable(text)
    overlapping = [t for t in templates if globs.overlaps(_pattern(t), shape) and not _beyond(t, shape)]
    covering = [t for t in overlapping if globs.covers(_pattern(t), shape) or _names_bucket(t, shape)]
    if not covering:
        return overlapping
    most = max(_literals(t) for t in covering)
    return [t for t in covering if _literals(t) == most]


def _pattern(template: str) -> str:
    return PLACEHOLDER.sub("*", tail_of(template))


def _literals(template: str) -> int:
    return len(PLACEHOLDER.sub("", tail_of(template)))


def _beyond(template: str, shape: str) -> bool:
    return template.endswith(BUCKET) and "/" in shape


def _names_bucket(template: str, shape: str) -> bool:
    return template.endswith(BUCKET) and "/" not in shape


def _forms(templates: list[str]) -> str:
    tails = sorted({tail_of(template) for template in templates})
    if not tails:
        return 'no resource, only "*"'
    return ", ".join(tails[:4]) + (", …" if len(tails) > 4 else "")
