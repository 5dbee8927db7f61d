"""The command line: words typed → a question → an answer printed and an exit status."""

from __future__ import annotations

import gc
import sys

from fitcheck.errors import INTERRUPTED


def main() -> None:
    """Run fitcheck with the words of the command line, and exit with its status."""
    # An answer is over before its garbage matters; collecting while modules load costs 5 ms.
    gc.disable()
    _replace_closed_streams()
    try:
        from fitcheck.cli.app import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # while the program was still being read
        status = INTERRUPTED
    # Python collects once more at its end: 10 ms spent on memory that the system takes back anyway.
    gc.freeze()
    sys.exit(status)


def _replace_closed_streams() -> None:
    """Point a stream that the caller closed (`>&-`) at nowhere, so that it can be written."""
    import os

    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
