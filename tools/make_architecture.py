"""Writes docs/architecture.md: layers as the imports draw them. `make data` runs it, a test compares."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.import_graph import LAYERS, ROOT, imports, layer_of, module_of, sources

TARGET = ROOT / "docs" / "architecture.md"
_FRAME = ROOT / "tools" / "architecture.md"


def texts() -> dict[Path, str]:
    """The content of the page."""
    frame = _FRAME.read_text(encoding="utf-8")
    parts = {"@@LAYERS": _drawing(), "@@ROOMS": _rooms()}
    for place, lines in parts.items():
        frame = frame.replace(place, "\n".join(lines))
    return {TARGET: frame}


def _drawing() -> Iterator[str]:
    below: dict[str, set[str]] = {layer: set() for layer in (*(n for row in LAYERS for n in row), "sandbox")}
    for module, imported in imports().items():
        if layer_of(module) in below:
            below[layer_of(module)] |= {layer_of(other) for other in imported} - {"", layer_of(module)}
    yield "```mermaid"
    yield "graph TD"
    for layer, others in sorted(below.items()):
        through = {far for other in others for far in _reached(other, below)}
        yield from (f"  {layer} --> {other}" for other in sorted(others - through))
    yield "```"


def _reached(layer: str, below: dict[str, set[str]]) -> set[str]:
    """The layers that lie below a layer, however far."""
    return below[layer] | {far for other in below[layer] for far in _reached(other, below)}


def _rooms() -> Iterator[str]:
    """Each folder with what its docstring says."""
    docstrings = {
        module_of(path): (ast.get_docstring(tree) or "").partition("\n\n")[0].replace("\n", " ")
        for path, tree in sources().items()
        if path.endswith("/__init__.py")
    }
    yield "## Rooms\n"
    yield "| folder | what it holds |\n| --- | --- |"
    order = [layer for row in LAYERS for layer in row] + ["sandbox"]
    for module in sorted(docstrings, key=lambda name: (order.index(layer_of(name)), name)):
        folder = module.removeprefix("reconciler.").replace(".", "/")
        yield f"| `{folder}/` | {docstrings[module].replace('|', '/')} |"


if __name__ == "__main__":
    for target, text in texts().items():
        target.write_text(text, encoding="utf-8")
