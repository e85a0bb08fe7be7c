"""The account's alias and password policy, as far as specs go: read, checked and shown; a plan does not handle them yet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from reconciler.core.context import SpecContext
from reconciler.core.problems import Problems
from reconciler.parts.fields import Flag
from reconciler.parts.section import Section as BaseSection
from reconciler.parts.section import whole_number, whole_number_schema

KIND = "account-settings"
SECTION = "account_settings"
FACETS = ("alias", "password_policy")
# CreateAccountAlias: 3 to 63 characters, no hyphen at an end, none twice in a row.
_ALIAS = re.compile(r"(?=.{3,63}$)[a-z0-9](-?[a-z0-9])*")
Number = Annotated[int, BeforeValidator(whole_number), whole_number_schema()]
# UpdateAccountPasswordPolicy's bounds.
_BOUNDS = {
    "minimum_password_length": (6, 128),
    "max_password_age": (1, 1095),
    "password_reuse_prevention": (1, 24),
}


class PasswordPolicySection(BaseSection):
    """The password policy; what is left out is off, and the length is 6."""

    minimum_password_length: Number = Field(6, description="6 to 128.")
    require_symbols: Flag = Field(default=False, description="At least one of them.")
    require_numbers: Flag = Field(default=False, description="At least one of them.")
    require_uppercase_characters: Flag = Field(default=False, description="At least one of them.")
    require_lowercase_characters: Flag = Field(default=False, description="At least one of them.")
    allow_users_to_change_password: Flag = Field(default=False, description="Users may change their own.")
    max_password_age: Number | None = Field(None, description="Days, 1 to 1095.")
    password_reuse_prevention: Number | None = Field(None, description="How many old ones, 1 to 24.")
    hard_expiry: Flag = Field(default=False, description="Who lets it run out needs an administrator.")


class Section(BaseSection):
    """Settings of the account itself; the spec must say which `account:`."""

    ELSEWHERE: ClassVar[dict[str, str]] = {"account_alias": "alias:"}
    alias: str | None = Field(None, description="The account's alias, for its sign-in URL.")
    password_policy: PasswordPolicySection | None = Field(None, description="Rules for users' passwords.")


@dataclass(frozen=True, slots=True)
class State:
    """The settings as desired; None where one is not managed."""

    name: str
    arn: str
    alias: str | None
    password_policy: PasswordPolicySection | None


def named(_name: str, _given: Mapping[str, Any], _account: str, _partition: str) -> None:
    """Settings have no address that anything could refer to."""
    return


def from_spec(name: str, section: Section, context: SpecContext, problems: Problems) -> State | None:
    """The desired settings; `name` is the account's number."""
    if section.alias is None and section.password_policy is None:
        problems.error("says nothing: alias, password_policy")
    if section.alias is not None and not _ALIAS.fullmatch(section.alias):
        problems.error("an alias has 3 to 63 small letters and digits, with single hyphens between them", "alias")  # fmt: skip
    for key, (least, most) in _BOUNDS.items():
        value = getattr(section.password_policy, key, None)
        if value is not None and not least <= value <= most:
            problems.error(f"{value}; IAM takes {least} to {most}", "password_policy", key)
    if problems.has_errors:
        return None
    return State(name, f"arn:{context.partition}:iam::{context.account}:root", section.alias, section.password_policy)  # fmt: skip


def render(want: State) -> dict[str, Any]:
    """Both settings, null where one is not managed."""
    return {
        "alias": want.alias,
        "password_policy": want.password_policy.model_dump() if want.password_policy else None,
    }
