"""Variables of the language: `${account}`, `${partition}`, `${var.NAME}`, and addresses.

An address such as `${role.NAME}` is the resource's ARN. Variables are put into nodes after parsing, so a
value can never become YAML structure. IAM's own pass untouched.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import is_

from reconciler.core.context import Names
from reconciler.core.problems import Located
from reconciler.core.text import similar
from reconciler.kinds import KINDS
from reconciler.policy.grants.placeholders import IAMS_OWN, VARIABLE
from reconciler.spec.nodes import Mapping as MappingNode
from reconciler.spec.nodes import Node, Scalar, Sequence
from reconciler.spec.syntax_errors import quoted

_OPENING = re.compile(r"\$\{")
_WORDS = "|".join(kind.KIND for kind in KINDS if not kind.ONE_IN_ACCOUNT)
# No name of IAM has a colon: `${user.example.com:sub}` is IAM's own, of the provider of that host.
_ADDRESS = re.compile(rf"({_WORDS})\.([^:]+)")

# More than IAM's largest document (131,072 characters, contract §1), and deeper than anyone writes.
_LONGEST = 150_000
_DEEPEST = 40


class Unknown(ValueError):
    """A variable that has no value; no message where its definition has one."""


class Values:
    """What variables stand for in one file; a variable's value may use others."""

    def __init__(self, account: str, partition: str, own: Mapping[str, str]) -> None:
        self._fixed = {"account": account, "partition": partition}
        self._own = own
        self._known: dict[str, str] = {}
        self._broken: set[str] = set()

    def check(self, name: str) -> None:
        """Whether a variable of the file has a value.

        Where it has none, later uses of it are not reported again.

        Raises:
            Unknown: it has none.
        """
        try:
            self._own_value(name, ())
        except Unknown:
            self._broken.add(name)
            raise

    def put_into(self, text: str, using: tuple[str, ...] = ()) -> str:
        """The text with every variable replaced.

        Raises:
            Unknown: a variable has no value, or is made of itself.
        """
        if "${" not in text:
            return text
        self.check_closed(text)
        replaced = VARIABLE.sub(lambda match: self._value(match[0], match[1], using), text)
        if len(replaced) > _LONGEST:
            raise Unknown(f"more than {_LONGEST} characters once the variables are put in")
        if not using:
            self._check_what_is_left(text, replaced)
        return replaced

    def check_closed(self, text: str) -> None:
        """Whether every variable that is begun is ended.

        Raises:
            Unknown: one is not.
        """
        if "${" in VARIABLE.sub("", VARIABLE.sub("", text)):
            raise Unknown(f'{quoted(text)}: a "${{" without its "}}"')

    def _check_what_is_left(self, text: str, replaced: str) -> None:
        """Check the variables that the new text still has.

        Each was one before, or came whole out of one, and is IAM's own or an address.
        """
        for left in VARIABLE.finditer(replaced):
            if not (IAMS_OWN.fullmatch(left[1]) or _ADDRESS.fullmatch(left[1])):
                raise Unknown(self._about(left[0], left[1]))
        opened = _OPENING.findall(VARIABLE.sub(self._as_written, text))
        if len(_OPENING.findall(replaced)) != len(opened):
            raise Unknown(
                f"{quoted(text)}: the values of variables together make a variable that nobody wrote"
            )

    def _as_written(self, match: re.Match[str]) -> str:
        """A variable's own value, reduced to the variables in it, so that these can be counted."""
        name = match[1]
        if name.startswith("var."):
            return "".join(_OPENING.findall(self._own_value(name.removeprefix("var."), ())))
        return "" if name in self._fixed else match[0]

    def _value(self, whole: str, name: str, using: tuple[str, ...]) -> str:
        if name in self._fixed:
            return self._fixed[name]
        if name.startswith("var."):
            return self._own_value(name.removeprefix("var."), using)
        if IAMS_OWN.fullmatch(name):
            return whole
        if _ADDRESS.fullmatch(name):
            return whole  # put in later, when all names are known
        raise Unknown(self._about(whole, name))

    def _own_value(self, name: str, using: tuple[str, ...]) -> str:
        if name in self._broken:
            raise Unknown
        if name in using:
            raise Unknown(f"the variable {quoted(name)} is made of itself: {' -> '.join((*using, name))}")
        if name not in self._own:
            close = similar(name, self._own)
            hint = (
                f"; did you mean {close}?"
                if close
                else ": give it under variables:, or with --var NAME=VALUE"
            )
            raise Unknown(f"there is no variable {quoted(name)}{hint}")
        if len(using) >= _DEEPEST:
            raise Unknown(f"variables made of variables more than {_DEEPEST} deep")
        if name not in self._known:
            self._known[name] = self.put_into(self._own[name], (*using, name))
        return self._known[name]

    def _about(self, text: str, name: str) -> str:
        if name == "region":
            return f"{quoted(text)}: there is no region variable, a spec must mean the same everywhere"
        if name.startswith("param."):
            return f"{quoted(text)}: parameters stand in templates, and what `use` gives is text"
        close = similar(name, [*self._fixed, *(f"var.{n}" for n in self._own)])
        if close:
            return f"{quoted(text)}: did you mean ${{{close}}}?"
        return (
            f"{quoted(text)} is no variable: ${{account}}, ${{partition}}, ${{var.NAME}}, an address such as"
            " ${role.NAME}; IAM's own have a colon"
        )


