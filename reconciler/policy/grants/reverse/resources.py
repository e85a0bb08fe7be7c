"""The ARNs of a statement as a grant lists them: short where the short form gives exactly the ARN back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from reconciler.policy.catalogue import resource_arns
from reconciler.policy.catalogue.actions import PLACEHOLDER, Action
from reconciler.policy.grants import short_resources
from reconciler.policy.grants.resources import ANY_IN_ACCOUNT
from reconciler.policy.grants.short_resources import Filling

_SEGMENTS = 6
_ACCOUNT = 4
# Under which `region:` a short form gives its ARN: this stands for each, "" for none at all.
_ANY = "any"


def shortened(
    arns: Sequence[str], actions: list[Action], filling: Filling, named: frozenset[str]
) -> tuple[tuple[str, ...], str]:
    """Each ARN in short or in full, and the grant's region, "" for none.

    The region is the one that makes most of the ARNs short. Those that are `named` stay as they are.
    """
    templates = {template for action in actions for template in action.resources}
    under = {arn: None if arn in named else _under(arn, actions, templates, filling) for arn in arns}
    counted = Counter(region for region in under.values() if region is not None and region != _ANY)
    region = max(sorted(counted), key=lambda name: counted[name], default="")
    return tuple(_tail(arn) if under[arn] in (region, _ANY) else arn for arn in arns), region


def could_be_any(arns: Sequence[str], actions: list[Action], filling: Filling) -> bool:
    """Whether any-in-account of these actions has all these ARNs, and perhaps more: a quick first check."""
    wanted = set(arns)
    own = (filling.account, "", "aws")
    if any(arn.split(":", _SEGMENTS - 1)[_ACCOUNT:-1] not in ([name] for name in own) for arn in wanted):
        return False
    regions = {"", *map(region_of, wanted)}
    for template in {template for action in actions for template in action.resources}:
        tail = PLACEHOLDER.sub("*", resource_arns.tail_of(template))
        wanted -= {_head(template, replace(filling, region=region)) + tail for region in regions}
    return not wanted


def region_of(arn: str) -> str:
    """The region of an ARN, "" where it has none or a pattern."""
    region = [*arn.split(":", _SEGMENTS - 1), "", "", "", ""][3]
    return "" if "*" in region or "?" in region or "$" in region else region


def _under(arn: str, actions: list[Action], templates: set[str], filling: Filling) -> str | None:
    """The region under which the short form gives the ARN, None where it never does."""
    region = region_of(arn)
    if _is_short(arn, actions, templates, filling):
        return "" if arn.split(":", _SEGMENTS - 1)[3] == "*" else _ANY
    if region and _is_short(arn, actions, templates, Filling(filling.account, filling.partition, region)):
        return region
    return None


def _is_short(arn: str, actions: list[Action], templates: set[str], filling: Filling) -> bool:
    """Whether what stands after the account is enough.

    The head of the ARN is compared first, because looking for types that fit takes time.
    """
    tail = _tail(arn)
    # Nobody reads "*/*" as every object of every bucket.
    is_word = tail == ANY_IN_ACCOUNT or tail.startswith("arn:") or not any(map(str.isalnum, tail))
    if (
        arn.count(":") < _SEGMENTS - 1
        or is_word
        or not _has_head(arn[: len(arn) - len(tail)], templates, filling)
    ):
        return False
    try:
        return short_resources.completed(tail, actions, filling)[0] == arn
    except (short_resources.NoFit, resource_arns.OddTemplate):
        return False


def _has_head(head: str, templates: set[str], filling: Filling) -> bool:
    return any(_head(template, filling) == head for template in templates)


def _head(template: str, filling: Filling) -> str:
    try:
        return resource_arns.filled_head(template, filling.account, filling.partition, filling.region)
    except resource_arns.OddTemplate:
        return ""


def _tail(arn: str) -> str:
    return arn.split(":", _SEGMENTS - 1)[-1]
