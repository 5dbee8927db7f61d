"""`fitcheck gpu` and `fitcheck detect` as typed: lists, filters, comparison, and refusals."""

from __future__ import annotations

import csv
import io
import json

import pytest

from fitcheck.answers.local import this_machine
from fitcheck.cli.app import run


@pytest.fixture(autouse=True)
def _another_machine():
    """Forget the machine seen before: each test brings its own."""
    this_machine.cache_clear()
    yield
    this_machine.cache_clear()


@pytest.fixture
def typed(capsys):
    """Run a command line; give (status, stdout, stderr)."""

    def run_line(line):
        status = run(line.split())
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run_line


def test_side_by_side(typed, golden):
    status, out, err = typed("gpu rtx4090 rtx5090 rx7900xtx m3-max-40c -o md")
    assert (status, err) == (0, "")
    golden("comparison", out)


@pytest.mark.parametrize("columns", ["100", "80"])
def test_a_comparison_of_four_fits(typed, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("FORCE_COLOR", "1")
    _, out, _ = typed("gpu rtx4090 rtx5090 rx7900xtx m3-max-40c --color never")
    table = out.split("\n\n")[0]
    assert "apple-m3-max-40c" in table
    assert all(len(row) <= int(columns) for row in table.splitlines())


def test_a_description(typed, golden):
    status, out, err = typed("gpu rtx4090 --explain")
    assert (status, err) == (0, "")
    golden("description", out)


def test_the_list_filtered_and_sorted(typed):
    _, out, _ = typed("gpu --vendor amd --segment consumer --min-memory 16 --sort bandwidth -o csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["vendor"] for row in rows} == {"amd"}
    assert min(int(row["memory_bytes"]) for row in rows) >= 16 * 1024**3
    bandwidths = [int(row["bandwidth_bytes_per_s"]) for row in rows]
    assert bandwidths == sorted(bandwidths, reverse=True)


SORTS = (
    "name memory usable bandwidth fp32 fp16 fp8 int8 fp4 power price released per-dollar per-watt "
    "-memory -name"
)


@pytest.mark.parametrize("field", SORTS.split())
def test_any_sort_keeps_every_card(typed, field):
    _, out, _ = typed(f"gpu --sort {field} -o jsonl")
    ids = [json.loads(row)["id"] for row in out.splitlines()]
    assert len(ids) == len(set(ids)) > 400


def test_architecture_by_name(typed):
    _, out, _ = typed("gpu --arch ada,hopper -o jsonl")
    assert {json.loads(row)["architecture"] for row in out.splitlines()} == {"ada", "hopper"}


def test_the_ram_of_a_mac_is_chosen(typed):
    _, out, _ = typed("gpu m3-max-40c --unified-memory 64 --json")
    card = json.loads(out)["results"][0]
    assert card["memory_bytes"] == 64 * 1024**3
    assert card["usable_bytes"] // 1024**2 == 53084
    _, out, _ = typed("gpu m3-max-40c-64gb --system macos-14 --json")
    assert json.loads(out)["results"][0]["usable_bytes"] == 48 * 1024**3


def test_several_cards_are_one_column_each(typed):
    _, out, _ = typed("gpu 2xrtx4090 rtx4090 rtx3090 --json")
    assert [card["id"] for card in json.loads(out)["results"]] == ["rtx-4090", "rtx-3090"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("gpu rtx3060", "names several GPUs"),
        ("gpu rtx4099", "unknown GPU `rtx4099`"),
        ("gpu --vendor nvdia", "did you mean `nvidia`"),
        ("gpu --segment gaming", "there are"),
        ("gpu --arch zen", "no card has `--arch zen`"),
        ("gpu --sort beauty", "cannot sort cards"),
        ("gpu --min-memory lots", "--min-memory"),
        ("gpu --limit 0", "--limit"),
        ("gpu rtx4090 --vendor amd", "filters the list"),
        ("gpu rtx4090 --system beos", "--system"),
    ],
)
def test_a_wrong_line_gets_a_sentence_and_exit_2(typed, line, said):
    status, out, err = typed(line)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_a_filter_that_leaves_nothing_says_so(typed):
    status, out, _ = typed("gpu --min-memory 4000")
    assert status == 0
    assert "no card passes" in out


def test_detect_works_without_a_gpu(typed, monkeypatch):
    from fitcheck import detect
    from fitcheck.records.machine import Machine

    machine = Machine(system="linux", ram_bytes=64 * 1024**3, tried=("nvidia-smi: not found",))
    monkeypatch.setattr(detect, "local_machine", lambda: machine)
    status, out, _ = typed("detect")
    assert status == 0
    assert "no GPU found" in out
    assert "64 GiB" in out
    status, _, err = typed("gpu local")
    assert status != 0
    assert "no GPU was found" in err


def test_detect_tells_what_is_free_and_what_runs(typed, monkeypatch, golden):
    from fitcheck import detect
    from fitcheck.records.machine import DetectedGpu, Machine, Occupant

    gib = 1024**3
    card = DetectedGpu(
        names=("NVIDIA GeForce RTX 3090",),
        vendor="nvidia",
        found_by="NVML",
        total_bytes=24 * gib,
        free_bytes=17 * gib,
        compute_capability="8.6",
        driver_version="580.105.08",
        drives_display=True,
        occupants=(Occupant(name="ollama", pid=4242, memory_bytes=6 * gib),),
    )
    machine = Machine(
        system="linux",
        gpus=(card, card),
        ram_bytes=64 * gib,
        ram_free_bytes=50 * gib,
        ram_kind="DDR5-5600, 2 channels",
        ram_bandwidth_bytes_per_s=89_600_000_000,
    )
    monkeypatch.setattr(detect, "local_machine", lambda: machine)
    status, out, _ = typed("detect")
    assert status == 0
    golden("detect", out)
    _, out, _ = typed("detect --json")
    found = json.loads(out)["results"][0]["gpus"]
    assert [gpu["usable_bytes"] for gpu in found] == [17 * gib] * 2


def test_a_question_about_this_machine_uses_what_is_free_and_its_ram(typed, monkeypatch):
    from fitcheck import detect
    from fitcheck.records.machine import DetectedGpu, Machine

    gib = 1024**3
    card = DetectedGpu(
        names=("NVIDIA GeForce RTX 3090",),
        vendor="nvidia",
        found_by="NVML",
        total_bytes=24 * gib,
        free_bytes=20 * gib,
    )
    machine = Machine(system="linux", gpus=(card,), ram_bytes=128 * gib, ram_free_bytes=100 * gib)
    monkeypatch.setattr(detect, "local_machine", lambda: machine)
    _, out, _ = typed("model llama-3.1-8b --gpu local --format q4_k_m --json")
    result = json.loads(out)["results"][0]
    assert result["gpu"]["id"] == "rtx-3090"
    assert result["memory"]["usable_bytes"] == 20 * gib
    assert result["verdict"] == "fits"
    _, out, _ = typed("model llama-3.1-70b --gpu local --format q4_k_m --json")
    assert json.loads(out)["results"][0]["verdict"] == "offload"
