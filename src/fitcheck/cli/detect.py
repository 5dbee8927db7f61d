# No `from __future__ import annotations`: typer reads these at run time.
"""`fitcheck detect`: the GPUs of this machine, what is free on them, and its RAM."""

from fitcheck.cli import options
from fitcheck.cli.errors import OK
from fitcheck.cli.output import show


def command(
    *,
    json: options.Json = False,
    output: options.Output = None,
    color: options.Color = "auto",
    quiet: options.Quiet = False,
    data: options.Data = None,
) -> int:
    r"""Tell which GPUs this machine has, how much of their memory is free, and how much RAM.

    `--gpu local` asks a question about them; without a GPU, name one: `--gpu rtx4090`.

    \b
    Examples:
      fitcheck detect
      fitcheck llama-3.1-8b --gpu local
    """
    form = options.form(json=json, output=output, color=color, quiet=quiet)
    from fitcheck.reports.machine import machine_report

    show(machine_report(tuple(data or ())), form)
    return OK
