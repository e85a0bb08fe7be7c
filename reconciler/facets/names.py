"""Names and paths: what IAM takes, what AWS keeps for itself, and the same name under another spelling."""

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.core.problems import Problems
from reconciler.policy.catalogue import limits
from reconciler.policy.document.arns import RESERVED_PATHS


def check_name(name: str, shape: str, problems: Problems) -> None:
    """Report a name that IAM refuses, at its key."""
    complaint = limits.complaint(shape, name, "the name")
    if complaint:
        problems.error(f"{complaint} (IAM takes letters A-Z, a-z, digits and _+=,.@-)", on_key=True)


def check_path(path: str, shape: str, problems: Problems) -> None:
    """Report a path that IAM refuses or keeps for itself."""
    here = problems.under("path")
    if path.startswith(RESERVED_PATHS):
        here.error(f"{path} is kept for AWS's own roles")
    elif not path.strip("/"):
        if path != "/":
            here.error('a path begins and ends with a slash: write "/", or leave it out')
    elif not (path.startswith("/") and path.endswith("/")):
        here.error(f'a path begins and ends with a slash: write "/{path.strip("/")}/"')
    else:
        _check_path_text(path, shape, here)


def _check_path_text(path: str, shape: str, problems: Problems) -> None:
    """Each character by itself, since the pattern of a path is about the whole."""
    odd = next((c for c in path if not limits.fits_pattern(shape, f"/{c}/") and c != "/"), "")
    if odd:
        problems.error(f"the path may not hold {limits.described(odd)}, at character {path.index(odd) + 1}")
    elif "//" in path:
        problems.error("the path may not hold // (an empty part)")
    else:
        complaint = limits.complaint(shape, path, "the path")
        if complaint:
            problems.error(complaint)


def written_path(given: Mapping[str, Any]) -> str:
    """The path in a resource's plain data, or the default."""
    path = given.get("path")
    return path if isinstance(path, str) and path else "/"


def members(names: tuple[str, ...] | None, shape: str, problems: Problems) -> frozenset[str] | None:
    """A set of names of the account, or None where it is not managed."""
    for index, name in enumerate(names or ()):
        complaint = limits.complaint(shape, name, "the name")
        if complaint:
            problems.error(complaint, index)
    return None if names is None else frozenset(names)


def same_name(name: str, others: Iterable[str]) -> str:
    """The one of `others` (ARNs) whose name is the same for IAM, name or ARN: without path, without case.

    Or "".
    """
    wanted = name.rpartition("/")[2].lower()
    return next((arn for arn in others if arn.rpartition("/")[2].lower() == wanted), "")


def clash(arn: str, other: str) -> str:
    """Why something can't be created beside what exists, and what to do."""
    name, existing = arn.rpartition("/")[2], other.rpartition("/")[2]
    how = "on another path" if name == existing else "under another spelling"
    return (
        f"exists already {how}, as {other}, and IAM knows only one of a name; neither can be changed in"
        " place. Write its name and path in the spec, or move by hand: create a new one under another name,"
        " switch over, delete the old one"
    )


def elsewhere(arn: str, have: str, listed: Iterable[str]) -> tuple[str, ...]:
    """The same where name and path can be changed.

    `have` is the live ARN, "" for none, and `listed` are all of the kind.
    """
    other = (
        same_name(arn, listed)
        if not have
        else have
        if have.rpartition("/")[2] != arn.rpartition("/")[2]
        else ""
    )
    return (_respelt(arn, other),) if other else ()


def _respelt(arn: str, other: str) -> str:
    """How to rename a user or group whose new name is the old one in another case.

    IAM refuses that in one step (EntityAlreadyExists).
    """
    name, existing, kind = (
        arn.rpartition("/")[2],
        other.rpartition("/")[2],
        "user" if ":user/" in arn else "group",
    )
    return (
        f"exists already under another spelling, as {other}, and IAM knows only one of a name. Write"
        f" {existing} in the spec, or rename it by hand, by way of another name, for IAM takes no change of"
        " case alone:"
        f" aws iam update-{kind} --{kind}-name {existing} --new-{kind}-name OTHER, then --{kind}-name OTHER"
        f" --new-{kind}-name {name}"
    )


def moved(live_arn: str, wanted_path: str) -> str:
    """The obstacle of a path that differs."""
    return (
        f"exists as {live_arn}; the spec says path {wanted_path}, and a path can't be changed. Write the live"
        " path in the spec, or move by hand: create a new one under another name, switch over, delete the"
        " old one"
    )
