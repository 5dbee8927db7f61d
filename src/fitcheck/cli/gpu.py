# No `from __future__ import annotations`: typer reads these at run time.
"""`fitcheck gpu`: the list of cards, one described, or several side by side."""

from typing import Annotated

import typer

from fitcheck.cli import amounts, asked, completion, options, question, settings
from fitcheck.cli.errors import OK
from fitcheck.cli.output import show

_FILTER = "Filters"

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="GPU...",
        help="Cards to describe or compare; `local` for this machine's; `-` for stdin.",
        autocompletion=completion.gpus,
        show_default=False,
    ),
]
Vendor = Annotated[
    str | None,
    typer.Option(
        "--vendor",
        metavar="NAME",
        help="nvidia, amd, intel, apple and more; several with commas.",
        autocompletion=lambda: ["nvidia", "amd", "intel", "apple", "google", "aws"],
        rich_help_panel=_FILTER,
    ),
]
Segment = Annotated[
    str | None,
    typer.Option(
        "--segment",
        metavar="NAME",
        help="consumer, laptop, workstation, datacenter or soc.",
        autocompletion=lambda: ["consumer", "laptop", "workstation", "datacenter", "soc"],
        rich_help_panel=_FILTER,
    ),
]
Architecture = Annotated[
    str | None,
    typer.Option(
        "--arch", metavar="NAME", help="ada, ampere, rdna3, m3 and more.", rich_help_panel=_FILTER
    ),
]
MinMemory = Annotated[
    str | None,
    typer.Option(
        "--min-memory", metavar="GIB", help="At least so much memory.", rich_help_panel=_FILTER
    ),
]
Sort = Annotated[
    str | None,
    typer.Option(
        "--sort",
        metavar="FIELD",
        help="memory, bandwidth, fp16, price, per-dollar, per-watt and more; -FIELD reverses.",
        rich_help_panel=options.SHOW,
    ),
]


def command(
    names: Names = None,
    *,
    vendor: Vendor = None,
    segment: Segment = None,
    arch: Architecture = None,
    min_memory: MinMemory = None,
    unified_memory: settings.UnifiedMemory = None,
    display: settings.Display = False,
    system: settings.System = None,
    sort: Sort = None,
    limit: asked.Limit = None,
    explain: asked.Explain = False,
    json: options.Json = False,
    output: options.Output = None,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
    data: options.Data = None,
) -> int:
    r"""List the cards, describe one, or compare several.

    \b
    Examples:
      fitcheck gpu --vendor amd --min-memory 16 --sort per-dollar
      fitcheck gpu rtx4090
      fitcheck gpu rtx4090 rtx5090 rx7900xtx m3-max-40c
    """
    form = options.form(json=json, output=output, color=color, quiet=quiet)
    from fitcheck.answers.gpus import CardQuery
    from fitcheck.reports.gpus import gpus_report

    typed = options.names(names, "the GPU")
    filters = {"vendor": vendor, "segment": segment, "arch": arch, "min_memory": min_memory}
    query = CardQuery(
        names=typed,
        vendor=vendor,
        segment=segment,
        architecture=arch,
        min_memory_bytes=_memory(min_memory, "--min-memory"),
        sort=sort,
        limit=None if limit is None else amounts.count(limit, "--limit"),
        display=display,
        system=None if system is None else question.system(system),
        unified_memory_bytes=_memory(unified_memory, "--unified-memory"),
        data_folders=tuple(data or ()),
    )
    show(gpus_report(query, filters=filters, explain=explain), form)
    return OK


def _memory(text: str | None, flag: str) -> int | None:
    return None if text is None else amounts.memory_bytes(text, flag)
