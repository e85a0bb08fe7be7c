"""The partition of a spec without credentials: what it says, else the one of all its ARNs."""

import re
from collections.abc import Iterable, Iterator

from reconciler.policy.document.arns import PARTITIONS
from reconciler.spec.files import Files, SpecFile
from reconciler.spec.includes import with_included
from reconciler.spec.nodes import Mapping, Node, Scalar, Sequence

DEFAULT = "aws"
# What people read decides nothing.
_PROSE = ("description", "reason")
_ARN = re.compile(r"\barn:([a-z-]+):[a-z0-9*-]+:")


def partition_of(spec: SpecFile, files: Files) -> str:
    """The partition, `aws` where nothing says another."""
    declared = spec.root.get("partition") if isinstance(spec.root, Mapping) else None
    if isinstance(declared, Scalar) and declared.text in PARTITIONS:
        return declared.text
    # What is wrong with a file that the spec names is reported where it is read for its content.
    return agreed(_texts(with_included(spec.root, spec, files.again([]), lambda node: node)))


def of_all(specs: Iterable[SpecFile], files: Files) -> str:
    """The one partition of all these specs, else `aws`."""
    partitions = {partition_of(spec, files) for spec in specs}
    return partitions.pop() if len(partitions) == 1 else DEFAULT


def agreed(texts: Iterable[str]) -> str:
    """The partition that all ARNs in the texts are of, else `aws`."""
    partitions = {partition for text in texts for partition in _ARN.findall(text)} & set(PARTITIONS)
    return partitions.pop() if len(partitions) == 1 else DEFAULT


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node, Scalar):
        yield node.text
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _texts(item)
    else:
        for key, value in node.pairs:
            if key.text not in _PROSE:
                yield from _texts(value)
