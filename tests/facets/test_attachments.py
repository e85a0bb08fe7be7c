"""Only where the account's quota leaves no room does an attach wait for a detach."""

import pytest

from reconciler.facets import attachments
from reconciler.facets.identity import Identity

ROLE = "arn:aws:iam::123456789012:role/R"
TEN = frozenset(f"arn:aws:iam::aws:policy/P{n}" for n in range(10))
OTHERS = frozenset(list(TEN)[1:]) | {"arn:aws:iam::aws:policy/New"}


@pytest.mark.parametrize(
    ("quota", "operations", "gap"),
    [
        (10, ["DetachRolePolicy", "AttachRolePolicy"], True),
        (11, ["AttachRolePolicy", "DetachRolePolicy"], False),
        (20, ["AttachRolePolicy", "DetachRolePolicy"], False),
    ],
)
def test_one_of_ten_is_exchanged(quota: int, operations: list[str], gap: bool) -> None:
    calls = attachments.changes(Identity("Role", "R", ROLE), OTHERS, TEN, quota)
    assert [call.operation for call in calls] == operations
    assert (calls[1].needs & calls[0].provides != frozenset()) == gap
    assert attachments.gap(OTHERS, TEN, quota) == gap
