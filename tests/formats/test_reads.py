"""What one decoded token reads, and where the weights lie."""

from __future__ import annotations

import pytest


def test_llama_cpp_keeps_the_embedding_in_ram(sizes):
    weights = sizes.weights("llama-2-7b", "q4_k_m", runtime="llama.cpp")
    assert weights.host_bytes == 73_728_000
    assert weights.device_bytes == 4_006_543_360  # as llama.cpp's CUDA backend reserves
    assert weights.total_bytes == 4_080_263_168


def test_a_tied_table_lies_on_both_sides_and_is_read_as_the_head(sizes):
    tied = sizes.weights("llama-3.2-1b", "q4_k_m", runtime="llama.cpp")
    assert tied.device_bytes == tied.total_bytes
    assert tied.host_bytes == tied.head_bytes
    assert sum(tied.read_dense.values()) == tied.total_bytes


def test_an_untied_table_is_read_by_the_row(sizes):
    weights = sizes.weights("llama-3.1-8b", "f16", runtime="llama.cpp")
    assert weights.read_lookup_bytes == 4096 * 2
    assert sum(weights.read_dense.values()) == weights.total_bytes - 128256 * 4096 * 2


def test_experts_by_active_share(sizes):
    weights = sizes.weights("mixtral-8x7b", "f16", runtime="llama.cpp")
    (group,) = weights.read_experts
    assert (group.experts, group.active) == (8, 2)
    assert group.share() == pytest.approx(2 / 8)
    assert group.share(2) == pytest.approx(1 - (6 / 8) ** 2)
    assert sum(group.bytes_by_storage.values()) == 32 * 8 * 3 * 4096 * 14336 * 2
    assert weights.matmul_parameters_per_token == pytest.approx(12.75e9, rel=0.005)


def test_prediction_layers_are_neither_loaded_nor_read(sizes):
    weights = sizes.weights("glm-4.5-air", "q8_0", runtime="llama.cpp")
    read = sum(weights.read_dense.values()) + sum(weights.read_expert_total.values())
    assert weights.device_bytes + weights.host_bytes < weights.total_bytes
    assert read < weights.device_bytes + 1_000_000


@pytest.mark.parametrize("model", ["qwen3-30b-a3b", "llama-3.1-8b", "deepseek-v3", "gpt-oss-20b"])
@pytest.mark.parametrize("form", ["q4_k_m", "awq", "fp8", "nf4", "exl3-3.0", "mlx-4bit"])
def test_a_step_never_reads_more_than_there_is(sizes, model, form):
    weights = sizes.weights(model, form)
    one, many = (sum(weights.read_bytes(count).values()) for count in (1, 64))
    assert 0 < one <= many <= weights.total_bytes
    assert sum(weights.bytes_by_storage.values()) == weights.total_bytes


def test_exllama_keeps_the_embedding_in_ram(sizes):
    weights = sizes.weights("llama-3.1-8b", "exl3-4.0", runtime="exllamav3")
    assert weights.host_bytes == 128256 * 4096 * 2
    assert weights.device_bytes == weights.total_bytes - weights.host_bytes
