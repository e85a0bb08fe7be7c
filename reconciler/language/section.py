"""Sections of the spec: the pydantic base, and the fields that read text as what the field wants.

Every scalar of a spec arrives as text. Alternatives are chosen by their keys before pydantic sees them, so
that one typo gives one error.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from reconciler.core.text import similar
from reconciler.language.durations import NoDuration, seconds


def fault(message: str) -> PydanticCustomError:
    """An error whose message is shown as it stands."""
    return PydanticCustomError("spec", "{message}", {"message": message})


class Section(BaseModel):
    """A map of the language. Unknown keys are errors that name what was most likely meant.

    ELSEWHERE maps other tools' words to ours.
    """

    # Built when a spec is first read: every section is part of a larger one, and only the largest is used.
    model_config = ConfigDict(
        defer_build=True, extra="forbid", frozen=True, strict=True, hide_input_in_errors=True
    )
    ELSEWHERE: ClassVar[dict[str, str]] = {}

    @model_validator(mode="wrap")
    @classmethod
    def _keys_first(cls, value: Any, handler: ModelWrapValidatorHandler["Section"]) -> "Section":
        if not isinstance(value, dict):
            raise fault(f"expected a map, found {what(value)}")
        faults = [
            InitErrorDetails(type=fault(cls._about_key(key)), loc=(key, KEY_MARK), input=None)
            for key in value
            if key not in cls.model_fields
        ]
        known = {key: member for key, member in value.items() if key in cls.model_fields}
        try:
            section = handler(known)
        except ValidationError as error:
            faults += [_details(e) for e in error.errors(include_url=False, include_input=True)]
        if faults:
            raise ValidationError.from_exception_data(cls.__name__, faults, hide_input=True)
        return section

    @classmethod
    def _about_key(cls, key: str) -> str:
        if key in cls.ELSEWHERE:
            return f'"{key}" is not a word of this language: write {cls.ELSEWHERE[key]}'
        close = similar(key, cls.model_fields)
        hint = f"; did you mean {close}?" if close else f"; known are {', '.join(cls.model_fields)}"
        return f'unknown key "{key[:60]}"{hint}'


# The last step of an error's path when it is about the key and not its value.
KEY_MARK = "\0key"


def _details(error: Any) -> InitErrorDetails:
    """An inner error, its message settled, ready to be raised once more together with others."""
    return InitErrorDetails(type=fault(in_our_words(error)), loc=tuple(error["loc"]), input=None)


def in_our_words(error: Any) -> str:
    """The message for an error type of pydantic."""
    kind, value = error["type"], error.get("input")
    words: dict[str, str] = {
        "missing": f'the key "{error["loc"][-1] if error["loc"] else ""}" is missing',
        "string_type": f"expected text, found {what(value)}",
        "list_type": f"expected a list, found {what(value)}",
        "tuple_type": f"expected a list, found {what(value)}",
        "dict_type": f"expected a map, found {what(value)}",
        "model_type": f"expected a map, found {what(value)}",
    }
    return words.get(kind) or str(error["msg"])


def what(value: Any) -> str:
    """The shape of a value, for errors."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list | tuple):
        return "a list"
    return "nothing" if value in (None, "") else "text"


