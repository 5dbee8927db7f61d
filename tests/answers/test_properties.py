"""What holds for every question: need grows with what is asked, parts sum, ceilings hold."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fitcheck.answers.query import Query
from fitcheck.answers.runs import Runs
from fitcheck.catalog import load
from fitcheck.errors import UsageError
from fitcheck.estimator.assess import assess
from fitcheck.records.gpu import Device

CATALOG = load()
MODELS = st.sampled_from(CATALOG.models.ids())
FORMATS = st.sampled_from(CATALOG.formats.ids())
GPUS = st.sampled_from(CATALOG.gpus.ids())
CONTEXTS = st.integers(min_value=1, max_value=300_000)
FEW = settings(max_examples=60, deadline=None, derandomize=True)


def run(model: str, format_: str, gpu: str, **asked: object):
    """Assess one combination; what the runtime refuses is no example."""
    runs = Runs(Query(**asked), CATALOG)
    try:
        workload = runs.workload(CATALOG.models.get(model), CATALOG.formats.get(format_))
    except UsageError:
        assume(False)  # noqa: FBT003  # hypothesis' own call
    return assess(workload, runs.target(Device((CATALOG.gpus.get(gpu),)), workload))


@FEW
@given(MODELS, FORMATS, GPUS, CONTEXTS)
def test_the_parts_sum_to_the_need(model: str, format_: str, gpu: str, context: int) -> None:
    memory = run(model, format_, gpu, context=context).memory
    parts = (
        memory.weights_bytes,
        memory.kv_cache_bytes,
        memory.recurrent_state_bytes,
        memory.compute_buffer_bytes,
        memory.runtime_overhead_bytes,
    )
    assert all(part >= 0 for part in parts)
    assert sum(parts) == memory.needed_bytes
    assert memory.free_bytes == memory.usable_bytes - memory.needed_bytes
    assert memory.usable_bytes <= memory.capacity_bytes * 1.001


@FEW
@given(MODELS, FORMATS, CONTEXTS, CONTEXTS)
def test_need_grows_with_context(model: str, format_: str, one: int, other: int) -> None:
    small, large = sorted((one, other))
    less = run(model, format_, "b200-sxm", context=small).memory.needed_bytes
    more = run(model, format_, "b200-sxm", context=large).memory.needed_bytes
    assert less <= more


@FEW
@given(MODELS, FORMATS, st.integers(1, 64), st.integers(1, 64))
def test_need_and_throughput_grow_with_concurrency(
    model: str, format_: str, one: int, other: int
) -> None:
    small, large = sorted((one, other))
    less = run(model, format_, "b200-sxm", concurrency=small)
    more = run(model, format_, "b200-sxm", concurrency=large)
    assert less.memory.needed_bytes <= more.memory.needed_bytes
    if less.decode and more.decode:
        assert less.decode.tokens_per_s_ceiling <= more.decode.tokens_per_s_ceiling * 1.0001


@FEW
@given(MODELS, GPUS, st.sampled_from([("q4_k_m", "q5_k_m"), ("q5_k_m", "q6_k"), ("q6_k", "q8_0")]))
def test_need_grows_with_bits(model: str, gpu: str, pair: tuple[str, str]) -> None:
    less, more = (run(model, format_, gpu) for format_ in pair)
    # A row that no block divides falls back to a larger type; both presets may end at the same.
    assert less.memory.needed_bytes <= more.memory.needed_bytes * 1.001


@FEW
@given(MODELS, FORMATS, GPUS, CONTEXTS)
def test_no_speed_is_above_its_ceiling(model: str, format_: str, gpu: str, context: int) -> None:
    found = run(model, format_, gpu, context=context)
    for decode in (found.decode, found.decode_full_context):
        if decode is not None:
            assert 0 < decode.tokens_per_s_low <= decode.tokens_per_s
            assert decode.tokens_per_s <= decode.tokens_per_s_high
            assert decode.tokens_per_s_high <= decode.tokens_per_s_ceiling * (1 + 1e-9)


@pytest.mark.parametrize("gpu", ["rtx-4090", "apple-m3-max-40c", "b200-sxm"])
@pytest.mark.parametrize("ram", [16, 64, 512])
def test_offload_keeps_within_both_memories(gpu: str, ram: int) -> None:
    found = run("llama-3.1-405b", "q4_k_m", gpu, ram_bytes=ram * 2**30)
    if found.verdict == "offload":
        assert found.memory.free_bytes >= 0
        assert found.memory.weights_host_bytes <= ram * 2**30
