"""The main job against published and measured figures."""

from __future__ import annotations

import pytest

from fitcheck import api
from fitcheck.errors import AmbiguousNameError, UnknownNameError, UsageError
from fitcheck.units import GIB


def ask(model: str, gpu: str = "rtx4090", quantization: str = "q4_k_m", **settings):
    return api.estimate(model, gpu=gpu, format=quantization, **settings)


# llama.cpp's own quantizer (dry run, llama.cpp 0c1e5709): tensor bytes and bits a weight.
@pytest.mark.parametrize(
    ("model", "total_bytes", "bits"),
    [
        ("llama-3.1-8b", 4_912_898_304, 4.894),
        ("llama-3.1-70b", None, 4.82),
        ("qwen2.5-0.5b", None, 6.35),
    ],
)
def test_weights_are_exact(model: str, total_bytes: int | None, bits: float) -> None:
    estimate = ask(model)
    assert estimate.format.bits_per_weight == pytest.approx(bits, abs=0.005)
    if total_bytes:
        assert estimate.memory.weights_total_bytes == total_bytes


@pytest.mark.parametrize(
    ("model", "context", "kv", "gib"),
    [
        ("llama-3.1-8b", 131_072, "f16", 16),
        ("llama-3.1-8b", 131_072, "q8_0", 8.5),
        ("llama-2-7b", 4_096, "f16", 2),
        # Cases in which tools that assume full attention everywhere are far off.
        ("deepseek-v3", 131_072, "f16", 8.58),
        ("gpt-oss-20b", 131_072, "f16", 3.0),
        ("falcon-7b", 8_192, "f16", 0.0625),
        ("qwen3-next-80b-a3b", 131_072, "f16", 3.0),
    ],
)
def test_the_cache_is_exact(model: str, context: int, kv: str, gib: float) -> None:
    memory = ask(model, gpu="b300", context=context, kv=kv).memory
    assert memory.kv_cache_bytes / GIB == pytest.approx(gib, rel=0.01)


def test_gemma_3_27b_keeps_only_its_windows() -> None:
    memory = ask("gemma-3-27b", gpu="b300", context=131_072).memory
    assert 10.4 <= memory.kv_cache_bytes / GIB <= 10.65


def test_a_long_context_needs_the_larger_card() -> None:
    assert ask("llama-3.1-8b", gpu="rtx4080", context=131_072).verdict == "too_big"
    assert ask("llama-3.1-8b", gpu="rtx4090", context=131_072).verdict in ("fits", "tight")


def test_70b_on_one_4090_is_too_big_and_every_offer_keeps_its_promise() -> None:
    estimate = ask("llama-3.1-70b")
    assert estimate.verdict == "too_big"
    assert estimate.decode is None
    assert estimate.memory.free_bytes < 0
    assert estimate.offers
    flags = {"--format": "format", "--gpu": "gpu", "--kv": "kv", "--context": "context"}
    for offer in estimate.offers:
        changed = {"gpu": "rtx4090", "format": "q4_k_m"}
        value = int(offer.value) if offer.flag == "--context" else offer.value
        changed[flags[offer.flag]] = value
        kept = api.estimate("llama-3.1-70b", **changed)
        assert kept.verdict == offer.verdict != "too_big"
        assert kept.memory.needed_bytes == offer.needed_bytes


def test_the_largest_context_fits_and_one_step_more_does_not() -> None:
    found = ask("llama-3.1-8b", gpu="rtx4060", context=4096)
    most = found.max_context_tokens
    assert most is not None
    assert 4096 < most < 131_072
    assert ask("llama-3.1-8b", gpu="rtx4060", context=most).verdict != "too_big"
    assert ask("llama-3.1-8b", gpu="rtx4060", context=most + 1).verdict == "too_big"


def test_speed_falls_with_the_cache_and_stays_below_the_ceiling() -> None:
    estimate = ask("llama-3.1-8b", context=131_072)
    short, full = estimate.decode, estimate.decode_full_context
    assert short is not None
    assert full is not None
    assert full.tokens_per_s < short.tokens_per_s / 2
    # 1,008 GB/s over the weights and 16 GiB of cache: 45.6 tok/s at most.
    assert full.tokens_per_s_ceiling == pytest.approx(46.3, rel=0.03)
    for decode in (short, full):
        assert 0 < decode.tokens_per_s_low <= decode.tokens_per_s <= decode.tokens_per_s_high
        assert decode.tokens_per_s_high <= decode.tokens_per_s_ceiling


