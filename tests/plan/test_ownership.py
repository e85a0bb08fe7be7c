"""Who caused a difference, from what was last applied; and what must not be believed."""

import pytest

from reconciler.facets import tags
from reconciler.kinds import instance_profile
from reconciler.plan.ownership import origins

DESIRED, OTHER, THIRD = ("R",), ("X",), ("Y",)


def profile(roles: tuple[str, ...], applied: str = "") -> instance_profile.State:
    return instance_profile.State(
        "P", "/", "arn:aws:iam::123456789012:instance-profile/P", roles, "", frozenset(), "a/b", applied
    )


def applied_for(roles: tuple[str, ...]) -> str:
    return tags.applied_value(instance_profile.kind.fingerprints(profile(roles)))


@pytest.mark.parametrize(
    ("applied", "label"),
    [
        (applied_for(DESIRED), "drift"),
        (applied_for(OTHER), "pending"),
        (applied_for(THIRD), "both"),
        ("", "unknown"),
        ("2 roles=00000000", "unknown"),
        ("1 nonsense", "unknown"),
        ("1 tags=00000000", "unknown"),
    ],
)
def test_origin(applied: str, label: str) -> None:
    want, have = profile(DESIRED), profile(OTHER, applied)
    fields = instance_profile.kind.diff(want, have)
    assert [f.field for f in fields] == ["roles"]
    assert dict(origins(instance_profile.kind, want, want, have, fields)) == {"roles": label}


def test_the_applied_tag_fits_iams_limits() -> None:
    longest = dict.fromkeys(
        ("attached", "boundary", "description", "inline", "max_session_duration", "tags", "trust"), "0" * 8
    )
    assert len(tags.applied_value(longest)) <= 256
    assert tags.applied_fields(tags.applied_value(longest)) == longest
