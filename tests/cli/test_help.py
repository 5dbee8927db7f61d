from __future__ import annotations

import re
import shlex

import pytest

from fitcheck.cli.app import COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help(fitcheck, golden, command) -> None:
    ran = fitcheck(command, "--help")
    assert (ran.status, ran.stderr) == (0, "")
    assert max(map(len, ran.stdout.splitlines())) <= 80
    golden(f"help-{command}", ran.stdout)
    assert fitcheck(command, "-h").stdout == ran.stdout


def test_fitcheck_alone_prints_its_help(fitcheck, golden) -> None:
    ran = fitcheck()
    assert (ran.status, ran.stderr) == (0, "")
    golden("help", ran.stdout)
    assert fitcheck("--help").stdout == fitcheck("-h").stdout == ran.stdout


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_ascii_so_that_any_terminal_shows_it(fitcheck, command) -> None:
    assert fitcheck(*command.split(), "--help", encoding="ascii").stdout.isascii()


def examples(text: str) -> list[list[str]]:
    found = re.findall(r"^ {4}fitcheck (.*?)(?: {2,}.*)?$", text, re.MULTILINE)
    return [shlex.split(example) for example in found]


def test_there_are_three_examples(fitcheck) -> None:
    assert len(examples(fitcheck().stdout)) == 3


@pytest.mark.parametrize("command", ["", "model"])
def test_the_examples_of_the_help_run(fitcheck, command) -> None:
    found = examples(fitcheck(*command.split(), "--help").stdout)
    assert len(found) >= 3
    for example in found:
        ran = fitcheck(*example)
        assert ran.stderr == "", example
        assert ran.status == 0, example
        assert ran.stdout, example


def test_version(fitcheck) -> None:
    ran = fitcheck("--version")
    assert (ran.status, ran.stderr) == (0, "")
    assert re.fullmatch(r"fitcheck \d+\.\d+\.\d+ \(data \d{4}-\d\d-\d\d\)\n", ran.stdout)
