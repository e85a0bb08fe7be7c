"""The `reconcile` command."""

import sys


def main() -> None:
    """Entry point; the command line lives in `reconciler.cli`."""
    from reconciler.cli import run  # noqa: PLC0415 - nothing may be imported before signals are set up

    sys.exit(run())


if __name__ == "__main__":
    main()
