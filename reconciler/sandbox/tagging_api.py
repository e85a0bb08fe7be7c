"""GetResources of the tagging API: which of IAM's policies, instance profiles and providers have tags.

Known of it (Resource Groups Tagging API reference, GetResources): only resources that carry tags are found;
IAM's are found in the partition's IAM region alone, roles and users in none; pages are ended by an empty
PaginationToken.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.sandbox.rule import tags_of
from reconciler.sandbox.world import World

TARGET = "ResourceGroupsTaggingAPI_20170126."
_HOME = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_MOST = 100
# What it knows of, as moto names it.
_KEPT: tuple[str, ...] = ("managed_policies", "instance_profiles", "open_id_providers", "saml_providers")
Mapping = dict[str, Any]


class Malformed(Exception):
    """A request that the tagging API refuses; `code` is the name of its exception."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def mappings(iam: Any) -> list[Mapping]:
    """Every policy, instance profile and identity provider that carries tags, by ARN."""
    kept = [entity for name in _KEPT for entity in getattr(iam, name).values()]
    tagged = [{"ResourceARN": entity.arn, "Tags": tags_of(entity)} for entity in kept if tags_of(entity)]
    return sorted(tagged, key=lambda mapping: str(mapping["ResourceARN"]))


def get_resources(iam: Any, world: World, params: dict[str, Any], region: str) -> dict[str, Any]:
    """The answer to GetResources.

    Raises:
        Malformed: a parameter is out of its bounds, or the token is unknown.
    """
    size = params.get("ResourcesPerPage", _MOST)
    if not isinstance(size, int) or not 1 <= size <= _MOST:
        raise Malformed("InvalidParameterException", f"ResourcesPerPage is 1 to {_MOST}")
    if world.page_size:
        size = min(size, world.page_size)
    token, _, at = str(params.get("PaginationToken") or "").partition(".")
    if token:
        kept = world.pages(token)
        if kept is None or not at.isdecimal():
            raise Malformed("PaginationTokenExpiredException", "The token has expired")
        resources, start = [mapping for _, mapping in kept], int(at)
    else:
        present = world.lags.tags(mappings(iam)) if region == _HOME.get(iam.partition, region) else []
        resources, start = list(_filtered(present, params)), 0
        token = world.begin_pages([("", mapping) for mapping in resources]) if size < len(resources) else ""
    end = start + size
    following = f"{token}.{end}" if end < len(resources) else ""
    return {"PaginationToken": following, "ResourceTagMappingList": resources[start:end]}


def _filtered(present: Iterable[Mapping], params: dict[str, Any]) -> Iterator[Mapping]:
    types = params.get("ResourceTypeFilters") or []
    arns = params.get("ResourceARNList") or []
    for mapping in present:
        arn = mapping["ResourceARN"]
        kind = "iam:" + arn.split(":")[5].partition("/")[0]
        if types and kind not in types and "iam" not in types:
            continue
        if arns and arn not in arns:
            continue
        tags = {tag["Key"]: tag["Value"] for tag in mapping["Tags"]}
        if all(_matches(tags, wanted) for wanted in params.get("TagFilters") or []):
            yield mapping


def _matches(tags: dict[str, str], wanted: dict[str, Any]) -> bool:
    key, values = wanted.get("Key"), wanted.get("Values") or []
    return key in tags and (not values or tags[key] in values)


def _check_form(params: dict[str, Any]) -> None:
    """The members that are looked at have the types of the service's model."""
    texts = [*(params.get("ResourceTypeFilters") or ()), *(params.get("ResourceARNList") or ())]
    wanted = params.get("TagFilters") or []
    keys = [filter_.get("Key") for filter_ in wanted if isinstance(filter_, dict)]
    if len(keys) < len(wanted) or not all(isinstance(text, str) for text in (*texts, *keys)):
        raise TypeError


def parsed(body: bytes) -> dict[str, Any]:
    """The parameters of a request.

    Raises:
        Malformed: the body is no JSON object.
    """
    try:
        params = json.loads(body or b"{}")
    except ValueError:
        params = None
    if not isinstance(params, dict):
        raise Malformed("SerializationException", "the body is no JSON object")
    try:
        _check_form(params)
    except TypeError:
        raise Malformed("InvalidParameterException", "a member is not of its type") from None
    return params
