# No `from __future__ import annotations`: typer reads these at run time.
"""The program: its commands, its help, and the one place where errors become exit statuses."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from fitcheck import __version__
from fitcheck.cli import errors
from fitcheck.cli.help import EPILOG, CommandsFirst, SectionedCommand
from fitcheck.cli.output import discard_output, echo
from fitcheck.cli.words import (
    COMPLETING,
    name_default_command,
    wants_color,
    wants_json,
    with_command,
)
from fitcheck.errors import INTERRUPTED, FitcheckError, UnknownNameError

# Each command is the function `command` of its module, imported only when it is needed. It returns
# the exit status, or None for 0.
COMMANDS = {
    "model": ("fitcheck.cli.model", "Does it fit, how fast; alone: list or describe models."),
    "gpu": ("fitcheck.cli.gpu", "List, describe and compare cards."),
    "format": ("fitcheck.cli.format", "List and describe quantization formats."),
    "paper": ("fitcheck.cli.paper", "List and describe the papers behind the formats."),
    "detect": ("fitcheck.cli.detect", "Tell which GPU this machine has."),
    "accuracy": ("fitcheck.cli.accuracy", "Print how far the speed estimates are off."),
    "calibrate": ("fitcheck.cli.calibrate", "Fit the speed estimate to your own card."),
}

HELP = """Does this model, in this quantization format, fit on this GPU, and how fast will it run?

A question has three nouns: a model, a GPU (--gpu) and a format (--format). Name all three for one
verdict; leave one out, and fitcheck ranks what could stand there.

\b
Examples:
  fitcheck llama-3.1-8b --gpu rtx4090 --format q4_k_m   one verdict
  fitcheck llama-3.1-8b --gpu rtx4090                   every format
  fitcheck --gpu rtx4090 --format q4_k_m                every model
"""


# What the parser raises for a wrong command line: the class behind typer's public BadParameter.
_ParserError: type[Exception] = typer.BadParameter.__mro__[2]


def run(args: Sequence[str]) -> int:
    """Run the words of a command line and return the exit status; errors are told on stderr."""
    as_json, color = wants_json(args), wants_color(args)
    try:
        status = _run(list(args))
        sys.stdout.flush()
    except FitcheckError as error:
        return errors.tell(error, as_json=as_json, color=color)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        discard_output()
        return errors.OK
    except _ParserError as error:
        return errors.tell(
            errors.from_parser(error, _typed_command(args)), as_json=as_json, color=color
        )
    except Exception as error:  # noqa: BLE001  # the last resort: one line, no traceback
        return errors.tell(errors.unexpected(error), as_json=as_json, color=color)
    return status


def _run(args: list[str]) -> int:
    words = with_command(args, COMMANDS)
    completing = COMPLETING in os.environ
    if completing:
        name_default_command(os.environ, COMMANDS)
    only = words[0] if words and words[0] in (*COMMANDS, "--version") and not completing else None
    program = typer.main.get_command(build(only, words[1:], listing=not completing))
    try:
        status = program.main(words or ["--help"], prog_name="fitcheck", standalone_mode=False)
    except UnknownNameError as error:
        raise (_meant_a_command(args, error) or error) from None
    return status if isinstance(status, int) else errors.OK


def _typed_command(args: Sequence[str]) -> str:
    first = with_command(args, COMMANDS)[:1]
    return " ".join(["fitcheck", *(word for word in first if word in COMMANDS)])


def _meant_a_command(args: list[str], error: UnknownNameError) -> UnknownNameError | None:
    """Return a better error where the first word is nearly a command: `fitcheck gpus`."""
    if not args or args[0] in COMMANDS or f"`{args[0]}`" not in error.message:
        return None
    guess = errors.misspelt_command(args[0], list(COMMANDS))
    if guess is None:
        return None
    return UnknownNameError(
        f"no command and no model is called `{args[0]}`",
        f"did you mean `fitcheck {guess}`? `fitcheck --help` lists the commands",
        (guess,),
    )


def build(
    only: str | None = None, words: Sequence[str] = (), *, listing: bool = False
) -> typer.Typer:
    """Make the program with all its commands, or with only the one that was asked for.

    That one has only the options that are among the `words` after it. Where the commands are
    merely listed (`fitcheck --help`), none of their modules is imported.
    """
    from importlib import import_module

    app = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=HELP,
        epilog=EPILOG,
        cls=CommandsFirst,
        add_completion=only is None,
    )
    app.callback(invoke_without_command=True)(_program)
    for name, (module, summary) in COMMANDS.items():
        if only in (None, name):
            command = _nothing if listing and only is None else import_module(module).command
            text = (command.__doc__ or "").replace(r"\b", "\b")  # raw in docstrings
            if only == name:
                from fitcheck.cli.typed import only_typed

                command = only_typed(command, words)
            app.command(name, cls=SectionedCommand, help=text, short_help=summary, epilog=EPILOG)(
                command
            )
    return app


def _nothing() -> None:
    """Stand in for a command that is only listed."""


def _version(asked: bool) -> None:
    if not asked:
        return
    from fitcheck.catalog import load

    date = load().date
    echo(f"fitcheck {__version__}" + (f" (data {date})" if date else "") + "\n")
    raise typer.Exit


def _program(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_version,
            is_eager=True,
            help="Print the version and the date of its data.",
        ),
    ] = False,
) -> None:
    del version
