"""What starts with fitcheck: counted, since times differ from machine to machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = ("rich", "yaml", "pydantic", "importlib.metadata", "importlib.resources", "httpx", "csv")
MOST_MODULES = 165  # Python itself has 40 or so, typer 100

PROGRAM = """
import sys
from fitcheck.cli.app import run
status = run(sys.argv[1:])
print(status, *sys.modules, file=sys.stderr)
"""


def modules_of(*args: str, **environment: str) -> tuple[int, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *args],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    status, *names = done.stderr.splitlines()[-1].split()
    return int(status), set(names)


@pytest.fixture(autouse=True, scope="module")
def compiled() -> None:
    """Let a checkout compile its tables first: that may import what a command may not."""
    modules_of("--version")


def own_modules(names: set[str]) -> list[str]:
    return sorted(name for name in names if name.split(".")[0] == "fitcheck")


@pytest.mark.parametrize(
    ("args", "most"),
    [(("--version",), 14), (("--help",), 8), (("model", "--help"), 18)],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_little_is_imported(args, most) -> None:
    _, names = modules_of(*args)
    assert not names & set(HEAVY)
    own = own_modules(names)
    assert len(own) <= most, own
    assert len(names) <= MOST_MODULES, sorted(names)


# Each module of our own costs 0.1 ms or more: a screen's or a runtime's are imported when needed.
@pytest.mark.parametrize(
    ("args", "most"),
    [
        (("llama-3.1-8b", "--gpu", "rtx4090", "--format", "q4_k_m"), 157),
        (("llama-3.1-8b", "--gpu", "rtx4090", "--format", "q4_k_m", "--json"), 146),
        (("llama-3.1-8b", "--gpu", "rtx4090"), 157),
        (("model", "--json"), 90),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_an_answer_on_a_pipe_draws_nothing_and_validates_nothing(args, most) -> None:
    status, names = modules_of(*args)
    assert status == 0
    assert not names & set(HEAVY)
    own = own_modules(names)
    assert len(own) <= most, own
    assert len(names) - len(own) <= MOST_MODULES, sorted(names)


def test_one_answer_parses_what_it_is_about_and_no_more() -> None:
    program = """
import sys
from fitcheck.catalog.packed import Packed
parsed = []
row = Packed.row
def counted(self, table, start):
    parsed.append(table)
    return row(self, table, start)
Packed.row = counted
Packed.starts = Packed.meanings = None  # what would list a whole table
from fitcheck.cli.app import run
status = run(sys.argv[1:])
print(status, *parsed, file=sys.stderr)
"""
    words = ["llama-3.1-8b", "--gpu", "rtx4090", "--format", "q4_k_m", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True
    )
    status, *parsed = done.stderr.split()
    assert status == "0"
    assert len([table for table in parsed if table != "benchmarks"]) <= 15
    assert parsed.count("benchmarks") < 100  # those of this model's size on this card


def test_importing_fitcheck_is_free() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, fitcheck; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = set(done.stdout.split())
    assert not names & {"typer", "rich", "fitcheck.answers", "fitcheck.cli", *HEAVY}


def test_completion_imports_neither_rich_nor_the_estimator() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-X",
            "importtime",
            "-c",
            "import sys; from fitcheck.cli import main; sys.argv = ['fitcheck']; main()",
        ],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "_FITCHECK_COMPLETE": "complete_bash",
            "COMP_WORDS": "fitcheck model --gpu rtx-409",
            "COMP_CWORD": "3",
        },
    )
    assert "rtx-4090" in done.stdout.split()
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert not imported & {*HEAVY, "fitcheck.estimator.assess", "fitcheck.answers.answer"}
