"""Reading the files that reconcile itself writes: saved plans and journals."""

from pathlib import Path

from reconciler.core.errors import PlanError


def text_of(path: Path, what: str, most: int) -> str:
    """The text of a file that is to be a `what`, of at most so many bytes.

    Raises:
        PlanError: it can't be read, is no regular file, is too large, or is no text.
    """
    try:
        if path.exists() and not path.is_file():
            raise PlanError(f"{path} is no {what}: it is no file")
        with path.open("rb") as file:
            found = file.read(most + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise PlanError(f"{path} can't be read: {why}") from None
    if len(found) > most:
        raise PlanError(f"{path} is no {what}: it is too large")
    try:
        return found.decode()
    except UnicodeDecodeError:
        raise PlanError(f"{path} is no {what}: it is no text") from None
