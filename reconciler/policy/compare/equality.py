"""Whether two documents can stand for each other beside any other.

By normal form, and where that differs by the delta.
"""

from functools import lru_cache

from reconciler.policy.document.document import Document
from reconciler.policy.document.readable import shape_verdicts
from reconciler.policy.meaning.canonical import same_form


def same_meaning(one: Document, other: Document, partition: str = "aws", *, trust: bool = False) -> bool:
    """Whether they are proved to mean the same; what can't be told is a difference.

    Where one is wanted to the letter, whether they are written the same.
    """
    if one.to_the_letter or other.to_the_letter:
        return one.text == other.text
    return same_form(one, other, partition) or _equivalent(one.text, other.text, partition, trust=trust)


@lru_cache(maxsize=1024)
def _equivalent(one: str, other: str, partition: str, *, trust: bool) -> bool:
    """A plan asks for the same pair when it reads, compares and makes calls."""
    from reconciler.policy.compare.delta import delta  # noqa: PLC0415 - start-up: equal forms need none of it

    pair = (Document(one), Document(other))
    if any(shape_verdicts(document.data, identity=not trust) for document in pair):
        return False
    return delta(*pair, partition).equivalent is True
