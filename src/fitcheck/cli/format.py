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
    from fitcheck.answers.formats import FormatQuery
    from fitcheck.reports.formats import formats_report

    typed = options.names(names, "the format")
    filters = {"family": family, "max_bits": max_bits, "runtime": runtime, "gpu": gpu}
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
    show(formats_report(query, filters=filters), form)
    return OK


def _bits(text: str) -> float:
    try:
        bits = float(text)
    except ValueError:
        bits = 0.0
    if not 0 < bits <= 64:  # noqa: PLR2004  # F64 is the widest there is
        raise UsageError(f"`--max-bits {text}` is no number of bits", "example: `--max-bits 4.5`")
    return bits
