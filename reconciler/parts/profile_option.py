"""The role's key `instance_profile`: true, a name, or a map. Its own kind makes the profile from it."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from reconciler.parts.section import Section, TagMap, fault, shown_also_as


class ProfileSection(Section):
    """An instance profile that holds the role; name and path are the role's where left out."""

    name: str = Field("", description="The profile's name; the role's where left out.")
    path: str = Field("", description="The profile's path; the role's where left out.")
    tags: TagMap


def _option(value: Any) -> Any:
    if value == "true":
        return {}
    if value == "false":
        raise fault("leave the key out where no instance profile is wanted")
    if isinstance(value, str) and value.lower() in ("", "yes", "no", "on", "off", "true", "false"):
        raise fault("write true, or the name of the profile")
    return {"name": value} if isinstance(value, str) else value


ProfileOption = Annotated[ProfileSection, BeforeValidator(_option), shown_also_as("boolean", "string")]
