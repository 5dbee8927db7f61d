# No `from __future__ import annotations`: typer reads these at run time.
"""`fitcheck paper`: the list of papers, or the description of those named."""

from typing import Annotated

import typer

from fitcheck.cli import completion, options
from fitcheck.cli.errors import OK
from fitcheck.cli.output import show
from fitcheck.errors import UsageError

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
    from fitcheck.answers.papers import PaperQuery, describe_papers, list_papers
    from fitcheck.catalog import load
    from fitcheck.render.report import Report
    from fitcheck.render.screens import papers as screens
    from fitcheck.render.text.blocks import Block

    typed = options.names(names, "the paper")
    listing = typed in (None, ("all",))
    if level is not None and not listing:
        raise UsageError("`--level` filters the list of papers", "leave the names out, or it")
    query = PaperQuery(names=typed, level=level, data_folders=tuple(data or ()))
    papers = list_papers(query) if listing else describe_papers(query)

    def screen() -> list[Block]:
        if listing:
            return screens.papers_table(papers)
        return [block for paper in papers for block in screens.paper_card(paper)]

    report = Report(
        query={"papers": list(typed or ()), **({"level": level} if level else {})},
        results=papers,
        fields=screens.FIELDS,
        screen=screen,
        data_date=load(query.data_folders).date,
    )
    show(report, form)
    return OK
