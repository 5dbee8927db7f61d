"""Buffers of cards that share a model's layers, against llama.cpp's own (two and four cards)."""

from __future__ import annotations

import pytest

from fitcheck.estimator.runtimes import rules_of
from fitcheck.estimator.runtimes.llama_cpp.pipeline import llama_cpp_split_buffers
from fitcheck.units import MIB

# llama.cpp v0.5.0 (@node-llama-cpp/linux-x64-cuda 3.22.1), no_alloc, one output, 8,192 tokens.
TRUTH = {
    "llama-3.1-8b": (172.0, 204.0, 204.0, 204.0),
    "llama-3.1-70b": (312.0, 376.0, 376.0, 376.0),
    "qwen3-30b-a3b": (128.0, 144.0, 144.0, 144.0),
    "mixtral-8x7b": (256.0, 288.0),
    "gemma-3-27b": (235.1, 277.1),
    "deepseek-v3": (482.0, 513.1),
    "qwen3.5-35b-a3b": (149.6, 165.6),
}


@pytest.mark.parametrize("model", TRUTH)
def test_each_card_is_within_3_percent_or_16_mib(catalog, model):
    f16 = catalog.storage_types.get("f16")
    truth = TRUTH[model]
    sizes = llama_cpp_split_buffers(
        catalog.models.resolve(model).architecture,
        cards=len(truth),
        context=8192,
        sequences=1,
        key_storage=f16,
        value_storage=f16,
    )
    for size, expected in zip(sizes, truth, strict=True):
        assert abs(size / MIB - expected) <= max(0.03 * expected, 16)


def test_a_first_a_middle_and_a_last_card_stand_for_any_number(held):
    ask = held.ask("llama-3.1-8b", context=8192)
    first, middle, last = rules_of(ask.runtime).split_buffers(ask, held.card())
    exact = (172.0, 204.0, 204.0)
    for size, expected in zip((first, middle, last), exact, strict=True):
        assert abs(size / MIB - expected) <= max(0.03 * expected, 16)


def test_every_model_is_split(catalog):
    f16 = catalog.storage_types.get("f16")
    for model in (model for model in catalog.models.all() if model.architecture.gguf):
        sizes = llama_cpp_split_buffers(
            model.architecture,
            cards=3,
            context=4096,
            sequences=1,
            key_storage=f16,
            value_storage=f16,
        )
        assert all(size > 0 for size in sizes), model.id
