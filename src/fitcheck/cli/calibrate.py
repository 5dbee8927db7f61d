# No `from __future__ import annotations`: typer reads these at run time.
"""`fitcheck calibrate`: learn from a benchmark of the user's own card, or forget it."""

from pathlib import Path
from typing import Annotated

import typer

from fitcheck.cli import completion, options
from fitcheck.cli.errors import OK
from fitcheck.cli.output import show
from fitcheck.errors import UsageError

Results = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help="Results of llama-bench (-o json, jsonl or md) or of vllm bench serve.",
        rich_help_panel="Question",
    ),
]
Reset = Annotated[
    bool, typer.Option("--reset", help="Forget what was learned.", rich_help_panel="Question")
]
Card = Annotated[
    str | None,
    typer.Option(
        "--gpu",
        "-g",
        metavar="GPU",
        help="The card, where the file does not name it.",
        autocompletion=completion.gpus,
        rich_help_panel="Question",
    ),
]
ModelName = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="MODEL",
        help="The model, where its file's name does not tell.",
        autocompletion=completion.models,
        rich_help_panel="Question",
    ),
]
Quantization = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="The format, where the file does not tell.",
        autocompletion=completion.formats,
        rich_help_panel="Question",
    ),
]


def command(
    *,
    results: Results = None,
    reset: Reset = False,
    gpu: Card = None,
    model: ModelName = None,
    format_: Quantization = None,
    json: options.Json = False,
    output: options.Output = None,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
    data: options.Data = None,
) -> int:
    r"""Fit the speed estimate to your own card, from a benchmark you ran on it.

    The correction is kept in a file of your own and used from then on; answers say so.

    \b
    Examples:
      llama-bench -m model.gguf -o json > results.json
      fitcheck calibrate --from results.json
      fitcheck calibrate --reset
    """
    form = options.form(json=json, output=output, color=color, quiet=quiet)
    if reset == (results is not None):
        raise UsageError(
            "`fitcheck calibrate` needs `--from FILE` or `--reset`",
            "make a file with `llama-bench -m MODEL.gguf -o json > results.json`",
        )
    from fitcheck.reports.calibrate import forgotten_report, learned_report

    folders = tuple(data or ())
    if reset:
        from fitcheck.catalog.corrections import remove_corrections

        show(forgotten_report(removed=remove_corrections(), folders=folders), form)
        return OK
    from fitcheck.answers.calibrate import calibrate

    learned = calibrate(Path(str(results)), gpu=gpu, model=model, format_=format_, folders=folders)
    show(learned_report(learned, file=str(results), folders=folders), form)
    return OK
