"""The screens of formats and papers, as they are piped."""

from __future__ import annotations

import json

import pytest

from fitcheck.cli.app import run


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    monkeypatch.setenv("PYTHONUTF8", "1")
    monkeypatch.delenv("FORCE_COLOR", raising=False)


@pytest.mark.parametrize(
    "words",
    [
        "format",
        "format q4_k_m",
        "format awq",
        "format nvfp4",
        "format exl2-4.25bpw",
        "format --gpu rtx3090 --runtime vllm",
        "format --family gguf --max-bits 3.5 --sort quality",
        "paper",
        "paper awq",
        "paper 2601.14277",
        "paper --level advanced -o md",
    ],
)
def test_screen(words, golden, capsys):
    assert run(words.split()) == 0
    output = capsys.readouterr()
    assert output.err == ""
    golden(words.replace(" ", "_").replace("--", "").replace(".", "_"), output.out)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("format nonsense", "unknown format `nonsense`"),
        ("format --family gguff", "no format is of the family `gguff`"),
        ("format --max-bits many", "`--max-bits many` is no number of bits"),
        ("format --sort size", "cannot sort formats by `size`"),
        ("format q4_k_m --family gguf", "`--family` filters the list of formats"),
        ("paper nonsense", "unknown paper `nonsense`"),
        ("paper --level hard", "no paper is of the level `hard`"),
    ],
)
def test_errors(words, message, capsys):
    assert run(words.split()) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(f"error: {message}")
    assert "hint: " in output.err


@pytest.mark.parametrize("words", ["format q4_k_m --json", "format --json", "paper --json"])
def test_json(words, capsys):
    assert run(words.split()) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "fitcheck/1"
    assert all(result["id"] for result in document["results"])


@pytest.mark.parametrize(
    ("word", "arxiv"),
    [
        ("gptq", "2210.17323"),
        ("awq", "2306.00978"),
        ("gguf", "2601.14277"),
        ("nf4", "2305.14314"),
        ("fp4", "2305.14314"),
        ("nvfp4", "2509.23202"),
        ("mxfp4", "2310.10537"),
        ("smoothquant", "2211.10438"),
        ("quarot", "2404.00456"),
        ("aqlm", "2401.06118"),
    ],
)
@pytest.mark.parametrize("output", ["table", "json", "md"])
def test_a_verdict_names_the_paper(word, arxiv, output, capsys):
    run(["llama-3.1-8b", "--gpu", "rtx3090", "--format", word, "-o", output, "--exit-zero"])
    assert f"arxiv.org/abs/{arxiv}" in capsys.readouterr().out
