"""Memory card by card: what each holds, what must be whole on each, and that the worst decides."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import fitcheck
from fitcheck.errors import UsageError
from fitcheck.units import GIB

PARTS = (
    "weights_bytes",
    "kv_cache_bytes",
    "recurrent_state_bytes",
    "compute_buffer_bytes",
    "runtime_overhead_bytes",
)
QUESTIONS = [
    {"model": "llama-3.1-70b", "gpu": "2xrtx3090", "format": "q4_k_m"},
    {"model": "llama-3.1-70b", "gpu": "rtx4090+rtx3060-12gb+rtx3090", "format": "q4_k_m"},
    {"model": "qwen3-next-80b-a3b", "gpu": "4xrtx3090", "format": "q4_k_m"},
    {"model": "gemma-3-27b", "gpu": "3xrtx4070", "format": "q8_0", "context": 32768},
    {"model": "llama-3.1-70b", "gpu": "4xrtx4090", "format": "awq-4bit-g128"},
    {"model": "deepseek-v3", "gpu": "8xh200-sxm-141gb", "format": "fp8-block128"},
    {"model": "llama-3.1-405b", "gpu": "4xrtx3090", "format": "q4_k_m", "ram_gib": 256},
    {"model": "llama-3.1-70b", "gpu": "2xrtx3090", "format": "exl2-4.0bpw", "kv": "exl2-q4"},
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q['model']} on {q['gpu']}")
def test_the_cards_sum_to_the_memory(question) -> None:
    answer = fitcheck.estimate(**question)
    assert len(answer.cards) == answer.gpu.count
    for part in (*PARTS, "needed_bytes", "usable_bytes", "free_bytes"):
        assert sum(getattr(card, part) for card in answer.cards) == getattr(answer.memory, part)
    for card in answer.cards:
        assert sum(getattr(card, part) for part in PARTS) == card.needed_bytes
        assert card.free_bytes == card.usable_bytes - card.needed_bytes
    assert answer.host.weights_bytes == answer.memory.weights_host_bytes
    fits = all(card.free_bytes >= 0 for card in answer.cards)
    assert fits == (answer.verdict in ("fits", "tight", "offload"))


def test_a_latent_is_whole_on_every_rank() -> None:
    question = {
        "model": "deepseek-v3",
        "format": "fp8-block128",
        "runtime": "vllm",
        "context": 131072,
        "concurrency": 16,
    }
    alone = fitcheck.estimate(gpu="h200-sxm-141gb", **question)
    eight = fitcheck.estimate(gpu="8xh200-sxm-141gb", **question)
    assert eight.verdict == "too_big"
    assert {card.kv_cache_bytes for card in eight.cards} == {alone.memory.kv_cache_bytes}
    assert eight.memory.kv_cache_bytes / GIB == pytest.approx(1098, rel=0.01)


@pytest.mark.parametrize(("cards", "heads"), [(2, 4), (4, 2), (8, 1)])
def test_kv_heads_are_divided_while_there_are_enough(cards: int, heads: int) -> None:
    question = {"model": "llama-3.1-8b", "format": "bf16", "runtime": "vllm"}
    alone = fitcheck.estimate(gpu="h100-sxm", **question)
    shared = fitcheck.estimate(gpu=f"{cards}xh100-sxm", **question)
    for card in shared.cards:
        assert card.kv_cache_bytes == alone.memory.kv_cache_bytes * heads // 8


def test_scarce_kv_heads_are_copied() -> None:
    """Qwen3-30B-A3B has four: eight ranks hold one each, twice as much as a division gives."""
    question = {"model": "qwen3-30b-a3b", "format": "bf16", "runtime": "vllm"}
    four = fitcheck.estimate(gpu="4xh100-sxm", **question)
    eight = fitcheck.estimate(gpu="8xh100-sxm", **question)
    assert {card.kv_cache_bytes for card in eight.cards} == {four.cards[0].kv_cache_bytes}


def test_heads_that_do_not_divide_are_refused_with_the_reason() -> None:
    answer = fitcheck.estimate("qwen2.5-7b", gpu="8xh100-sxm", format="bf16", runtime="vllm")
    assert answer.verdict == "unsupported"
    assert "28 attention heads do not divide between 8 cards" in answer.format.support_how
    assert answer.decode is None


def test_one_device_is_all_mlx_takes() -> None:
    answer = fitcheck.estimate("llama-3.1-8b", gpu="2xm3-ultra-80c", format="mlx-4bit")
    assert answer.verdict == "unsupported"
    assert "one device" in answer.format.support_how


def test_the_card_that_is_worst_off_decides() -> None:
    """Two cards of 24 GB hold what a card of 24 and one of 8 with the same sum do not."""
    question = {"model": "llama-3.1-70b", "format": "q4_k_m", "context": 4096}
    even = fitcheck.estimate(gpu="2xrtx3090", **question)
    assert even.verdict in ("fits", "tight")
    three = fitcheck.estimate(gpu="rtx4090+rtx3060-12gb+rtx3060-12gb", **question)
    assert three.memory.usable_bytes == pytest.approx(even.memory.usable_bytes, rel=0.02)
    by_card = [card.free_bytes for card in three.cards]
    assert (three.verdict == "too_big") == (min(by_card) < 0)


def test_no_speed_where_cards_share_every_layer() -> None:
    """Its exchange of activations is not modelled: a ceiling of 61 stood where 69 was measured."""
    answer = fitcheck.estimate("qwen3.6-27b", gpu="4xrtx3090", format="w4a16-g128", runtime="vllm")
    assert answer.verdict in ("fits", "tight")
    assert answer.decode is answer.decode_full_context is answer.prefill is None


def test_the_bandwidth_is_that_of_all_cards_together() -> None:
    answer = fitcheck.estimate("llama-3.1-8b", gpu="2xrtx3090", format="q4_k_m")
    one = fitcheck.estimate("llama-3.1-8b", gpu="rtx3090", format="q4_k_m")
    assert answer.gpu.bandwidth_bytes_per_s == 2 * one.gpu.bandwidth_bytes_per_s
    # The layers are read in turn: the ceiling is still one card's.
    assert answer.decode.tokens_per_s_ceiling == pytest.approx(one.decode.tokens_per_s_ceiling)


def test_layers_that_no_card_holds_are_the_hosts() -> None:
    answer = fitcheck.estimate("llama-3.1-70b", gpu="rtx4090", format="q4_k_m", ram_gib=64)
    assert answer.verdict == "offload"
    total = answer.memory.weights_bytes + answer.host.weights_bytes
    whole = fitcheck.estimate("llama-3.1-70b", gpu="h200-sxm-141gb", format="q4_k_m")
    assert total == whole.memory.weights_bytes + whole.host.weights_bytes
    caches = answer.memory.kv_cache_bytes + answer.host.kv_cache_bytes
    assert caches == whole.memory.kv_cache_bytes
    assert answer.cards[0].free_bytes >= 1024 * 2**20  # what llama.cpp's own fit leaves


def test_only_runtimes_that_compute_from_ram_offload() -> None:
    question = {"model": "llama-3.1-70b", "gpu": "rtx4090", "ram_gib": 256}
    assert fitcheck.estimate(format="q4_k_m", **question).verdict == "offload"
    assert fitcheck.estimate(format="awq-4bit-g128", **question).verdict == "too_big"


def test_json_tells_the_cards_and_the_host() -> None:
    words = ["model", "llama-3.1-70b", "-g", "2xrtx3090", "-f", "q4_k_m", "--json"]
    told = subprocess.run(
        [sys.executable, "-m", "fitcheck", *words], capture_output=True, check=True, text=True
    )
    (result,) = json.loads(told.stdout)["results"]
    assert [set(card) for card in result["cards"]] == [
        {"gpu", *PARTS, "needed_bytes", "usable_bytes", "free_bytes"}
    ] * 2
    assert result["cards"][0]["gpu"] == "rtx-3090"
    assert result["host"]["weights_bytes"] == result["memory"]["weights_host_bytes"]


def test_slots_and_the_unified_cache_can_be_asked() -> None:
    question = {"model": "gemma-3-27b", "gpu": "rtx5090", "format": "q4_k_m", "context": 32768}
    one = fitcheck.estimate(**question)
    server = fitcheck.estimate(slots=4, kv_unified=True, **question)
    apart = fitcheck.estimate(slots=4, **question)
    # Full layers hold the context once; windows hold four.
    assert server.memory.kv_cache_bytes > one.memory.kv_cache_bytes
    assert apart.memory.kv_cache_bytes != server.memory.kv_cache_bytes
    every = fitcheck.estimate(all_outputs=True, **question)
    assert every.memory.compute_buffer_bytes > one.memory.compute_buffer_bytes


def test_ollama_takes_its_own_context_and_no_more_than_was_trained() -> None:
    question = {"model": "llama-3.1-8b", "format": "q4_k_m", "runtime": "ollama"}
    contexts = [
        fitcheck.estimate(gpu=gpu, **question).context_tokens
        for gpu in ("rtx3060-12gb", "rtx3090", "2xrtx3090", "h100-sxm")
    ]
    assert contexts == [4096, 32768, 131072, 131072]
    clamped = fitcheck.estimate(
        "smollm2-1.7b", gpu="rtx4090", format="q4_k_m", runtime="ollama", context=32768
    )
    assert clamped.context_tokens == 8192
    assert clamped.memory.kv_cache_bytes > 0


def test_a_depth_beyond_what_is_held_is_refused() -> None:
    with pytest.raises(UsageError, match="does not fit a context of 8,192"):
        fitcheck.estimate(
            "smollm2-1.7b",
            gpu="rtx4090",
            format="q4_k_m",
            runtime="ollama",
            context=32768,
            depth=30000,
        )
