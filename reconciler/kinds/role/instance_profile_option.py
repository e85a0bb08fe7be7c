"""The role's key `instance_profile`: true, a name, or a map. Its own kind makes the profile from it."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from reconciler.language.section import END, Schema, Section, TagMap, fault


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


def _shown(section: dict[str, Any]) -> dict[str, Any]:
    no_name = "^(|[Yy][Ee][Ss]|[Nn][Oo]|[Oo][Nn]|[Oo][Ff][Ff]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])" + END
    name = {"type": ["string", "number"], "not": {"type": "string", "pattern": no_name}}
    return {"anyOf": [{"enum": [True, "true"]}, name, section]}


ProfileOption = Annotated[ProfileSection, BeforeValidator(_option), Schema(_shown)]
