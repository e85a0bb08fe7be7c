"""The kinds of resources, in the order in which they are created."""

from reconciler.core.kind import Kind
from reconciler.kinds import instance_profile, managed_policy, role

KINDS: tuple[Kind, ...] = (managed_policy, role, instance_profile)
