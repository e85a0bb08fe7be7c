"""What a rule is: one difference between IAM and moto, with the source that it is known from.

Three moments: `before` moto acts, a rule refuses the call or completes its parameters; `instead` of moto, it
acts itself; `after`, it edits the answer. A rule's docstring says in its first paragraph what IAM does, and
ends in `Source:`.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from moto.iam.models import AWSManagedPolicy

from reconciler.sandbox.world import World

Params = dict[str, Any]
Answer = dict[str, Any]
Moment = Literal["before", "instead", "after"]

STATUS = {
    "AccessDenied": 403,
    "ConcurrentModification": 409,
    "DeleteConflict": 409,
    "EntityAlreadyExists": 409,
    "InvalidAction": 400,
    "InvalidClientTokenId": 403,
    "InvalidInput": 400,
    "MalformedCertificate": 400,
    "ReportNotPresent": 410,
    "LimitExceeded": 409,
    "MalformedPolicyDocument": 400,
    "NoSuchEntity": 404,
    "PolicyNotAttachable": 400,
    "UnmodifiableEntity": 400,
    "ValidationError": 400,
}


class ApiRefusal(Exception):
    """IAM's refusal: error code, message, and the HTTP status that goes with the code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = STATUS[code]


@dataclass(slots=True)
class ReceivedCall:
    """One request as rules see it. `iam` is moto's backend; `world` is what the sandbox itself remembers.

    `caller` gives the ARN of whoever calls, by its access key.
    """

    operation: str
    params: Params
    iam: Any
    world: World
    access_key: str = ""
    caller: Callable[[], str] = str

    @property
    def account(self) -> str:
        """The account that the sandbox plays."""
        return str(self.iam.account_id)


@dataclass(frozen=True, slots=True)
class SandboxRule:
    """One difference. `codes` are the refusals that it makes; none where it only completes or edits."""

    name: str
    moment: Moment
    operations: frozenset[str]
    act: Callable[..., Any]
    codes: tuple[str, ...]
    says: str
    source: str


def _rule(
    moment: Moment, operations: tuple[str, ...], codes: tuple[str, ...]
) -> Callable[[Any], SandboxRule]:
    def made(act: Any) -> SandboxRule:
        says, _, source = (inspect.getdoc(act) or "").partition("Source: ")
        name = f"{act.__module__.rpartition('.')[2]}.{act.__name__}"
        text, origin = " ".join(says.split()), " ".join(source.split())
        return SandboxRule(name, moment, frozenset(operations), act, codes, text, origin)

    return made


def before(*operations: str, codes: tuple[str, ...] = ()) -> Callable[[Any], SandboxRule]:
    """Make a rule of a function of a `ReceivedCall` that refuses it or completes its parameters."""
    return _rule("before", operations, codes)


def instead(*operations: str) -> Callable[[Any], SandboxRule]:
    """Make a rule of a function of a `ReceivedCall` that does what moto can't, and returns the answer."""
    return _rule("instead", operations, ())


def after(*operations: str) -> Callable[[Any], SandboxRule]:
    """Make a rule of a function of a `ReceivedCall` and its answer, which it edits."""
    return _rule("after", operations, ())


def role_named(iam: Any, name: str) -> Any:
    """Moto's role of this name, or None."""
    return next((role for role in iam.roles.values() if role.name == name), None)


def holders(iam: Any) -> list[Any]:
    """Everything that policies can be attached to."""
    return [*iam.roles.values(), *iam.users.values(), *iam.groups.values()]


def own_policies(iam: Any) -> list[Any]:
    """The account's own managed policies, without AWS's."""
    return [policy for policy in iam.managed_policies.values() if not isinstance(policy, AWSManagedPolicy)]


def folds_tag_keys(params: Params) -> bool:
    """Whether tag keys ignore case.

    On roles and users they do, on policies and instance profiles not (UG:id_tags.md).
    """
    return not {"RoleName", "UserName"}.isdisjoint(params)


def bound_by(entity: Any) -> str | None:
    """The permissions boundary of a role or user; moto's users have none of their own."""
    arn: str | None = getattr(entity, "permissions_boundary_arn", None)
    return arn


def service_credentials(user: Any) -> list[dict[str, Any]]:
    """A user's credentials of single services, which moto does not know."""
    credentials: list[dict[str, Any]] = getattr(user, "service_specific_credentials", [])
    return credentials


def tags_of(entity: Any) -> list[dict[str, str]]:
    """The tags of an entity, none of a group; moto keeps those of policies by key."""
    tags = getattr(entity, "tags", None)
    return list(tags.values()) if isinstance(tags, dict) else list(tags or [])
