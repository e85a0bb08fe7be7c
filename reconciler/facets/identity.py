"""What holds policies: roles, groups and users, whose calls differ in one word."""

from dataclasses import dataclass


class InAccount:
    """A state whose ARN says where it is."""

    __slots__ = ()
    arn: str

    @property
    def account(self) -> str:
        """The account it is in."""
        return self.arn.split(":")[4]

    @property
    def partition(self) -> str:
        """The partition it is in."""
        return self.arn.split(":")[1]


@dataclass(frozen=True, slots=True)
class Identity:
    """A role, group or user.

    `noun` is the word in its operations, as in AttachRolePolicy, and in RoleName.
    """

    noun: str
    name: str
    arn: str

    @property
    def key(self) -> str:
        """What tells it from all other holders; their names are unique whatever their paths."""
        return f"{self.noun}/{self.name}"

    @property
    def target(self) -> dict[str, str]:
        """The parameter that names it."""
        return {f"{self.noun}Name": self.name}

    def operation(self, verb: str) -> str:
        """The operation on one of its policies: Attach, Detach, Put, Delete."""
        return f"{verb}{self.noun}Policy"


def changes_of(noun: str) -> dict[str, tuple[tuple[str, ...], str]]:
    """What the operations on its policies change: for a kind's CHANGES."""
    return {
        f"Attach{noun}Policy": (("attached",), "PolicyArn"),
        f"Detach{noun}Policy": (("attached",), "PolicyArn"),
        f"Put{noun}Policy": (("inline",), "PolicyName"),
        f"Delete{noun}Policy": (("inline",), "PolicyName"),
    }
