"""What holds for every model, runtime and setting: more context never needs less."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitcheck.catalog import load
from fitcheck.errors import UsageError
from fitcheck.estimator.largest_context import largest_context
from fitcheck.estimator.runtimes.old_buffers import compute_buffer
from fitcheck.estimator.runtimes.old_kv_cache import kv_cache

CATALOG = load()
MODELS = ["llama-3.1-8b", "gemma-3-27b", "deepseek-v3", "qwen3.5-27b", "mamba-2.8b", "lfm2-1.2b"]
RULES = sorted({runtime.memory_rule for runtime in CATALOG.runtimes.all()})


def _need(model: str, rule: str, *, context: int, concurrency: int = 1, kv: str = "f16") -> int:
    architecture = CATALOG.models.resolve(model).architecture
    storage = CATALOG.storage_types.get(kv)
    run = {
        "rule": rule,
        "context": context,
        "concurrency": concurrency,
        "key_storage": storage,
        "value_storage": storage,
    }
    cache = kv_cache(architecture, **run)
    assert cache.kv_bytes + cache.state_bytes == sum(g.group_bytes for g in cache.groups)
    return cache.total_bytes


@pytest.mark.parametrize("rule", RULES)
@given(
    model=st.sampled_from(MODELS),
    context=st.integers(1, 200_000),
    more=st.integers(0, 100_000),
    concurrency=st.integers(1, 32),
)
@settings(max_examples=30, deadline=None)
def test_need_grows_with_context_and_concurrency(rule, model, context, more, concurrency):
    need = _need(model, rule, context=context, concurrency=concurrency)
    assert need <= _need(model, rule, context=context + more, concurrency=concurrency)
    assert need <= _need(model, rule, context=context, concurrency=concurrency + 1)


@pytest.mark.parametrize("rule", RULES)
@given(model=st.sampled_from(MODELS), context=st.integers(1024, 200_000))
@settings(max_examples=15, deadline=None)
def test_need_grows_with_bits(rule, model, context):
    needs = [_need(model, rule, context=context, kv=kv) for kv in ("q4_0", "q8_0", "f16", "f32")]
    if rule.startswith("exllama"):  # a quantized cache also keeps one layer unpacked
        needs = needs[:2]
    assert needs == sorted(needs)


@pytest.mark.parametrize("rule", RULES)
def test_every_model_of_the_catalogue_has_a_need(rule):
    f16 = CATALOG.storage_types.get("f16")
    run = {"rule": rule, "context": 4096, "key_storage": f16, "value_storage": f16}
    for model in CATALOG.models.all():
        if model.architecture is None:
            continue
        assert kv_cache(model.architecture, **run).total_bytes > 0, model.id
        assert compute_buffer(model.architecture, **run).device_bytes > 0, model.id


@given(budget=st.integers(2**24, 2**36), model=st.sampled_from(MODELS[:4]))
@settings(max_examples=25, deadline=None)
def test_largest_context_fits_and_one_token_more_does_not(budget, model):
    architecture = CATALOG.models.resolve(model).architecture
    f16 = CATALOG.storage_types.get("f16")
    run = {"rule": "llama.cpp", "key_storage": f16, "value_storage": f16}
    limit = 131072
    found = largest_context(architecture, budget_bytes=budget, limit=limit, **run)

    def need(context: int) -> int:
        cache = kv_cache(architecture, context=context, **run)
        return cache.total_bytes + compute_buffer(architecture, context=context, **run).device_bytes

    if found:
        assert need(found) <= budget
    if found < limit:
        assert need(found + 1) > budget


def test_quantized_values_without_flash_attention_are_refused():
    with pytest.raises(UsageError, match="only with flash attention") as error:
        kv_cache(
            CATALOG.models.resolve("llama-3.1-8b").architecture,
            rule="llama.cpp",
            context=4096,
            key_storage=CATALOG.storage_types.get("q8_0"),
            value_storage=CATALOG.storage_types.get("q8_0"),
            flash_attention=False,
        )
    assert "flash attention on" in error.value.hint
