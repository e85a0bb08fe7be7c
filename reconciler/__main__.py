"""The `reconcile` command."""

import gc
import os
import sys
from typing import TextIO


def main() -> None:
    """Entry point; the command line lives in `reconciler.cli`."""
    # Start-up makes thousands of objects and no garbage; commands that run longer turn it on again.
    gc.disable()
    from reconciler.cli import run  # noqa: PLC0415 - nothing may be imported before signals are set up

    code = run()
    for stream in (sys.stdout, sys.stderr):
        _flush(stream)
    # Python looks for garbage once more when it ends, through everything that was ever imported: a fifth of
    # the processor time of a plan, and all of it goes with the process anyway.
    gc.freeze()
    sys.exit(code)


def _flush(stream: TextIO | None) -> None:
    """What can no longer be written must not turn into Python's own exit code 120."""
    if stream is None:
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    main()
