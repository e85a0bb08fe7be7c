"""Specs drawn from the JSON Schema: a strategy for the keywords that it uses, no more."""

from typing import Any

from hypothesis import strategies as st

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('ab:/-*${}\n"'), max_size=8)
KEYS = st.text(st.sampled_from("abcAB-_.:/ é"), min_size=1, max_size=6)
ANYTHING = st.recursive(
    TEXT | st.booleans() | st.integers(-5, 5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=4,
)


def drawn(schema: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit the schema."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return st.deferred(lambda: drawn(definitions[name], definitions))
    if "then" in schema or "allOf" in schema:
        return _by_type(schema, definitions)
    if "anyOf" in schema:
        return st.one_of([drawn(way, definitions) for way in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "type" not in schema:
        return ANYTHING
    kinds = schema["type"]
    return st.one_of([_of_type(kind, schema, definitions) for kind in _as_list(kinds)])


def _by_type(schema: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of any of the types, each as the condition for it wants it."""
    clauses = schema.get("allOf", [schema])
    conditional = [kind for clause in clauses for kind in _as_list(clause["if"]["type"])]
    free = [kind for kind in _as_list(schema["type"]) if kind not in conditional]
    ways = [drawn(clause["then"], definitions) for clause in clauses]
    return st.one_of([*(_of_type(kind, {}, definitions) for kind in free), *ways])


def _as_list(kinds: str | list[str]) -> list[str]:
    return [kinds] if isinstance(kinds, str) else kinds


def _of_type(kind: str, schema: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    if kind == "object":
        return _map(schema, definitions)
    if kind == "array":
        return st.lists(drawn(schema["items"], definitions), min_size=schema.get("minItems", 0), max_size=2)
    if kind == "string":
        return _text(schema)
    if kind == "integer":
        return st.integers(schema.get("minimum", -9), schema.get("maximum", 99))
    if kind == "number":
        return st.integers(-9, 10**6) | st.floats(allow_nan=False, allow_infinity=False)
    return st.booleans() if kind == "boolean" else st.none()


def _text(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    import re

    text = st.from_regex(schema["pattern"]) if "pattern" in schema else TEXT
    text = text.filter(lambda t: schema.get("minLength", 0) <= len(t) <= schema.get("maxLength", 999))
    refused = schema.get("not", {}).get("pattern")
    return text.filter(lambda t: not re.search(refused, t)) if refused else text


@st.composite
def _map(draw: st.DrawFn, schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    fields, required = schema.get("properties", {}), schema.get("required", ())
    more = schema.get("additionalProperties", True)
    chosen = draw(st.sets(st.sampled_from(sorted(fields)), max_size=5)) if fields else set()
    if schema.get("minProperties") and not chosen and fields:
        chosen = {draw(st.sampled_from(sorted(fields)))}
    properties = {key: draw(drawn(fields[key], definitions)) for key in sorted(chosen | set(required))}
    if more is False:
        return properties
    names = st.from_regex(schema["propertyNames"]["pattern"]) if "propertyNames" in schema else KEYS
    values = ANYTHING if more is True else drawn(more, definitions)
    return properties | draw(
        st.dictionaries(names, values, min_size=schema.get("minProperties", 0), max_size=2)
    )
