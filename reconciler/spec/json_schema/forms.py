"""A value of several forms in a JSON Schema: told apart by its type, so that a validator names what is wrong.

Of an `anyOf` validators say only that nothing in it fits. The same documents fit before and after.
"""

from typing import Any

_TYPE_OF = {bool: "boolean", str: "string", int: "integer", float: "number", type(None): "null"}


def by_type(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with `if` the type, `then` the form, in place of each `anyOf` whose forms differ in type."""
    if isinstance(schema, list):
        return [by_type(member, definitions) for member in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: by_type(member, definitions) for key, member in schema.items()}
    forms = _flat(schema)
    groups = _groups(forms, definitions) if forms and all(forms) else []
    if len(groups) < 2:
        return changed
    del changed["anyOf"]
    clauses = []
    for types, members in groups:
        form = by_type(members[0] if len(members) == 1 else {"anyOf": members}, definitions)
        if set(form) - {"type"}:
            clauses.append({"if": {"type": _written(types)}, "then": form})
    conditions = clauses[0] if len(clauses) == 1 else {"allOf": clauses} if clauses else {}
    return {**changed, "type": _written([name for types, _ in groups for name in types]), **conditions}


def _flat(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The forms, with those of a form that has nothing but forms of its own."""
    forms = schema.get("anyOf", ())
    if not isinstance(forms, list):
        return []
    return [
        member
        for form in forms
        for member in (_flat(form) if isinstance(form, dict) and set(form) == {"anyOf"} else [form])
    ]


def _types(form: dict[str, Any], definitions: dict[str, Any]) -> list[str]:
    """The types that a form takes, none where it does not say."""
    if "$ref" in form:
        return _types(definitions[form["$ref"].rpartition("/")[2]], definitions)
    if "enum" in form:
        return list(dict.fromkeys(_TYPE_OF[type(value)] for value in form["enum"]))
    types = form.get("type", [])
    return [types] if isinstance(types, str) else list(types)


def _groups(
    forms: list[dict[str, Any]], definitions: dict[str, Any]
) -> list[tuple[list[str], list[dict[str, Any]]]]:
    """The forms by their types, those together that share one; nothing where a form takes any type."""
    groups: list[tuple[list[str], list[dict[str, Any]]]] = []
    for form in forms:
        types, members = _types(form, definitions), [form]
        if not types:
            return []
        for group in [group for group in groups if _share(group[0], types)]:
            groups.remove(group)
            types = list(dict.fromkeys([*group[0], *types]))
            members = [*group[1], *members]
        groups.append((types, members))
    return groups


def _share(first: list[str], other: list[str]) -> bool:
    """Whether a value can be of both; an integer is a number too."""
    numbers = {"number", "integer"}
    return bool(set(first) & set(other)) or bool(numbers & set(first) and numbers & set(other))


def _written(types: list[str]) -> str | list[str]:
    return types[0] if len(types) == 1 else types
