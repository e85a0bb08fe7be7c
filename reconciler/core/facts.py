"""The facts that calls need and make true, spelled in one place.

The order of a plan follows from them alone.
"""

from collections.abc import Iterable

from reconciler.core.call import Call


def exists(arn: str) -> str:
    """The entity with this ARN can be named in other calls."""
    return f"exists {arn}"


def named(kind: str, name: str) -> str:
    """The entity of this kind and name is there, on whatever path.

    Names are unique in an account (contract §1).
    """
    return f"exists {kind} {name}"


def ready(kind: str, name: str) -> str:
    """A user or group may do what it is to do, and nothing else: a membership can add to that."""
    return f"ready {kind} {name}"


def joined(user: str) -> str:
    """The user is in the groups that it is to be in, and in no other."""
    return f"joined {user}"


def attached(identity: str, policy_arn: str) -> str:
    """The managed policy is attached to the principal, named as `Role/NAME`.

    IAM lists identities without their paths.
    """
    return f"attached {identity} {policy_arn}"


def detached(identity: str, policy_arn: str) -> str:
    """The managed policy is no longer attached to the principal."""
    return f"not attached {identity} {policy_arn}"


def gone(kind: str, name: str) -> str:
    """The entity no longer exists, nor anything that it held."""
    return f"gone {kind} {name}"


def done(lane: str, what: str) -> str:
    """A step on one resource that others of the same resource wait for."""
    return f"done {lane} {what}"


def provided_by(calls: Iterable[Call]) -> frozenset[str]:
    """Everything that the calls make true."""
    return frozenset(fact for call in calls for fact in call.provides)
