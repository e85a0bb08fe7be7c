"""What a command changed in a file of the user's."""

from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from reconciler.spec.editor import comments


@dataclass(frozen=True, slots=True)
class Changed:
    """The file that was changed, its diff, and comments that were deleted with what they were about."""

    path: Path
    diff: tuple[str, ...]
    lost: tuple[str, ...]


def changed_file(path: Path, before: str, after: str) -> Changed:
    """What was changed in a file."""
    kept = comments(after)
    lost = tuple(text for text in comments(before) if text not in kept)
    return Changed(
        path, tuple(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[2:], lost
    )