class Schema:
    """How a field that reads more than its type says so in the JSON Schema.

    pydantic's own `json_schema_input_type` builds a second validator for every such field at start-up.
    """

    def __init__(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        self._change = change

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        """Pydantic's hook."""
        return self._change(handler(core_schema))


def shown_also_as(*types: str) -> Schema:
    """What the type says, or a plain value of these JSON types."""
    return Schema(lambda schema: {"anyOf": [*({"type": name} for name in types), schema]})


# One value, or a list of them; SOME_OR_ONE where the list may not be empty.
ONE_OR_LIST = Schema(lambda schema: {"anyOf": [schema["items"], schema]})
SOME_OR_ONE = Schema(lambda schema: {"anyOf": [schema["items"], {**schema, "minItems": 1}]})
SOME = Schema(lambda schema: {**schema, "minItems": 1})
AT_LEAST_ONE = Schema(lambda schema: {**schema, "minProperties": 1})
# `$` alone would let a line break stand at the end.
END = r"$(?!\n)"


def one_or_list(value: Any) -> Any:
    """One value as a list of one."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def required_list(value: Any) -> Any:
    """The same of a list that may not be empty."""
    if value == []:
        raise fault("an empty list: list something, or leave the key out")
    return one_or_list(value)


Texts = Annotated[tuple[str, ...], BeforeValidator(one_or_list), ONE_OR_LIST]
SomeTexts = Annotated[tuple[str, ...], BeforeValidator(required_list), SOME_OR_ONE]


def listed(value: Any) -> Any:
    """A list as pydantic's strict tuples want it; anything else is left for pydantic to refuse."""
    return tuple(value) if isinstance(value, list) else value


def _quoted(value: Any) -> str:
    return f' "{value[:40]}"' if isinstance(value, str) and value else ""


def duration(value: Any) -> int:
    """The seconds of a duration in a section."""
    try:
        return seconds(value if isinstance(value, str) else "")
    except NoDuration:
        raise fault(
            f"expected a duration such as 3600, 90s, 15m, 12h or 1h30m, found {what(value)}{_quoted(value)}"
        ) from None


_DURATION_PATTERN = r"^([0-9]{1,9}|([0-9]{1,9}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?)" + END


def duration_schema(*, flag: bool = False) -> Schema:
    """How a duration stands in the JSON Schema; `flag` where `true` may stand for it."""
    ways: list[dict[str, Any]] = [
        {"type": "string", "pattern": _DURATION_PATTERN, "minLength": 1},
        {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    ]
    return Schema(lambda _schema: {"anyOf": [*ways, {"enum": [True, "true"]}] if flag else ways})


def whole_number(value: Any) -> int:
    """A number in plain digits."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        return int(value)
    raise fault(f"expected a whole number, found {what(value)}{_quoted(value)}")


def whole_number_schema() -> Schema:
    """How a whole number stands in the JSON Schema."""
    ways: list[dict[str, Any]] = [
        {"type": "integer", "minimum": 0, "maximum": 999_999_999},
        {"type": "string", "pattern": "^[0-9]{1,9}" + END},
    ]
    return Schema(lambda _schema: {"anyOf": ways})


def by_name(value: Any) -> Any:
    """Maps by name; a list of things with a name in them is what other tools have."""
    if isinstance(value, list) and value and isinstance(value[0], dict) and "name" in value[0]:
        name = str(value[0]["name"])[:60]
        raise fault(
            f'expected a map by name, found a list: instead of "- name: {name}" write "{name}:" with its'
            " settings below it"
        )
    if not isinstance(value, dict):
        raise fault(f"expected a map by name, found {what(value)}")
    return value


def text_or_map(key: str) -> Callable[[Any], Any]:
    """A reader for a field where plain text is short for a map with one key."""
    return lambda value: {key: value} if isinstance(value, str) else value


def _operators(value: Any) -> Any:
    if not isinstance(value, dict):
        raise fault(f"expected a map: operator, then key, then value; found {what(value)}")
    if not value:
        raise fault("an empty condition: leave the key out, or say what is tested")
    return value


def _keys(value: Any) -> Any:
    if not isinstance(value, dict) or not value:
        given = what(value) if not isinstance(value, dict) else "an empty one"
        raise fault(f"a map of keys and values is expected here, found {given}")
    return value


KeysAndValues = Annotated[dict[str, SomeTexts], BeforeValidator(_keys), AT_LEAST_ONE]
Conditions = Annotated[dict[str, KeysAndValues], BeforeValidator(_operators), AT_LEAST_ONE]
TagMap = Annotated[dict[str, str], Field(default_factory=dict, description="Tags: key to value.")]
