# No `from __future__ import annotations`: typer reads these at run time.
"""`fitcheck format`: the list of quantization formats, or the description of those named."""

from typing import Annotated

import typer

from fitcheck.cli import amounts, asked, completion, options
from fitcheck.cli.errors import OK
from fitcheck.cli.output import show
from fitcheck.errors import UsageError

_FILTER = "Filters"

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FORMAT...",
        help="Formats to describe: q4_k_m, awq, exl2-4.65bpw; `-` for stdin.",
        autocompletion=completion.formats,
        show_default=False,
    ),
]
Family = Annotated[
    str | None,
    typer.Option(
        "--family",
        metavar="NAME",
        help="gguf, awq, gptq, fp8, nvfp4, bnb, exl3, mlx and more; several with commas.",
        rich_help_panel=_FILTER,
    ),
]
MaxBits = Annotated[
    str | None,
    typer.Option(
        "--max-bits",
        metavar="N",
        help="At most so many bits a weight, scales included.",
        rich_help_panel=_FILTER,
    ),
]
Runtime = Annotated[
    str | None,
    typer.Option(
        "--runtime",
        metavar="NAME",
        help="Only formats this runtime reads.",
        autocompletion=completion.runtimes,
        rich_help_panel=_FILTER,
    ),
]
Gpu = Annotated[
    str | None,
    typer.Option(
        "--gpu",
        "-g",
        metavar="GPU",
        help="Only formats that run on this card, and how.",
        autocompletion=completion.gpus,
        rich_help_panel=_FILTER,
    ),
]
Every = Annotated[
    bool, typer.Option("--all", help="List close variants as well.", rich_help_panel=_FILTER)
]
Sort = Annotated[
    str | None,
    typer.Option(
        "--sort",
        metavar="FIELD",
        help="bits, name, family or quality; -FIELD reverses.",
        rich_help_panel=options.SHOW,
    ),
]


def command(
    names: Names = None,
    *,
    family: Family = None,
    max_bits: MaxBits = None,
    runtime: Runtime = None,
    gpu: Gpu = None,
    every: Every = False,
    sort: Sort = None,
    limit: asked.Limit = None,
    json: options.Json = False,
    output: options.Output = None,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
    data: options.Data = None,
) -> int:
    r"""List the quantization formats, or describe those named.

    \b
    Examples:
      fitcheck format --family gguf --max-bits 5
      fitcheck format --gpu rtx3090 --runtime vllm
      fitcheck format q4_k_m
    """
    form = options.form(json=json, output=output, color=color, quiet=quiet)
    from fitcheck.answers.formats import FormatQuery, describe_formats, list_formats
    from fitcheck.catalog import load
    from fitcheck.render.report import Report
    from fitcheck.render.screens import formats as screens

    typed = options.names(names, "the format")
    listing = typed in (None, ("all",))
    filters = {"family": family, "max_bits": max_bits, "runtime": runtime, "gpu": gpu}
    given = {key: value for key, value in filters.items() if value is not None}
    if not listing and given:
        flag = next(iter(given)).replace("_", "-")
        raise UsageError(
            f"`--{flag}` filters the list of formats", "leave the names out, or the filter"
        )
    query = FormatQuery(
        names=typed,
        family=family,
        max_bits=None if max_bits is None else _bits(max_bits),
        runtime=runtime,
        gpu=gpu,
        sort=sort,
        limit=None if limit is None else amounts.count(limit, "--limit"),
        every=every or typed == ("all",),
        data_folders=tuple(data or ()),
    )
    asked_for = {"formats": list(typed or ()), **given}
    date = load(query.data_folders).date
    if listing:
        found = list_formats(query)
        report = Report(
            query=asked_for,
            results=found.rows,
            fields=screens.ROW_FIELDS,
            screen=lambda: screens.formats_table(found.rows, found.hidden),
            data_date=date,
        )
    else:
        facts = describe_formats(query)
        report = Report(
            query=asked_for,
            results=facts,
            fields=screens.FACT_FIELDS,
            screen=lambda: [block for item in facts for block in screens.format_card(item)],
            data_date=date,
        )
    show(report, form)
    return OK


def _bits(text: str) -> float:
    try:
        bits = float(text)
    except ValueError:
        bits = 0.0
    if not 0 < bits <= 64:  # noqa: PLR2004  # F64 is the widest there is
        raise UsageError(f"`--max-bits {text}` is no number of bits", "example: `--max-bits 4.5`")
    return bits
