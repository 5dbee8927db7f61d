# No `from __future__ import annotations`: typer reads these at run time.
"""`fitcheck accuracy`: how far the speed estimates are from measurements they have not seen."""

from pathlib import Path
from typing import Annotated

import typer

from fitcheck.cli import options
from fitcheck.cli.errors import OK
from fitcheck.cli.output import show
from fitcheck.errors import FitcheckError

Plot = Annotated[
    str | None,
    typer.Option(
        "--plot",
        metavar="FILE",
        help="Write a scatter plot of decode speeds as SVG.",
        rich_help_panel="Output",
    ),
]


def command(
    *,
    plot: Plot = None,
    json: options.Json = False,
    output: options.Output = None,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
    data: options.Data = None,
) -> int:
    r"""Print the error of the speed estimates, measured on cards left out of the fit.

    \b
    Examples:
      fitcheck accuracy
      fitcheck accuracy --plot accuracy.svg
      fitcheck accuracy --json
    """
    form = options.form(json=json, output=output, color=color, quiet=quiet)
    from fitcheck.answers.accuracy import accuracy
    from fitcheck.reports.accuracy import accuracy_report

    folders = tuple(data or ())
    found = accuracy(folders)
    if plot is not None:
        from fitcheck.render.plots.scatter import scatter_svg

        drawing = scatter_svg(found.points, title="Decode speed: estimated and measured")
        try:
            Path(plot).write_text(drawing, encoding="utf-8")
        except OSError as error:
            raise FitcheckError(
                f"the plot cannot be written to `{plot}`: {error.strerror or error}",
                "name a file in a folder that can be written",
            ) from None
    show(accuracy_report(found, folders=folders), form)
    return OK
