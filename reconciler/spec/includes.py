"""`document_file`: a policy document kept in a file of its own, inside the spec's folder."""

from collections.abc import Callable
from dataclasses import replace

from reconciler.core.problems import Located
from reconciler.core.text import escaped
from reconciler.spec.files import Files, SpecFile
from reconciler.spec.nodes import Mapping, Node, Scalar
from reconciler.spec.syntax_words import quoted

_KEY = "document_file"


def with_included(root: Node, spec: SpecFile, files: Files, change: Callable[[Node], Node]) -> Node:
    """The spec with each `document_file` replaced by `document` and the file's content.

    `change` puts variables into what was read. The content keeps the places of its own file.
    """
    return _walk(root, spec, files, change, depth=0)


# policies.NAME and roles.NAME.inline.NAME: nowhere else does the key mean anything.
_DEEPEST = 4


def _walk(node: Node, spec: SpecFile, files: Files, change: Callable[[Node], Node], depth: int) -> Node:
    if not isinstance(node, Mapping) or depth > _DEEPEST:
        return node
    pairs = []
    for key, value in node.pairs:
        if key.text == _KEY and isinstance(value, Scalar) and depth in (2, 4):
            if node.get("document") is not None:
                files.problems.append(_fault(key, "document and document_file exclude each other"))
            content = _content(value, spec, files)
            pairs.append(
                (key, value) if content is None else (replace(key, text="document"), change(content))
            )
        else:
            pairs.append((key, _walk(value, spec, files, change, depth + 1)))
    return replace(node, pairs=tuple(pairs))


def _content(value: Scalar, spec: SpecFile, files: Files) -> Node | None:
    folder = spec.path.parent.resolve()
    path = (folder / value.text).resolve()
    if not path.is_relative_to(folder):
        files.problems.append(_fault(value, f"{quoted(value.text)} is outside the spec's folder"))
        return None
    if not path.is_file():
        files.problems.append(_fault(value, f"{quoted(value.text)} is no file in the spec's folder"))
        return None
    return files.read(path, escaped(str(spec.path.parent / value.text)))


def _fault(node: Scalar, message: str) -> Located:
    return Located(node.place.file, node.place.line, node.place.column, "", message)
