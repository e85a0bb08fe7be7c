"""Live policy documents written as grants, as export does it.

Counts how many statements become grants, for typical policies and for AWS's own, and how long it takes.
"""

import time
from collections.abc import Iterable

from reconciler.policy.catalogue.limits import MANAGED_POLICY_SIZE
from reconciler.policy.document.document import Document, document
from tests.language import shortened


def exporting() -> None:
    """Whole documents as export has them, and each statement by itself.

    One statement that no grant can express keeps its whole document from becoming grants.
    """
    typical = [shortened.live(entry) for entry in shortened.realistic()]
    aws_policies = list(shortened.managed().values())
    for name, documents in (
        ("typical policies", typical),
        ("AWS managed policies", aws_policies),
        ("AWS managed policies, each statement alone", list(_alone(aws_policies))),
    ):
        grants, all_ = shortened.share(documents)
        print(
            f"statements exported as grants, {len(documents)} {name}: {grants} of {all_}"
            f" ({grants / all_:.0%})"
        )
    allowed = [policy for policy in aws_policies if policy.size <= MANAGED_POLICY_SIZE]
    times = sorted(map(_took, allowed))
    print(
        f"  {len(allowed)} of at most {MANAGED_POLICY_SIZE} characters: {sum(times):.1f} s, the slowest"
        f" {times[-1] * 1000:.1f} ms"
    )


def _alone(documents: Iterable[Document]) -> Iterable[Document]:
    for policy in documents:
        for statement in policy.statements:
            yield document({"Version": "2012-10-17", "Statement": statement})


def _took(policy: Document) -> float:
    began = time.process_time()
    shortened.short_form(policy)
    return time.process_time() - began
