from __future__ import annotations

import pytest

from fitcheck.cli.app import COMMANDS, build
from fitcheck.cli.words import FLAGS, first_word, wants_color, wants_json, with_command


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ""),
        ("--help", "--help"),
        ("--version", "--version"),
        ("model x", "model x"),
        ("llama-3.1-8b --gpu rtx4090", "model llama-3.1-8b --gpu rtx4090"),
        ("--gpu rtx4090 llama-3.1-8b", "model --gpu rtx4090 llama-3.1-8b"),
        ("--gpu rtx4090", "model --gpu rtx4090"),
        ("--json gpu rtx4090", "gpu --json rtx4090"),
        ("-o csv gpu", "gpu -o csv"),
        ("--gpu gpu x", "model --gpu gpu x"),
        ("-ggpu model x", "model -ggpu x"),
        ("--gpu=gpu model", "model --gpu=gpu"),
        ("-", "model -"),
        ("-q gpu", "gpu -q"),
        ("--explain -- model", "model --explain --"),
    ],
)
def test_the_command_comes_first(typed: str, meant: str) -> None:
    assert with_command(typed.split(), ["model", "gpu"]) == meant.split()


def test_a_value_is_no_word() -> None:
    assert first_word(["--gpu", "model"]) is None
    assert first_word(["--json", "-o", "csv", "x"]) == 3
    assert first_word(["--"]) is None


def test_flags_are_the_options_without_a_value() -> None:
    import typer

    program = typer.main.get_command(build())
    flags = {"--help", "-h"}
    for name in COMMANDS:
        for parameter in program.commands[name].params:
            if getattr(parameter, "is_flag", False):
                flags.update(parameter.opts, parameter.secondary_opts)
    assert flags >= FLAGS - {"--help", "-h"}
    assert flags == FLAGS


@pytest.mark.parametrize(
    ("typed", "json"),
    [
        ("--json", True),
        ("-o json", True),
        ("-ojsonl", True),
        ("--output=json", True),
        ("--output jsonl", True),
        ("-o csv", False),
        ("-- --json", False),
        ("", False),
        ("--format json", False),
    ],
)
def test_json_is_seen_before_parsing(typed: str, json: bool) -> None:
    assert wants_json(typed.split()) is json


def test_colour_is_seen_before_parsing() -> None:
    assert wants_color(["--color", "always"]) == "always"
    assert wants_color(["--color=never"]) == "never"
    assert wants_color(["--color", "purple"]) == "auto"
    assert wants_color([]) == "auto"


@pytest.mark.parametrize(
    ("typed", "position", "meant", "then"),
    [
        ("fitcheck llama", "1", "fitcheck model llama", "2"),
        ("fitcheck llama-3.1-8b --gpu rtx", "3", "fitcheck model llama-3.1-8b --gpu rtx", "4"),
        ("fitcheck --gpu rtx", "2", "fitcheck model --gpu rtx", "3"),
        ("fitcheck model --gpu rtx", "3", "fitcheck model --gpu rtx", "3"),
        ("fitcheck mod", "1", "fitcheck mod", "1"),
        ("fitcheck ", "1", "fitcheck ", "1"),
        ("fitcheck", "0", "fitcheck", "0"),
    ],
)
def test_the_shell_completes_after_the_default_command(typed, position, meant, then) -> None:
    from fitcheck.cli.words import name_default_command

    environment = {"COMP_WORDS": typed, "COMP_CWORD": position, "_TYPER_COMPLETE_ARGS": typed}
    name_default_command(environment, ["model", "gpu"])
    assert environment == {"COMP_WORDS": meant, "COMP_CWORD": then, "_TYPER_COMPLETE_ARGS": meant}