@dataclass(slots=True)
class Addresses:
    """What addresses stand for; those that no loaded spec has are collected in `missing`."""

    names: Names
    missing: set[tuple[str, str]] = field(default_factory=set)

    def put_into(self, text: str) -> str:
        """The text with every address replaced by the resource's ARN.

        Raises:
            Unknown: no loaded spec has such a resource.
        """
        return VARIABLE.sub(self._value, text)

    def _value(self, match: re.Match[str]) -> str:
        address = _ADDRESS.fullmatch(match[1])
        if not address:
            return match[0]
        kind, name = address.groups()
        arn = self.names.arn(kind, name)
        if not arn:
            self.missing.add((kind, name))
            close = similar(name, self.names.of(kind))
            hint = f"; did you mean ${{{kind}.{close}}}?" if close else ": write its ARN"
            raise Unknown(f"{quoted(match[0])}: no loaded spec has a {kind} {quoted(name)}{hint}")
        return arn


def texts(node: Node) -> Iterator[str]:
    """Every text of the tree, keys too."""
    if isinstance(node, Scalar):
        yield node.text
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from texts(item)
    else:
        for key, value in node.pairs:
            yield key.text
            yield from texts(value)


_USED = re.compile(r"\$\{var\.([A-Za-z0-9_-]+)")


def variables_in(text: str) -> list[str]:
    """The variables of specs that a text uses."""
    return _USED.findall(text)


def used_variables(node: Node) -> Iterator[str]:
    """The same of every text of a tree."""
    for text in texts(node):
        if "${var." in text:
            yield from variables_in(text)


def own_variables(root: Node) -> dict[str, str]:
    """The variables that a spec declares, as far as they are text."""
    declared = root.get("variables") if isinstance(root, MappingNode) else None
    if not isinstance(declared, MappingNode):
        return {}
    return {key.text: value.text for key, value in declared.pairs if isinstance(value, Scalar)}


def only_of_specs(text: str) -> None:
    """Check that a text has variables of the spec and nothing else between `${` and `}`.

    Raises:
        Unknown: it has others.
    """
    for name in VARIABLE.findall(text):
        if not name.startswith("var."):
            raise Unknown(f"{quoted(text)}: only ${{var.NAME}} may stand here")


def check_definitions(declared: Node | None, values: Values, problems: list[Located]) -> None:
    """Report variables that have no value where they are defined, used or not."""
    for key, value in declared.pairs if isinstance(declared, MappingNode) else ():
        try:
            values.check(key.text)
        except Unknown as unknown:
            if str(unknown) and isinstance(value, Scalar):
                problems.append(value.place.problem(str(unknown)))


def substituted(node: Node, put: Callable[[str], str], problems: list[Located]) -> Node:
    """The tree with variables put into every key and value; clashes of keys that arise are reported.

    A node without variables is returned as it is.
    """
    return _substituted(node, put, problems) if has_variables(node) else node


def has_variables(node: Node) -> bool:
    """Whether anything in the tree may be a variable."""
    if isinstance(node, Scalar):
        return "${" in node.text
    if isinstance(node, Sequence):
        return any(map(has_variables, node.items))
    return any("${" in key.text or has_variables(value) for key, value in node.pairs)


def _substituted(node: Node, put: Callable[[str], str], problems: list[Located]) -> Node:
    if isinstance(node, Scalar):
        return _scalar(node, put, problems)
    if isinstance(node, Sequence):
        items = tuple(_substituted(item, put, problems) for item in node.items)
        return node if all(map(is_, items, node.items)) else Sequence(node.place, items)
    pairs: list[tuple[Scalar, Node]] = []
    seen: dict[str, Scalar] = {}
    for key, value in node.pairs:
        new = _scalar(key, put, problems)
        twin = seen.setdefault(new.text.lower(), new)
        if twin is not new:
            where = f"in line {twin.place.line}"
            if (twin.place.file, twin.place.used) != (new.place.file, new.place.used):
                where = f"at {twin.place.in_full}"
            message = f"the key is {quoted(new.text)} once its variables are put in, as {where}"
            problems.append(new.place.problem(message))
        pairs.append((new, _substituted(value, put, problems)))
    same = all(new[0] is old[0] and new[1] is old[1] for new, old in zip(pairs, node.pairs, strict=True))
    return node if same else MappingNode(node.place, tuple(pairs))


def _scalar(node: Scalar, put: Callable[[str], str], problems: list[Located]) -> Scalar:
    if "${" not in node.text:
        return node
    try:
        replaced = put(node.text)
    except Unknown as unknown:
        problems.append(node.place.problem(str(unknown)))
        return node
    return node if replaced == node.text else Scalar(node.place, replaced, plain=False)
