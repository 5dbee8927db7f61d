"""The command line: words typed → a question → an answer printed and an exit status."""

from __future__ import annotations

import sys


def main() -> None:
    """Run fitcheck with the words of the command line, and exit with its status."""
    from fitcheck.cli.app import run

    sys.exit(run(sys.argv[1:]))
