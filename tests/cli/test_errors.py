"""Errors: where they go, how they look, which status they give."""

from __future__ import annotations

import json

import pytest

from fitcheck.errors import FitcheckError


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (["model", "--helo"], "unknown option `--helo`", "did you mean `--help`"),
        (["model", "x", "--gpu"], "`--gpu` needs a value", "`fitcheck model --help`"),
        (["model", "x", "--context", "0"], "`--context` must be more than zero", "example:"),
        (["model", "x", "--context", "-5"], "`--context` must be more than zero, not -5", "exam"),
        (["model", "x", "--limit", "few"], "`--limit few` is not a whole number", "example:"),
        (["model", "x", "--only", "good"], "`--only good` is not known", "`fits`, `tight`"),
        (["model", "x", "--system", "dos"], "`--system dos` is not known", "`linux`"),
        (["model", "x", "--gpu", "a,,b"], "`--gpu` has an empty name", "single commas"),
        (["model", "x", "-o", "xml"], "unknown output `xml`", "`json`"),
        (["x", "--color", "on"], "unknown colour setting `on`", "auto, always or never"),
        (["x", "-o", "csv", "--explain", "--gpu", "y"], "`--explain` has no place in CSV", "-o"),
        (["model", "-", "--gpu", "-"], "only one of model, `--gpu` and `--format`", "one `-`"),
        (["model", "x", "--params", "7b"], "`--params` describes a model of its own", "leave"),
        (["--layers", "40"], "`--layers` and `--hidden` go with `--params`", "example:"),
        (["model", "x", "--installed"], "`--installed` names the models itself", "leave"),
        (
            ["model", "--json=yes"],
            "option `--json` does not take a value",
            "`fitcheck model --help`",
        ),
    ],
)
def test_a_wrong_command_line(fitcheck, args, message, hint) -> None:
    ran = fitcheck(*args)
    assert ran.status == 2
    assert ran.stdout == ""
    first, empty, second = ran.stderr.rstrip("\n").split("\n")
    assert first.startswith(f"error: {message}")
    assert not first.endswith(".")
    assert empty == ""
    assert second.startswith("hint: ")
    assert hint in second


def test_format_json_is_answered_with_a_hint(fitcheck) -> None:
    ran = fitcheck("llama-3.1-8b", "--gpu", "rtx4090", "--format", "json")
    assert ran.status == 2
    assert ran.stderr == (
        "error: unknown quantization format `json`\n"
        "\n"
        "hint: for json output use `--json`; `--format` names a quantization such as `q4_k_m`\n"
    )


@pytest.mark.parametrize("flag", [["--json"], ["-o", "json"], ["-ojsonl"]])
def test_with_json_the_error_is_json_too(fitcheck, flag) -> None:
    ran = fitcheck("model", "x", "--context", "lots", *flag)
    assert ran.status == 2
    assert ran.stdout == ""
    assert json.loads(ran.stderr) == {
        "error": {
            "code": "usage",
            "message": "`--context lots` is not a number",
            "hint": "example: `--context 8192`",
        }
    }


def test_an_error_in_colour_has_the_same_words(fitcheck) -> None:
    ran = fitcheck("model", "--helo", width=80)
    assert "\x1b[1;31merror:\x1b[0m unknown option `--helo`" in ran.stderr
    assert "\x1b" not in fitcheck("model", "--helo", width=80, NO_COLOR="1").stderr
    assert "\x1b" not in fitcheck("--color", "never", "model", "--helo", width=80).stderr


def test_what_was_typed_cannot_steer_the_terminal(fitcheck) -> None:
    assert "\x1b" not in fitcheck("model", "x", "--context", "\x1b[2J").stderr


def test_a_bug_is_one_line_and_a_plea(fitcheck, monkeypatch) -> None:
    def fail(*_, **__):
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("fitcheck.cli.question.question", fail)
    ran = fitcheck("model", "x")
    assert ran.status == 1
    assert ran.stdout == ""
    assert ran.stderr.startswith("error: fitcheck 0.1.0 failed: RuntimeError: two lines\n\nhint: ")
    assert "Traceback" not in ran.stderr
    assert "Traceback" in fitcheck("model", "x", FITCHECK_DEBUG="1").stderr


def test_a_failure_is_status_1(fitcheck, monkeypatch) -> None:
    def fail(*_, **__):
        raise FitcheckError("the table is broken", "mend it")

    monkeypatch.setattr("fitcheck.cli.question.question", fail)
    ran = fitcheck("model", "x")
    assert (ran.status, ran.stdout) == (1, "")
    assert ran.stderr == "error: the table is broken\n\nhint: mend it\n"


def test_an_interrupt_is_status_130_and_silent(fitcheck, monkeypatch) -> None:
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("fitcheck.cli.question.question", interrupt)
    ran = fitcheck("model", "x")
    assert (ran.status, ran.stdout, ran.stderr) == (130, "", "")


def test_a_misspelt_command_is_recognised(fitcheck) -> None:
    ran = fitcheck("modle")
    assert ran.status == 2
    assert ran.stderr.startswith(
        "error: no command and no model is called `modle`\n\nhint: did you"
    )
    assert "`fitcheck model`" in ran.stderr
