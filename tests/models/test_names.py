"""The names people type for models."""

from __future__ import annotations

import pytest

from fitcheck.catalog import load
from fitcheck.errors import AmbiguousNameError


@pytest.mark.parametrize(
    ("typed", "model"),
    [
        ("llama3.1:8b", "llama-3.1-8b"),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b"),
        ("Meta-Llama-3.1-8B-Instruct", "llama-3.1-8b"),
        ("qwen3-30b-a3b", "qwen3-30b-a3b"),
        ("qwen3:30b", "qwen3-30b-a3b"),
        ("Qwen/Qwen3-Coder-30B-A3B-Instruct", "qwen3-30b-a3b"),
        ("qwen2.5-coder:7b", "qwen2.5-7b"),
        ("gemma3:27b", "gemma-3-27b"),
        ("google/gemma-3-27b-it", "gemma-3-27b"),
        ("deepseek-r1:671b", "deepseek-r1"),
        ("deepseek-r1:14b", "deepseek-r1-distill-qwen-14b"),
        ("mixtral:8x7b", "mixtral-8x7b"),
        ("gpt-oss:20b", "gpt-oss-20b"),
        ("phi4", "phi-4"),
        ("llama3.2-vision:11b", "llama-3.2-11b-vision"),
        ("mistralai/Mistral-7B-Instruct-v0.3", "mistral-7b"),
        ("moonshotai/Kimi-K2-Instruct", "kimi-k2"),
        ("tinyllama", "tinyllama-1.1b"),
    ],
)
def test_a_name_means_one_model(typed: str, model: str) -> None:
    assert load().models.resolve(typed).id == model


def test_a_family_is_answered_with_its_members() -> None:
    with pytest.raises(AmbiguousNameError) as refused:
        load().models.resolve("gpt-oss")
    assert refused.value.choices == ("gpt-oss-20b", "gpt-oss-120b")


def test_every_id_name_and_repository_resolves() -> None:
    models = load().models
    for model in models.all():
        assert models.resolve(model.id) is model
        assert models.resolve(model.name) is model
        for alias in model.aliases:
            assert models.resolve(alias) is model
