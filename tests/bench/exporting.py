"""Live documents said back as grants.

How many statements, over what accounts have and over AWS's own, and how long it takes.
"""

import time
from collections.abc import Iterable

from reconciler.policy.catalogue.limits import MANAGED_POLICY_SIZE
from reconciler.policy.document.document import Document, document
from tests.language import shortened


def exporting() -> None:
    """Whole documents as export has them, and each statement for itself.

    One that no grant makes keeps its document whole.
    """
    typical = [shortened.live(entry) for entry in shortened.realistic()]
    own = list(shortened.managed().values())
    for name, documents in (
        ("typical policies", typical),
        ("AWS managed policies", own),
        ("AWS managed policies, each statement alone", list(_alone(own))),
    ):
        grants, all_ = shortened.share(documents)
        print(
            f"statements exported as grants, {len(documents)} {name}: {grants} of {all_}"
            f" ({grants / all_:.0%})"
        )
    allowed = [one for one in own if one.size <= MANAGED_POLICY_SIZE]
    times = sorted(map(_took, allowed))
    print(
        f"  {len(allowed)} of at most {MANAGED_POLICY_SIZE} characters: {sum(times):.1f} s, the slowest"
        f" {times[-1] * 1000:.1f} ms"
    )


def _alone(documents: Iterable[Document]) -> Iterable[Document]:
    for one in documents:
        for statement in one.statements:
            yield document({"Version": "2012-10-17", "Statement": statement})


def _took(one: Document) -> float:
    began = time.process_time()
    shortened.said(one)
    return time.process_time() - began
