# No `from __future__ import annotations`: typer reads these at run time.
"""`fitcheck paper`: the list of papers, or the description of those named."""

from typing import Annotated

import typer

from fitcheck.cli import completion, options
from fitcheck.cli.errors import OK
from fitcheck.cli.output import show

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PAPER...",
        help="Papers to describe: awq, 2306.00978, or a title; `-` for stdin.",
        autocompletion=completion.papers,
        show_default=False,
    ),
]
Level = Annotated[
    str | None,
    typer.Option(
        "--level",
        metavar="NAME",
        help="starter, intermediate or advanced; curated for all three.",
        autocompletion=lambda: ["starter", "intermediate", "advanced", "curated"],
        rich_help_panel="Filters",
    ),
]


def command(
    names: Names = None,
    *,
    level: Level = None,
    json: options.Json = False,
    output: options.Output = None,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
    data: options.Data = None,
) -> int:
    r"""List the papers behind the formats, or describe those named.

    \b
    Examples:
      fitcheck paper --level starter
      fitcheck paper awq
      fitcheck paper 2509.23202
    """
    form = options.form(json=json, output=output, color=color, quiet=quiet)
    from fitcheck.answers.papers import PaperQuery
    from fitcheck.reports.papers import papers_report

    typed = options.names(names, "the paper")
    query = PaperQuery(names=typed, level=level, data_folders=tuple(data or ()))
    show(papers_report(query, filters={"level": level}), form)
    return OK
