"""What a template becomes with values for its parameters."""

import re
from collections.abc import Mapping
from dataclasses import replace

from reconciler.core.problems import Located
from reconciler.core.text import similar
from reconciler.policy.grants.placeholders import VARIABLE
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.nodes import Node, Place, Scalar, Sequence

PARAMETER = re.compile(r"\$\{param\.([^{}]*)\}")
_OPENING = re.compile(r"\$\{")


def instance(node: Node, values: Mapping[str, str], used: Place, problems: list[Located]) -> Node:
    """The node of a template with parameters put in, and with the place of its use at each place.

    Parameters are put in after parsing, so a value never becomes YAML structure.
    """
    place = replace(node.place, used=used)
    if isinstance(node, Scalar):
        return _text_instance(node, place, values, problems)
    if isinstance(node, Sequence):
        return Sequence(place, tuple(instance(item, values, used, problems) for item in node.items))
    pairs = []
    seen: dict[str, Scalar] = {}
    for key, value in node.pairs:
        new = _text_instance(key, replace(key.place, used=used), values, problems)
        twin = seen.setdefault(new.text.lower(), new)
        if twin is not new:
            message = f"the key is {new.text[:60]} once its parameters are put in, as at {twin.place}"
            problems.append(new.place.problem(message))
        pairs.append((new, instance(value, values, used, problems)))
    return MappingNode(place, tuple(pairs))


def _text_instance(node: Scalar, place: Place, values: Mapping[str, str], problems: list[Located]) -> Scalar:
    if "${" not in node.text:
        return Scalar(place, node.text, node.plain)
    unknown = [name for name in PARAMETER.findall(node.text) if name not in values]
    if unknown:
        guess = similar(unknown[0], values)
        hint = f"; did you mean {guess}?" if guess else ": declare it under parameters:"
        problems.append(place.problem(f'the template has no parameter "{unknown[0][:60]}"{hint}'))
        return Scalar(place, node.text, node.plain)
    text = PARAMETER.sub(lambda match: values[match[1]], node.text)
    opened = _OPENING.findall(PARAMETER.sub(lambda match: "${" * values[match[1]].count("${"), node.text))
    if len(_OPENING.findall(text)) != len(opened) or _unclosed(text) != _unclosed(node.text):
        problems.append(place.problem("the values of parameters make a variable that nobody wrote"))
    return Scalar(place, text, node.plain and text == node.text)


def _unclosed(text: str) -> bool:
    return "${" in VARIABLE.sub("", VARIABLE.sub("", text))
