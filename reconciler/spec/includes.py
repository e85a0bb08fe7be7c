"""`document_file`: a policy document kept in a file of its own, inside the spec's folder."""

from collections.abc import Callable
from dataclasses import replace

from reconciler.core.problems import Located
from reconciler.core.text import escaped
from reconciler.spec.files import Files, SpecFile, bodies
from reconciler.spec.nodes import Mapping, Node, Scalar
from reconciler.spec.syntax_words import quoted

_KEY = "document_file"


def with_included(root: Node, spec: SpecFile, files: Files, change: Callable[[Node], Node]) -> Node:
    """The spec with each `document_file` replaced by `document` and the file's content.

    `change` puts variables into what was read. The content keeps the places of its own file.
    """
    where = {id(body) for body in bodies(root)}

    def walked(node: Node) -> Node:
        if not isinstance(node, Mapping):
            return node
        inner = node if id(node) not in where else _replaced(node, spec, files, change)
        return replace(
            inner, pairs=tuple((k, v if k.text == "document" else walked(v)) for k, v in inner.pairs)
        )

    return walked(root)


def _replaced(body: Mapping, spec: SpecFile, files: Files, change: Callable[[Node], Node]) -> Mapping:
    pairs = []
    for key, value in body.pairs:
        content = _content(value, spec, files) if key.text == _KEY and isinstance(value, Scalar) else None
        if content is not None and body.get("document") is not None:
            files.problems.append(_fault(key, "document and document_file exclude each other"))
        pairs.append((key, value) if content is None else (replace(key, text="document"), change(content)))
    return replace(body, pairs=tuple(pairs))


def _content(value: Scalar, spec: SpecFile, files: Files) -> Node | None:
    folder = spec.path.parent.resolve()
    try:
        path = (folder / value.text).resolve()
        there = path.is_file()
    except (OSError, ValueError, RuntimeError):
        files.problems.append(_fault(value, f"{quoted(value.text)} is no path"))
        return None
    if not path.is_relative_to(folder):
        files.problems.append(_fault(value, f"{quoted(value.text)} is outside the spec's folder"))
        return None
    if not there:
        files.problems.append(_fault(value, f"{quoted(value.text)} is no file in the spec's folder"))
        return None
    return files.read(path, escaped(str(spec.path.parent / value.text)))


def _fault(node: Scalar, message: str) -> Located:
    return Located(node.place.file, node.place.line, node.place.column, "", message)
