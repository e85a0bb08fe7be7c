"""The account's password policy.

Rules for the passwords of its users, as the spec says them and as IAM keeps them.

UpdateAccountPasswordPolicy replaces the whole of it, and what a call leaves out is off again (M).
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from reconciler.core.change import FieldChange
from reconciler.core.problems import Problems
from reconciler.language.fields import Flag
from reconciler.language.section import Section, whole_number, whole_number_schema

# Each rule that is on, and its value as text; none at all where the account has no policy: every policy has a
# length.
Rules = frozenset[tuple[str, str]]
NONE: Rules = frozenset()
Number = Annotated[int, BeforeValidator(whole_number), whole_number_schema()]
# UpdateAccountPasswordPolicy's bounds (M).
_BOUNDS = {
    "minimum_password_length": (6, 128),
    "max_password_age": (1, 1095),
    "password_reuse_prevention": (1, 24),
}
_PARAMS = {
    "minimum_password_length": "MinimumPasswordLength",
    "require_symbols": "RequireSymbols",
    "require_numbers": "RequireNumbers",
    "require_uppercase_characters": "RequireUppercaseCharacters",
    "require_lowercase_characters": "RequireLowercaseCharacters",
    "allow_users_to_change_password": "AllowUsersToChangePassword",
    "max_password_age": "MaxPasswordAge",
    "password_reuse_prevention": "PasswordReusePrevention",
    "hard_expiry": "HardExpiry",
}
_SHORTEST = 6
_ON, _OFF = "true", "false"
# Those that limit nothing by themselves: who may change a password is no weakness.
_NEUTRAL = frozenset({"allow_users_to_change_password"})


class PasswordPolicySection(Section):
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


def check(section: PasswordPolicySection, problems: Problems) -> None:
    """Report what IAM refuses, and what has no effect."""
    for key, (least, most) in _BOUNDS.items():
        value = getattr(section, key)
        if value is not None and not least <= value <= most:
            problems.error(f"{value}; IAM takes {least} to {most}", key)
    if section.hard_expiry and section.max_password_age is None:
        problems.error("without max_password_age no password runs out", "hard_expiry")


def of_section(section: PasswordPolicySection) -> Rules:
    """The rules that the spec asks for."""
    return of_values(section.model_dump())


def of_values(values: Mapping[str, Any]) -> Rules:
    """The rules with these values, without those that are off.

    Raises:
        ValueError, TypeError, AttributeError: there is no such rule, or no such value.
    """
    if values.keys() - _PARAMS.keys():
        raise ValueError("no rule of a password policy")
    given = {key: _text(key, value) for key, value in values.items() if value is not None}
    return frozenset((key, text) for key, text in given.items() if text != _OFF)


def _text(key: str, value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool) == (key in _BOUNDS):
        raise TypeError("no value of a password policy")
    return str(value) if key in _BOUNDS else _ON if value else _OFF


def of_answer(answer: Mapping[str, Any] | None) -> Rules:
    """The live rules. A number that is off is left out of the answer, or 0 (LS:account_password_policy)."""
    if answer is None:
        return NONE
    policy = answer["PasswordPolicy"]
    values = {key: policy.get(param) for key, param in _PARAMS.items()}
    numbers = {key: values[key] or None for key in _BOUNDS}
    numbers["minimum_password_length"] = numbers["minimum_password_length"] or _SHORTEST
    return of_values({**{key: bool(value) for key, value in values.items()}, **numbers})


def values_of(rules: Rules) -> dict[str, Any]:
    """The rules with numbers and booleans, in the order of the language."""
    texts = dict(rules)
    return {key: int(texts[key]) if key in _BOUNDS else texts[key] == _ON for key in _PARAMS if key in texts}


def as_params(rules: Rules) -> dict[str, Any]:
    """The parameters of UpdateAccountPasswordPolicy: what is left out is off."""
    return {_PARAMS[key]: value for key, value in values_of(rules).items()}


def diff(want: Rules, have: Rules) -> tuple[FieldChange, ...]:
    """The rules that differ, as one field."""
    if want == have:
        return ()
    return (FieldChange("password_policy", "set", _lines(have), _lines(want)),)


def _lines(rules: Rules) -> tuple[str, ...]:
    return tuple(f"{key}={text}" for key, text in sorted(rules))


def is_weaker(live: Rules, wanted: Rules) -> bool:
    """Whether the live rules let a password pass, or live on, that the wanted ones would not."""
    before, after = values_of(live), values_of(wanted)
    return any(_STRENGTH[key](before.get(key)) < _STRENGTH[key](after.get(key)) for key in _STRENGTH)


def _number(value: Any) -> int:
    return int(value or 0)


def _age(value: Any) -> float:
    """The shorter the life, the stronger; for ever is weakest."""
    return -float(value or "inf")


_STRENGTH: dict[str, Callable[[Any], float]] = {
    **{key: _number for key in _PARAMS if key not in _NEUTRAL},
    "max_password_age": _age,
}
