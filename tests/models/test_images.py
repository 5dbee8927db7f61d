"""Images: the tower in memory, their tokens in the context."""

from __future__ import annotations

import pytest

from fitcheck import api
from fitcheck.answers.query import Query
from fitcheck.answers.settings import settings_for
from fitcheck.catalog import load
from fitcheck.estimator.images import image_context_tokens, tower_bytes


def test_a_tower_is_loaded_beside_llama_cpp_weights_only_when_asked_for() -> None:
    model = load().models.get("gemma-3-27b")
    assert tower_bytes(model, 0, separate_towers=True) == 0
    assert tower_bytes(model, 1, separate_towers=True) == 2 * 423_060_336
    assert tower_bytes(model, 1, separate_towers=False) == 0  # among the weights


def test_tokens_of_images() -> None:
    models = load().models
    assert image_context_tokens(models.get("gemma-3-27b"), 4) == 1024
    assert image_context_tokens(models.get("llama-3.1-8b"), 1) is None
    assert image_context_tokens(models.get("llama-3.1-8b"), 0) == 0


def test_images_raise_the_need_by_tower_and_cache() -> None:
    without = api.estimate("gemma-3-27b", gpu="rtx3090", format="q4_k_m")
    images = api.estimate("gemma-3-27b", gpu="rtx3090", format="q4_k_m", images=4)
    assert images.memory.weights_bytes - without.memory.weights_bytes == 2 * 423_060_336
    assert images.context_tokens == without.context_tokens + 1024
    assert images.memory.kv_cache_bytes > without.memory.kv_cache_bytes


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("llama-3.1-8b", "llama-3.1-8b reads no images"),
        ("gemma-3-27b", "images take up to 512 tokens of the context"),
    ],
)
def test_what_images_take_is_said(model: str, words: str) -> None:
    catalog = load()
    query = Query(models=(model,), images=2)
    found = settings_for(query, catalog.models.get(model), catalog.runtimes.get("llama.cpp"))
    assert words in found[1]
