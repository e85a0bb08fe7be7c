"""What must be in an answer before the rest of the project sees it, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TEXT, DOCUMENT, ANY = "text", "a policy document", "anything"


@dataclass(frozen=True, slots=True)
class Each:
    """A list, and what its members are."""

    of: "Member"


@dataclass(frozen=True, slots=True)
class Shape:
    """The members of an object that are used.

    `optional` ones say something by being absent. `untold` ones may be absent because they are asked for
    elsewhere: they are dropped where they can't be read. `resource` is the word in the ARN of what the object
    describes, with its name's member.
    """

    needed: Mapping[str, "Member"] = field(default_factory=dict)
    optional: Mapping[str, "Member"] = field(default_factory=dict)
    untold: Mapping[str, "Member"] = field(default_factory=dict)
    resource: tuple[str, str] = ("", "")


Member = str | Each | Shape
TAGS = Each(Shape({"Key": TEXT, "Value": TEXT}))


def resource(
    word: str, name: str, more: Mapping[str, Member] | None = None, **kinds: Mapping[str, Member]
) -> Shape:
    """What has a name, a path and an ARN with this word in it, and `more`."""
    return Shape(
        {name: TEXT, "Path": TEXT, "Arn": TEXT, **(more or {})},
        kinds.get("optional", {}),
        kinds.get("untold", {}),
        (word, name),
    )
