"""Whether two documents can replace each other next to any other document.

They are compared by their normal forms, and where these differ by the delta.
"""

from functools import lru_cache

from reconciler.policy.document.document import Document
from reconciler.policy.document.readable import shape_verdicts
from reconciler.policy.meaning.canonical import same_form


def same_meaning(document: Document, other: Document, partition: str = "aws", *, trust: bool = False) -> bool:
    """Whether they are proved to mean the same; what is not known counts as a difference.

    Where one is wanted to the letter: whether their texts are the same.
    """
    if document.to_the_letter or other.to_the_letter:
        return document.text == other.text
    return same_form(document, other, partition) or _equivalent(
        document.text, other.text, partition, trust=trust
    )


@lru_cache(maxsize=1024)
def _equivalent(text: str, other: str, partition: str, *, trust: bool) -> bool:
    """Kept: a plan asks for the same pair when it reads, compares and makes calls."""
    from reconciler.policy.compare.delta import delta  # noqa: PLC0415 - start-up: equal forms need none of it

    pair = (Document(text), Document(other))
    if any(shape_verdicts(document.data, identity=not trust) for document in pair):
        return False
    return delta(*pair, partition).equivalent is True
