"""Caches other estimators are wrong on by factors: latent, windows, few heads, few layers."""

from __future__ import annotations

import pytest

from fitcheck.estimator.cache.read import kv_read_bytes
from fitcheck.estimator.runtimes.llama_cpp.kv_cache import llama_cpp_kv_cache
from fitcheck.units import GIB


@pytest.mark.parametrize(
    ("model", "context", "gib", "others_say"),
    [
        ("deepseek-v3", 131072, (8.57, 8.59), 213.5),
        ("gemma-3-27b", 131072, (10.4, 10.61), 62.0),
        ("gpt-oss-20b", 131072, (3.0, 3.05), 6.0),
        ("falcon-7b", 8192, (0.0624, 0.0626), 4.44),
        ("qwen3-next-80b-a3b", 131072, (3.0, 3.01), 12.0),
    ],
)
def test_cache_in_gib(held, model, context, gib, others_say):
    cache = held.cache(model, context=context)
    low, high = gib
    assert low <= cache.kv_bytes / GIB <= high < others_say


def test_a_window_is_not_read_past(catalog):
    f16 = catalog.storage_types.get("f16")
    gemma = catalog.models.resolve("gemma-3-27b").architecture

    def read(depth: int) -> int:
        return kv_read_bytes(gemma, depth=depth, key_storage=f16, value_storage=f16)

    full_layers, row = 10, 2 * 16 * 128 * 2
    assert read(32768) - read(16384) == full_layers * 16384 * row


def test_sparse_attention_reads_its_choice_and_all_of_the_index(catalog):
    f16 = catalog.storage_types.get("f16")
    model = catalog.models.resolve("deepseek-v3.2").architecture

    def read(depth: int) -> int:
        return kv_read_bytes(model, depth=depth, key_storage=f16, value_storage=f16)

    assert read(131072) - read(65536) == 61 * 65536 * 128 * 2  # the index alone grows


def test_state_does_not_grow_with_context_but_with_sequences(held):
    def state(context: int, concurrency: int) -> int:
        cache = held.cache("qwen3-next-80b-a3b", context=context, concurrency=concurrency)
        return cache.state_bytes

    assert state(4096, 1) == state(262144, 1) == 79_036_416
    assert state(4096, 4) == 4 * state(4096, 1)


def test_speculation_keeps_states_to_roll_back_to(catalog):
    f16 = catalog.storage_types.get("f16")
    model = catalog.models.resolve("qwen3.5-27b").architecture
    held = {
        drafts: llama_cpp_kv_cache(
            model,
            context=8192,
            sequences=1,
            key_storage=f16,
            value_storage=f16,
            draft_tokens=drafts,
        )
        for drafts in (0, 3)
    }
    assert held[3].state_bytes == 4 * held[0].state_bytes
    assert held[3].kv_bytes > held[0].kv_bytes  # the prediction layer's own cache
