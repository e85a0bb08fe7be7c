"""Files that a spec names, inside its folder: `document_file` with a document, `metadata_file` with XML."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from reconciler.core.text import escaped
from reconciler.spec import source
from reconciler.spec.files import Files, SpecFile, bodies, entries
from reconciler.spec.nodes import Mapping, Node, Scalar
from reconciler.spec.syntax_errors import quoted

_KEY = "document_file"
_METADATA = "metadata_file"


def with_included(root: Node, spec: SpecFile, files: Files, change: Callable[[Node], Node]) -> Node:
    """The spec with each `document_file` replaced by `document` and the file's content.

    `change` puts variables into what was read. The content keeps the places of its own file.
    """
    where = {id(body) for body in bodies(root)}

    def walked(node: Node) -> Node:
        if not isinstance(node, Mapping):
            return node
        if id(node) in where:
            return _replaced(node, spec, files, change, walked)
        return replace(node, pairs=tuple((key, walked(value)) for key, value in node.pairs))

    return walked(root)


def _replaced(
    body: Mapping,
    spec: SpecFile,
    files: Files,
    change: Callable[[Node], Node],
    walked: Callable[[Node], Node],
) -> Mapping:
    """A body with the content of its file.

    The values of its other keys may have bodies too, but a document has none.
    """
    pairs = []
    for key, value in body.pairs:
        content = _content(value, spec, files) if key.text == _KEY and isinstance(value, Scalar) else None
        if content is not None and body.get("document") is not None:
            files.problems.append(key.place.problem("document and document_file exclude each other"))
        if content is not None:
            pairs.append((replace(key, text="document"), change(content)))
        else:
            pairs.append((key, value if key.text == "document" else walked(value)))
    return replace(body, pairs=tuple(pairs))


def _content(value: Scalar, spec: SpecFile, files: Files) -> Node | None:
    path = _inside(value, spec, files)
    return files.read(path, escaped(str(files.folder_of(value, spec) / value.text))) if path else None


def contents(root: Node, spec: SpecFile, files: Files) -> dict[str, str]:
    """The text of each `metadata_file`, by its path as written; what can't be read is noted."""
    texts: dict[str, str] = {}
    for provider in entries(root, "saml_providers"):
        value = provider.get(_METADATA)
        path = _inside(value, spec, files) if isinstance(value, Scalar) else None
        if isinstance(value, Scalar) and path:
            try:
                texts[value.text] = source.read_text(path, value.text, source.MAX_METADATA_BYTES)
            except source.Unreadable as unreadable:
                files.problems.append(
                    value.place.problem(f"{quoted(value.text)} {unreadable.problem.message}")
                )
    return texts


def _inside(value: Scalar, spec: SpecFile, files: Files) -> Path | None:
    """The file, or None after noting that there is none inside the folder of the file that names it."""
    folder = files.folder_of(value, spec).resolve()
    try:
        path = (folder / value.text).resolve()
        exists = path.is_file()
    except (OSError, ValueError, RuntimeError):
        files.problems.append(value.place.problem(f"{quoted(value.text)} is no path"))
        return None
    if not path.is_relative_to(folder):
        files.problems.append(value.place.problem(f"{quoted(value.text)} is outside the spec's folder"))
        return None
    if not exists:
        files.problems.append(value.place.problem(f"{quoted(value.text)} is no file in the spec's folder"))
        return None
    return path
