"""Parameter counts against published integers, and llama.cpp's own counts of its files."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fitcheck.catalog import load
from fitcheck.estimator.parameters import (
    active_parameters,
    gguf_parameters,
    parameters_by_part,
    read_parameters,
    text_parameters,
    total_parameters,
)
from fitcheck.estimator.tensors import expand

DATA = Path(__file__).parent / "data"
# Where the reference counts otherwise, and why this does not follow it.
ELSEWHERE = {
    "gemma-3n-e4b": "K and V of layers that read an earlier cache count as text here",
    "gemma-3n-e2b": "the same",
    "gemma-4-e2b": "active leaves out the per-layer table, as for Gemma 3n, and unused K and V",
    "gemma-4-e4b": "the same",
    "ernie-4.5-vl-28b-a3b": "the resampler belongs to the tower",
    "kimi-k3": "the scores of the attention residuals count as text",
}


def rows(name: str) -> list[dict[str, str]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@pytest.fixture(scope="module")
def models():
    return load().models


def test_the_total_of_every_exact_model_equals_the_published_integer(models) -> None:
    wrong = {}
    for row in rows("counts.csv"):
        model = models.get(row["id"])
        counted = total_parameters(expand(model.architecture)) + model.beside_params
        if counted != int(row["total"]) or model.published_params != int(row["total"]):
            wrong[model.id] = counted - int(row["total"])
    assert wrong == {}


def test_what_the_published_count_holds_besides_is_small_or_a_copy(models) -> None:
    for row in rows("counts.csv"):
        model = models.get(row["id"])
        architecture = model.architecture
        table = architecture.hidden * architecture.vocabulary
        masks = architecture.hf in ("gpt2", "gpt_neox")  # context squared a layer
        if model.beside_params != table and not masks:
            assert abs(model.beside_params) < 0.001 * int(row["total"]), model.id


def test_text_active_and_read_parameters(models) -> None:
    wrong = {}
    for row in rows("counts.csv"):
        if row["id"] in ELSEWHERE:
            continue
        architecture = models.get(row["id"]).architecture
        tensors = expand(architecture)
        counted = (
            text_parameters(tensors),
            active_parameters(architecture, tensors),
            read_parameters(architecture, tensors),
        )
        if counted != (int(row["text"]), int(row["active"]), int(row["read"])):
            wrong[row["id"]] = counted
    assert wrong == {}


@pytest.mark.parametrize("row", rows("gguf_counts.csv"), ids=lambda row: row["model"])
def test_a_gguf_file_holds_what_llama_cpp_counts(models, row) -> None:
    tensors = expand(models.resolve(row["model"]).architecture)
    assert gguf_parameters(tensors) == int(row["parameters"])


def test_parts_sum_to_the_whole(models) -> None:
    for model in models.all():
        tensors = expand(model.architecture)
        assert sum(parameters_by_part(tensors).values()) == total_parameters(tensors), model.id


def test_towers_and_prediction_layers_are_kept_apart(models) -> None:
    model = models.get("qwen3.5-35b-a3b")
    parts = parameters_by_part(expand(model.architecture))
    assert parts["vision tower"] == model.vision_params == 446_571_248
    assert parts["multi-token prediction"] == 844_640_768
    assert total_parameters(expand(model.architecture)) == 35_951_822_704


@pytest.mark.parametrize(
    ("model", "active_billions"),
    [
        ("qwen3-30b-a3b", 3.35),
        ("gpt-oss-120b", 5.7),
        ("deepseek-v3", 37.6),
        ("mixtral-8x7b", 12.9),
        ("gemma-4-e2b", 2.28),
        ("granite-4.0-h-small", 9.0),
    ],
)
def test_active_parameters_are_what_the_maker_says(models, model, active_billions) -> None:
    architecture = models.get(model).architecture
    counted = active_parameters(architecture, expand(architecture))
    assert counted / 1e9 == pytest.approx(active_billions, rel=0.03)


def blocks_of(tensor, block: int = 128) -> int:
    """Count the scales of an FP8 tensor: one a block, experts apart; K and V of MLA together."""
    inputs, outputs, *stacked = tensor.shape
    if tensor.name.endswith("attn_k_b.weight"):
        return 0
    if tensor.name.endswith("attn_v_b.weight"):
        outputs = 2 * outputs * stacked.pop()  # as wide as the keys
    return -(-inputs // block) * -(-outputs // block) * (stacked[0] if stacked else 1)


@pytest.mark.parametrize("model", ["deepseek-v3", "deepseek-v3.1", "minimax-m2.5"])
def test_what_an_fp8_checkpoint_holds_besides_are_scales(models, model) -> None:
    whole = ("ffn_gate_inp", "nextn", "token_embd")
    tensors = expand(models.get(model).architecture)
    scales = sum(
        blocks_of(tensor) * tensor.copies
        for tensor in tensors
        if len(tensor.shape) > 1
        and tensor.kind != "output"
        and not any(part in tensor.name for part in whole)
    )
    assert models.get(model).beside_params == scales
