"""Eventual consistency on request: answers that do not know yet what was just written (contract §5).

Every lag is counted per entity in calls that meet it, or in seconds. While it lasts: a created entity is not
found (`unseen`), reads show an entity as it was before the last write (`stale_reads`), lists show what there
was before the last create or delete (`stale_lists`), a new role or user is no principal (`new_principal`), a
new profile takes no role (`new_profile`), the tagging API shows old tags (`stale_tags`), a new role or
profile shows its unique id as its ARN (`id_as_arn`).
"""

import copy
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

KINDS = ("unseen", "stale_reads", "stale_lists", "new_principal", "new_profile", "stale_tags", "id_as_arn")
Entity = tuple[str, str]
# Which parameter names the entity, and where moto keeps it.
_NAMED_BY = {
    "RoleName": "roles",
    "PolicyArn": "managed_policies",
    "InstanceProfileName": "instance_profiles",
    "UserName": "users",
    "GroupName": "groups",
    "OpenIDConnectProviderArn": "open_id_providers",
    "SAMLProviderArn": "saml_providers",
}
_KINDS = ("Role", "Policy", "InstanceProfile", "User", "Group", "OpenIDConnectProvider", "SAMLProvider")
_CREATES = frozenset(f"Create{kind}" for kind in _KINDS)
_DELETES = frozenset(f"Delete{kind}" for kind in _KINDS)
_LISTED = (
    "roles",
    "managed_policies",
    "instance_profiles",
    "users",
    "groups",
    "open_id_providers",
    "saml_providers",
)
# Entities that their create names in another way than the other calls.
_NAMED_LATER = {
    "CreatePolicy": "managed_policies",
    "CreateOpenIDConnectProvider": "open_id_providers",
    "CreateSAMLProvider": "saml_providers",
}


@dataclass(frozen=True, slots=True)
class Span:
    """How long a lag lasts: so many calls, or so many seconds."""

    calls: int = 0
    seconds: float = 0

    @classmethod
    def parse(cls, value: str | float) -> "Span":
        """`3` calls, or `"2s"`.

        Raises:
            ValueError: it is neither.
        """
        text = str(value)
        if text.endswith("s"):
            return cls(seconds=_positive(float(text[:-1])))
        return cls(calls=int(_positive(int(text))))


def _positive(number: float) -> float:
    if not 0 <= number < 1e6:
        raise ValueError(f"{number} is out of range")
    return number


@dataclass(slots=True)
class _Lag:
    """A lag that is running."""

    calls: int
    until: float

    def holds(self) -> bool:
        """Whether it still lasts; a lag counted in calls is one shorter after each question."""
        if self.calls > 0:
            self.calls -= 1
            return True
        return time.monotonic() < self.until


