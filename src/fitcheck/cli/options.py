# No `from __future__ import annotations`: typer reads these at run time.
"""The options every command shares, and lists of names as typed: commas, repeats, `-`."""

import sys
from typing import Annotated

import typer

from fitcheck.errors import UsageError
from fitcheck.records.record import record
from fitcheck.render.report import OUTPUTS

# Sections of the help.
QUESTION, RUN, DEVICE, SHOW = "Question", "How it runs", "Device", "Output"
OWN = "Models of your own"

Json = Annotated[bool, typer.Option("--json", help="The same as -o json.", rich_help_panel=SHOW)]
Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FORM",
        help="table, json, jsonl, csv, tsv or md.",
        autocompletion=lambda: list(OUTPUTS),
        rich_help_panel=SHOW,
    ),
]
Color = Annotated[
    str,
    typer.Option(
        "--color",
        metavar="WHEN",
        help="auto, always or never.",
        autocompletion=lambda: ["auto", "always", "never"],
        show_default=False,
        rich_help_panel=SHOW,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet", "-q", help="Print nothing; the exit status answers.", rich_help_panel=SHOW
    ),
]
Data = Annotated[
    list[str] | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="A folder of your own tables (YAML) that add to or override ours.",
        rich_help_panel=SHOW,
    ),
]


@record
class Form:
    """How the answer is to be written: one of OUTPUTS, in colour or not, or not at all."""

    output: str = "table"
    color: str = "auto"
    quiet: bool = False


def form(
    *, json: bool = False, output: str | None = None, color: str = "auto", quiet: bool = False
) -> Form:
    """Check the output options against each other. Raises UsageError."""
    chosen = (output or "table").casefold()
    chosen = {"markdown": "md", "ndjson": "jsonl", "text": "table"}.get(chosen, chosen)
    known = ", ".join(f"`{name}`" for name in OUTPUTS)
    if chosen not in OUTPUTS:
        raise UsageError(f"unknown output `{output}`", f"it is one of {known}")
    if json and output is not None and chosen != "json":
        raise UsageError(f"`--json` and `--output {output}` contradict each other", "give one")
    if quiet and (json or output is not None):
        flag = "--json" if json else f"--output {output}"
        raise UsageError(
            f"`--quiet` prints nothing, `{flag}` asks for output", "leave one of them out"
        )
    if color not in ("auto", "always", "never"):
        raise UsageError(f"unknown colour setting `{color}`", "it is auto, always or never")
    return Form(output="json" if json else chosen, color=color, quiet=quiet)


def names(values: list[str] | None, flag: str) -> tuple[str, ...] | None:
    """Return the names typed for a noun: repeated, split at commas, or one a line on stdin (`-`).

    `None` where the noun was left out; ("all",) for every record. Raises UsageError for an empty
    name or list.
    """
    if not values:
        return None
    found: list[str] = []
    for value in values:
        if value.strip() == "-":
            found += _lines_of_stdin(flag)
        else:
            pieces = [value] if _is_place(value) else value.split(",")
            found += [piece.strip() for piece in pieces]
    if "" in found:
        raise UsageError(f"{flag} has an empty name", "names are separated by single commas")
    unique = tuple(dict.fromkeys(found))
    return ("all",) if "all" in (name.casefold() for name in unique) else unique


def _is_place(value: str) -> bool:
    """Tell whether a name is a file or an address, which may hold commas of its own."""
    if value.startswith(("https://", "http://", "./", "../", "/", "~")):
        return True
    from pathlib import Path

    return "," in value and Path(value).exists()


def _lines_of_stdin(flag: str) -> list[str]:
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            f"{flag} `-` reads names from stdin, and nothing is piped in",
            "example: `fitcheck gpu -o tsv | cut -f1 | fitcheck model llama-3.1-8b --gpu -`",
        )
    try:
        text = sys.stdin.read()
    except UnicodeDecodeError:
        raise UsageError(f"{flag} `-`: stdin is not text", "give one name a line") from None
    lines = [row.strip() for row in text.splitlines()]
    found = [row for row in lines if row and not row.startswith("#")]
    if not found:
        raise UsageError(f"{flag} `-`: stdin holds no names", "give one name a line")
    return found


def one_of(value: str, flag: str, known: tuple[str, ...]) -> str:
    """Check a word against a short list. Raises UsageError with the list."""
    word = value.strip().casefold().replace("-", "_")
    if word in known:
        return word
    shown = ", ".join(f"`{name}`" for name in known)
    raise UsageError(f"`{flag} {value}` is not known", f"it is one of {shown}")
