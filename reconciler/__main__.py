"""The `reconcile` command."""

import gc
import sys


def main() -> None:
    """Entry point; the command line lives in `reconciler.cli`."""
    # Start-up makes thousands of objects and no garbage; commands that run longer turn it on again.
    gc.disable()
    from reconciler.cli import run  # noqa: PLC0415 - nothing may be imported before signals are set up

    sys.exit(run())


if __name__ == "__main__":
    main()
