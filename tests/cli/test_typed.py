"""A command reduced to the options typed understands a command line as the whole one does."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest
import typer

from fitcheck.cli.app import COMMANDS
from fitcheck.cli.typed import only_typed

LINES = {
    "model": [
        "llama-3.1-8b --gpu rtx4090 --format q4_k_m --json",
        "llama-3.1-8b",
        "",
        "a b c -g x -g y --gpu=z -f - --context=32k -c 8192 --limit 3",
        "--no-flash-attn --no-imatrix --explain --evidence -q m",
        "--flash-attn --imatrix m --ram 64 --data a --data b -o csv --all",
    ],
    "gpu": ["rtx4090 --json", "--vendor nvidia --sort price -o md", ""],
    "format": ["q8_0 --json", "--family gguf"],
    "paper": ["awq", "--json"],
    "accuracy": ["--json"],
}


def understood(command, words: list[str]) -> dict[str, object]:
    """Parse a command line with typer; the arguments the command is called with, defaults too."""
    arguments = {}
    signature = inspect.signature(command)

    def spy(**values: object) -> None:
        arguments.update(values)

    spy.__signature__ = signature
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.command()(spy)
    typer.main.get_command(app).main(words, standalone_mode=False)
    return arguments


@pytest.mark.parametrize(
    ("name", "line"), [(name, line) for name, lines in LINES.items() for line in lines]
)
def test_it_is_called_with_the_same(name, line) -> None:
    command = import_module(COMMANDS[name][0]).command
    words = line.split()
    reduced = only_typed(command, words)
    assert len(inspect.signature(reduced).parameters) < len(inspect.signature(command).parameters)
    defaults = {
        key: parameter.default for key, parameter in inspect.signature(command).parameters.items()
    }
    assert defaults | understood(reduced, words) == understood(command, words)


@pytest.mark.parametrize("line", ["--help", "-h", "-gx", "m --gp x", "m -- --gpu", "m --ram -5"])
def test_what_may_be_anything_else_is_left_to_the_whole_command(line) -> None:
    command = import_module(COMMANDS["model"][0]).command
    assert only_typed(command, line.split()) is command
