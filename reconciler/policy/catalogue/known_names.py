"""Names that AWS gives: service principals, regions and AWS managed policies, to find misspelt ones.

`make data` makes the lists. All of them grow at AWS all the time, so a name that is not in them is likely
wrong, never surely.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from reconciler.policy.catalogue import actions, similar_names

_SUFFIX = ".amazonaws.com"
_REGION = re.compile(r"\.[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}\b")


@cache
def _read(name: str) -> Any:
    return json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))


def _listed(name: str) -> tuple[str, ...]:
    return tuple(_read(name))


def regions(partition: str) -> tuple[str, ...]:
    """The regions of a partition."""
    return tuple(_read("regions").get(partition, ()))


def similar_region(name: str, partition: str) -> str:
    """The region that was most likely meant, or ""."""
    return similar_names.near(name, regions(partition))


@cache
def _principals() -> frozenset[str]:
    """Most services are their own principal, so every prefix of the action data counts as known."""
    return frozenset(_listed("service_principals")) | actions.services()


def date_of_principals() -> str:
    """The day of the list of service principals."""
    return str(_read("list_dates")["service_principals"])


def date_of_managed_policies() -> str:
    """The day of the list of AWS managed policies."""
    return str(_read("list_dates")["managed_policies"])


def is_known_principal(principal: str) -> bool:
    """Whether a complete service principal is known.

    A region in it (`logs.eu-west-1.amazonaws.com`) doesn't matter.
    """
    return _bare(principal) in _principals()


def similar_principal(principal: str) -> str:
    """The known one that was most likely meant, as `service:` takes it, or ""."""
    return similar_names.principal(_bare(principal), sorted(_principals()))


def _bare(principal: str) -> str:
    return _REGION.sub("", principal.removesuffix(".cn").removesuffix(_SUFFIX))


def is_known_managed_policy(name: str) -> bool:
    """Whether AWS has a managed policy of this name, its path given or not."""
    known = _listed("aws_managed_policies")
    return name in known if "/" in name else any(k.rpartition("/")[2] == name for k in known)


def similar_managed_policy(name: str) -> str:
    """The AWS managed policy that was most likely meant, path included, or ""."""
    by_name = {known.rpartition("/")[2]: known for known in _listed("aws_managed_policies")}
    return by_name.get(similar_names.managed_policy(name.rpartition("/")[2], by_name), "")


def escalations() -> list[dict[str, Any]]:
    """The known ways to everything, as `tools/make_escalations.py` wrote them."""
    return list(_read("escalations"))


def aws_practice() -> dict[str, dict[str, list[str]]]:
    """What AWS's own policies rely on and its reference does not list.

    `tools/make_practice.py` writes it.
    """
    return dict(_read("aws_practice"))


def leading_policies() -> tuple[str, ...]:
    """Path and name of each AWS managed policy that allows everything or leads there."""
    return _listed("leading_policies")


def leads_to_everything(arn: str) -> bool:
    """Whether an ARN is of an AWS managed policy that allows everything or leads there."""
    _, aws, name = arn.partition(":iam::aws:policy/")
    return bool(aws) and name in leading_policies()
