"""What holds for every screen of every command: widths, encodings, pipes and JSON."""

from __future__ import annotations

import json

import pytest

SCREENS = {
    "verdict": ("llama-3.1-8b", "--gpu", "rtx4090", "-f", "q4_k_m"),
    "verdict-explained": ("llama-3.1-8b", "--gpu", "rtx4090", "-f", "q4_k_m", "--explain"),
    "evidence": ("llama-3.1-8b", "--gpu", "rtx4090", "-f", "q4_k_m", "--evidence"),
    "too-big": ("llama-3.1-70b", "--gpu", "rtx4090", "-f", "q4_k_m"),
    "offload": ("llama-3.1-70b", "--gpu", "rtx4090", "-f", "q4_k_m", "--ram", "64"),
    "moe": ("gpt-oss-20b", "--gpu", "2xrtx3090", "-f", "mxfp4", "--concurrency", "4"),
    "hybrid": ("qwen3-next-80b-a3b", "--gpu", "h100-sxm5-80gb", "-f", "q4_k_m"),
    "formats": ("qwen3-32b", "--gpu", "rtx4090"),
    "gpus": ("qwen3-32b", "-f", "q4_k_m", "--gpu", "rtx3090,rtx4090,2xrtx3090,m4-max-40c"),
    "many": ("phi-4,qwen3-14b", "--gpu", "rtx4070,rtx4090", "-f", "q4_k_m,q8_0"),
    "model": ("model", "gemma-3-27b"),
    "models": ("model",),
    "gpu": ("gpu", "rtx4090"),
    "gpu-several": ("gpu", "rtx4090", "rtx5090", "rx7900xtx", "m3-max-40c"),
    "gpu-list": ("gpu", "--vendor", "amd"),
    "format": ("format", "q4_k_m"),
    "format-list": ("format", "--family", "gguf"),
    "paper": ("paper", "awq"),
    "paper-list": ("paper",),
    "detect": ("detect",),
    "accuracy": ("accuracy",),
}


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("name", SCREENS)
def test_nothing_wraps(fitcheck, name, width) -> None:
    ran = fitcheck(*SCREENS[name], width=width, NO_COLOR="1")
    assert ran.stderr == ""
    assert ran.stdout
    wide = [line for line in ran.stdout.splitlines() if len(line) > width and "http" not in line]
    assert wide == []


@pytest.mark.parametrize("name", SCREENS)
def test_ascii_where_nothing_else_can_be_written(fitcheck, name) -> None:
    ran = fitcheck(*SCREENS[name], encoding="ascii")
    assert ran.stdout.isascii()


@pytest.mark.parametrize("name", SCREENS)
def test_a_pipe_gets_clean_lines(fitcheck, name) -> None:
    text = fitcheck(*SCREENS[name]).stdout
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())
    assert "\N{NO-BREAK SPACE}" not in text


@pytest.mark.parametrize("name", SCREENS)
def test_json_is_one_document_with_a_list_of_results(fitcheck, name) -> None:
    ran = fitcheck(*SCREENS[name], "--json")
    document = json.loads(ran.stdout)
    assert list(document)[:4] == ["schema", "fitcheck", "data", "query"]
    assert document["schema"] == "fitcheck/1"
    assert isinstance(document["results"], list)
    lines = fitcheck(*SCREENS[name], "-o", "jsonl").stdout.splitlines()
    if name != "detect":  # free RAM changes from one run to the next
        assert [json.loads(line) for line in lines] == document["results"]


@pytest.mark.parametrize("name", SCREENS)
def test_csv_has_as_many_cells_in_each_row(fitcheck, name) -> None:
    args = [word for word in SCREENS[name] if word not in ("--explain", "--evidence")]
    rows = [line.split("\t") for line in fitcheck(*args, "-o", "tsv").stdout.splitlines()]
    assert len(rows) >= 2 or name == "detect"
    assert {len(row) for row in rows} == {len(rows[0])}