@dataclass(slots=True)
class Lags:
    """The lags that were asked for, and those that are running."""

    spans: dict[str, Span] = field(default_factory=dict)
    _running: dict[tuple[str, Entity], _Lag] = field(default_factory=dict)
    _before: dict[Entity, tuple[Any, Any]] = field(default_factory=dict)
    _lists: dict[str, dict[Any, Any]] = field(default_factory=dict)
    _tags: Any = None

    def ask(self, spans: Mapping[str, Span]) -> None:
        """Take over spans by kind; an empty one turns its kind off."""
        for kind, span in spans.items():
            if span == Span():
                self.spans.pop(kind, None)
                self._running = {key: lag for key, lag in self._running.items() if key[0] != kind}
            else:
                self.spans[kind] = span

    def _start(self, kind: str, entity: Entity) -> None:
        span = self.spans.get(kind)
        if span:
            self._running[kind, entity] = _Lag(span.calls, time.monotonic() + span.seconds)

    def holds(self, kind: str, entity: Entity) -> bool:
        """Whether a lag of this kind holds for the entity; asking counts as a call that meets it."""
        lag = self._running.get((kind, entity))
        return lag is not None and lag.holds()

    def is_unseen(self, params: Mapping[str, Any]) -> str:
        """The parameter whose entity was created but is not found yet, or ""."""
        unseen = [key for key in _NAMED_BY if key in params and self.holds("unseen", _entity(key, params))]
        return unseen[0] if unseen else ""

    @contextmanager
    def written(self, iam: Any, operation: str, params: Mapping[str, Any], tagged: Any) -> Iterator[None]:
        """Around a write that succeeds: remember what was there before, and start the lags."""
        if not self.spans:
            yield
            return
        entity = subject(params)
        old = self._copy(iam, entity) if entity else None
        lists = {name: dict(getattr(iam, name)) for name in _LISTED}
        tags = tagged() if "stale_tags" in self.spans else None
        yield
        if entity and operation not in _CREATES:
            self._before[entity] = (_key_of(iam, entity, old), old)
            self._start("stale_reads", entity)
        if operation in _CREATES or operation in _DELETES:
            self._lists = lists
            self._start("stale_lists", ("", ""))
        if tags is not None:
            self._tags = tags
            self._start("stale_tags", ("", ""))
        if operation in _CREATES:
            self._created(iam, operation, params, lists)

    def _created(self, iam: Any, operation: str, params: Mapping[str, Any], lists: dict[str, Any]) -> None:
        if operation in _NAMED_LATER:
            kept = _NAMED_LATER[operation]
            names = [arn for arn in getattr(iam, kept) if arn not in lists[kept]]
            entity: Entity = (kept, names[0] if names else "")
        else:
            entity = subject(params) or ("", "")
        self._start("unseen", entity)
        self._start("new_principal", entity)
        self._start("new_profile", entity)
        self._start("id_as_arn", entity)

    def _copy(self, iam: Any, entity: Entity) -> Any:
        if "stale_reads" not in self.spans:
            return None
        return copy.deepcopy(_find(iam, entity))

    @contextmanager
    def seen(self, iam: Any, operation: str, params: Mapping[str, Any]) -> Iterator[None]:
        """Around a read: the world as the read sees it."""
        if not self.spans:
            yield
            return
        with ExitStack() as views:
            entity = subject(params)
            if entity and entity in self._before and self.holds("stale_reads", entity):
                key, old = self._before[entity]
                if old is not None:
                    views.enter_context(_put(getattr(iam, entity[0]), key, old))
            if (
                not entity
                and self._lists
                and operation.startswith(("List", "GetAccount"))
                and self.holds("stale_lists", ("", ""))
            ):
                for name, old in self._lists.items():
                    views.enter_context(_swapped(iam, name, old))
            yield

    def tags(self, present: Any) -> Any:
        """The tags that the tagging API shows."""
        return self._tags if self._tags is not None and self.holds("stale_tags", ("", "")) else present


def subject(params: Mapping[str, Any]) -> Entity | None:
    """The entity that a call is about: a profile rather than its role, a role rather than its policy."""
    for key in (
        "InstanceProfileName",
        "RoleName",
        "UserName",
        "GroupName",
        "PolicyArn",
        "OpenIDConnectProviderArn",
        "SAMLProviderArn",
    ):
        if key in params:
            return _entity(key, params)
    return None


def _entity(key: str, params: Mapping[str, Any]) -> Entity:
    """Moto keeps SAML providers by their names, which the ARN ends in."""
    named = str(params[key])
    return _NAMED_BY[key], named.rpartition("/")[2] if key == "SAMLProviderArn" else named


def _find(iam: Any, entity: Entity) -> Any:
    kept = getattr(iam, entity[0])
    return (
        kept.get(entity[1])
        if entity[0] != "roles"
        else next((r for r in kept.values() if r.name == entity[1]), None)
    )


def _key_of(iam: Any, entity: Entity, old: Any) -> Any:
    """Where moto keeps it: roles by their id, the others by what names them."""
    if entity[0] != "roles":
        return entity[1]
    live = old or _find(iam, entity)
    return live.id if live else ""


@contextmanager
def _put(kept: dict[Any, Any], key: Any, value: Any) -> Iterator[None]:
    missing = object()
    present = kept.get(key, missing)
    kept[key] = value
    try:
        yield
    finally:
        if present is missing:
            del kept[key]
        else:
            kept[key] = present


@contextmanager
def _swapped(iam: Any, name: str, old: dict[Any, Any]) -> Iterator[None]:
    present = getattr(iam, name)
    setattr(iam, name, old)
    try:
        yield
    finally:
        setattr(iam, name, present)
