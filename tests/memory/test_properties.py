"""What holds for every model, runtime and setting: more context never needs less."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitcheck.catalog import load
from fitcheck.errors import UsageError

CATALOG = load()
MODELS = ["llama-3.1-8b", "gemma-3-27b", "deepseek-v3", "qwen3.5-27b", "mamba-2.8b", "lfm2-1.2b"]
RUNTIMES = CATALOG.runtimes.ids()


def _need(held, model: str, runtime: str, **asked: object) -> int:
    cache = held.cache(model, runtime=runtime, **asked)
    assert cache.kv_bytes + cache.state_bytes == sum(g.group_bytes for g in cache.groups)
    return cache.total_bytes


@pytest.mark.parametrize("runtime", RUNTIMES)
@given(
    model=st.sampled_from(MODELS),
    context=st.integers(1, 200_000),
    more=st.integers(0, 100_000),
    concurrency=st.integers(1, 32),
)
@settings(max_examples=30, deadline=None)
def test_need_grows_with_context_and_concurrency(  # noqa: PLR0917  # pytest and hypothesis pass them by name
    held, runtime, model, context, more, concurrency
):
    need = _need(held, model, runtime, context=context, concurrency=concurrency)
    assert need <= _need(held, model, runtime, context=context + more, concurrency=concurrency)
    assert need <= _need(held, model, runtime, context=context, concurrency=concurrency + 1)


@pytest.mark.parametrize("runtime", RUNTIMES)
@given(model=st.sampled_from(MODELS), context=st.integers(1024, 200_000))
@settings(max_examples=15, deadline=None)
def test_need_grows_with_bits(held, runtime, model, context):
    kinds = ("q4_0", "q8_0", "f16", "f32")
    needs = [_need(held, model, runtime, context=context, kv=kv) for kv in kinds]
    if runtime.startswith("exllama"):  # a quantized cache also keeps one layer unpacked
        needs = needs[:2]
    assert needs == sorted(needs)


@pytest.mark.parametrize("runtime", RUNTIMES)
@given(model=st.sampled_from(MODELS), context=st.integers(1, 200_000))
@settings(max_examples=15, deadline=None)
def test_a_rank_never_holds_more_than_a_card_alone(held, runtime, model, context):
    one, *more = [_need(held, model, runtime, context=context, ranks=n) for n in (1, 2, 4, 8)]
    assert all(need <= one for need in more)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_every_model_of_the_catalogue_has_a_need(held, runtime):
    for model in CATALOG.models.all():
        if model.architecture is None:
            continue
        assert held.cache(model.id, runtime=runtime, context=4096).total_bytes > 0, model.id
        assert held.buffer(model.id, runtime=runtime, context=4096).device_bytes > 0, model.id


def test_quantized_values_without_flash_attention_are_refused(held):
    with pytest.raises(UsageError, match="only with flash attention") as error:
        held.cache("llama-3.1-8b", context=4096, kv="q8_0", flash_attention=False)
    assert "flash attention on" in error.value.hint
