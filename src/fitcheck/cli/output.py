"""The one place that prints: a report in the form asked for, to stdout."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from fitcheck.errors import FitcheckError

if TYPE_CHECKING:
    from fitcheck.cli.options import Form
    from fitcheck.render.report import Report


def show(report: Report, form: Form) -> None:
    """Write a report to stdout. A reader that has gone (`| head`) ends it silently."""
    if form.quiet:
        return
    from fitcheck.render.outputs.write import DRAWN, write

    terminal = None
    if form.output in DRAWN:
        from fitcheck.render.text.terminal import decide

        terminal = decide(sys.stdout, color=form.color)
    try:
        for chunk in write(report, form.output, terminal):
            echo(chunk)
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
    except OSError as error:
        discard_output()
        raise FitcheckError(
            f"the answer cannot be written: {error.strerror or error}",
            "stdout goes to a place that takes no more",
        ) from None


def echo(text: str) -> None:
    """Write text to stdout; what its encoding does not know becomes a question mark."""
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))


def discard_output() -> None:
    """Send the rest of stdout nowhere, so that Python does not complain of it when it ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