def test_the_published_speed_lies_in_the_likely_range() -> None:
    # llama.cpp, RTX 4090, Llama-3-8B Q4_K_M, tg128: 127.7 to 131 tok/s
    # https://github.com/XiongjieDai/GPU-Benchmarks-on-LLM-Inference
    decode = ask("llama-3.1-8b").decode
    assert decode is not None
    assert decode.tokens_per_s_low <= 129 <= decode.tokens_per_s_high


def test_offload_is_considered_only_when_there_is_ram() -> None:
    estimate = ask("llama-3.1-70b", ram_gib=64)
    assert estimate.verdict == "offload"
    assert estimate.memory.weights_host_bytes > 15 * GIB
    assert estimate.memory.free_bytes >= 0
    assert estimate.decode is not None
    assert estimate.decode.tokens_per_s < 5
    assert ask("llama-3.1-70b", ram_gib=8).verdict == "too_big"


def test_a_context_beyond_the_models_is_answered_with_a_note() -> None:
    estimate = ask("llama-2-7b", context=8192)
    assert estimate.context_tokens == 8192
    assert any("4,096" in note for note in estimate.notes)


def test_the_default_context_is_capped_at_the_models() -> None:
    assert ask("llama-2-7b").context_tokens == 4096
    assert ask("llama-3.1-8b").context_tokens == 8192
    assert ask("llama-3.1-8b", context="max").context_tokens == 131_072


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"context": 0}, "context of 0"),
        ({"context": -1}, "context of -1"),
        ({"context": 10**12}, "beyond any model"),
        ({"depth": 9000}, "does not fit a context of 8,192"),
        ({"depth": -1}, "makes no sense"),
        ({"concurrency": 0}, "makes no sense"),
        ({"prompt": 0}, "does not fit"),
        ({"kv": "fp8"}, "llama.cpp does not keep the KV cache in"),
        ({"kv": "q9_9"}, "unknown KV format"),
        ({"runtime": "vllm"}, "vLLM does not run"),
        ({"backend": "directx"}, "has no backend"),
        ({"gpu_memory_utilization": 1.5}, "makes no sense"),
    ],
)
def test_numbers_and_words_that_make_no_question(settings, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ask("llama-3.1-8b", **settings)


def test_names() -> None:
    with pytest.raises(UnknownNameError) as unknown:
        ask("llama-3.1-8b", gpu="rtx4099")
    assert 1 <= len(unknown.value.suggestions) <= 3
    with pytest.raises(AmbiguousNameError) as ambiguous:
        ask("llama-3.1-8b", gpu="rtx3060")
    assert set(ambiguous.value.choices) == {"rtx-3060-12gb", "rtx-3060-8gb"}


def test_a_described_card_is_judged_by_its_figures() -> None:
    estimate = api.estimate("llama-3.1-8b", format="q4_k_m", vram_gib=24, bandwidth_gb_s=1008)
    assert estimate.verdict == "fits"
    assert estimate.decode is not None
    named = ask("llama-3.1-8b").decode
    assert named is not None
    assert estimate.decode.tokens_per_s_ceiling == pytest.approx(named.tokens_per_s_ceiling)


def test_several_cards_add_their_memory() -> None:
    one, two = ask("llama-3.1-70b", gpu="rtx3090"), ask("llama-3.1-70b", gpu="2x rtx3090")
    assert (one.verdict, two.gpu.count) == ("too_big", 2)
    assert two.verdict in ("fits", "tight")
    assert two.memory.usable_bytes == 2 * one.memory.usable_bytes


def test_estimate_many_streams() -> None:
    questions = iter([{"model": "phi-4", "gpu": "rtx4090", "format": "q4_k_m"}, {"model": 1 / 1}])
    answers = api.estimate_many(questions)
    assert next(answers).model.id == "phi-4"
