"""Calibrating to one's own card: learned, used, named, forgotten."""

from __future__ import annotations

import importlib
import json

import pytest

from fitcheck.catalog.corrections import corrections_path, read_corrections
from fitcheck.cli.app import run

# The module, which the package hides behind its function of the same name.
loading = importlib.import_module("fitcheck.catalog.load")
QUESTION = ["model", "qwen2.5-7b", "--gpu", "rtx4080", "--format", "q4_k_m", "--json"]
RESULTS = [
    {
        "gpu_info": "NVIDIA GeForce RTX 4080", "backends": "CUDA", "n_gpu_layers": -1,
        "model_filename": "models/Qwen2.5-7B-Instruct-Q4_K_M.gguf", "flash_attn": -1,
        "model_type": "qwen2 7B Q4_K - Medium", "model_n_params": 7615616512, "n_depth": 0,
        "type_k": "f16", "type_v": "f16", "n_prompt": prompt, "n_gen": generated, "avg_ts": speed,
    }
    for prompt, generated, speed in ((512, 0, 7100.0), (0, 128, 60.0))
]  # fmt: skip


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    loading._load.cache_clear()
    yield
    loading._load.cache_clear()


@pytest.fixture
def ask(capsys):
    def call(*args: str) -> tuple[int, str, str]:
        loading._load.cache_clear()
        status = run(list(args))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def speed(answer: str) -> float:
    return json.loads(answer)["results"][0]["decode"]["tokens_per_s"]


def test_learned_used_named_and_forgotten(ask, tmp_path) -> None:
    before = speed(ask(*QUESTION)[1])
    results = tmp_path / "results.json"
    results.write_text(json.dumps(RESULTS))
    status, shown, _ = ask("calibrate", "--from", str(results))
    assert status == 0
    assert "slower than estimated for this card" in shown
    answer = ask(*QUESTION)[1]
    assert speed(answer) == pytest.approx(60, rel=0.03)
    assert speed(answer) < before
    notes = json.loads(answer)["results"][0]["notes"]
    assert any("your own measurement (results.json" in note for note in notes)
    # A second time changes nothing: the correction is of the fitted constants, not of itself.
    ask("calibrate", "--from", str(results), "--json")
    assert speed(ask(*QUESTION)[1]) == pytest.approx(speed(answer), rel=1e-6)
    assert ask("calibrate", "--reset")[0] == 0
    assert speed(ask(*QUESTION)[1]) == before
    assert not corrections_path().exists()


def test_the_file_may_leave_out_names_that_flags_give(ask, tmp_path) -> None:
    unnamed = [
        row | {"gpu_info": "", "model_filename": "m.gguf", "model_type": "x"} for row in RESULTS
    ]
    results = tmp_path / "results.json"
    results.write_text(json.dumps(unnamed))
    status, _, error = ask("calibrate", "--from", str(results))
    assert status == 2
    assert "no card is named" in error
    status, _, error = ask("calibrate", "--from", str(results), "--gpu", "rtx4080")
    assert status == 2
    assert "--model" in error
    status, _, _ = ask(
        *("calibrate", "--from", str(results), "--gpu", "rtx4080", "--model", "qwen2.5-7b"),
        *("--format", "q4_k_m"),
    )
    assert status == 0


def test_results_that_cannot_be_right_are_not_learned(ask, tmp_path) -> None:
    results = tmp_path / "results.json"
    results.write_text(json.dumps([RESULTS[1] | {"avg_ts": 5000.0}]))
    status, shown, error = ask("calibrate", "--from", str(results))
    assert status == 2
    assert shown == ""
    assert "another card or model was measured" in error
    assert read_corrections() == {}


@pytest.mark.parametrize("args", [(), ("--reset", "--from", "x.json"), ("--from", "missing.json")])
def test_wrong_calls_are_told(ask, args) -> None:
    status, shown, error = ask("calibrate", *args)
    assert status in (1, 2)
    assert shown == ""
    assert error.startswith("error: ")


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"corrections": []}', '{"corrections": {"x": {"factor": 1e9}}}', "\x00"],
)
def test_a_damaged_file_keeps_nobody_from_an_answer(ask, content) -> None:
    path = corrections_path()
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert read_corrections() == {}
    assert ask(*QUESTION)[0] == 0


def test_a_folder_that_cannot_be_written(ask, tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    results = tmp_path / "results.json"
    results.write_text(json.dumps(RESULTS))
    status, _, error = ask("calibrate", "--from", str(results))
    assert status == 1
    assert "cannot be kept" in error
