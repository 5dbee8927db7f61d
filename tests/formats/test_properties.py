"""What holds for any shape: no size below the bits, no block across rows, sums of parts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitcheck.catalog import load
from fitcheck.estimator.quantizers import store
from fitcheck.estimator.quantizers.packing import packed_bytes
from fitcheck.estimator.runtimes import rules_of
from fitcheck.estimator.tensors import expand
from fitcheck.estimator.weights import summarize
from fitcheck.records.architecture import Architecture, Block
from fitcheck.records.parts import Attention, FeedForward, MixtureOfExperts

CATALOG = load()
STORAGE = {record.id: record for record in CATALOG.storage_types.all()}
LOADINGS = {rules_of(runtime).loading for runtime in CATALOG.runtimes.all()}
FORMATS = [form for form in CATALOG.formats.all() if form.id != "q1_0"]

architectures = st.builds(
    lambda heads, group, width, size, layers, tied, experts: Architecture(
        gguf="llama",
        hf="llama",
        hidden=heads * group * width,
        vocabulary=1000,
        blocks=(
            Block(
                name="layer",
                mixers=(Attention(heads=heads * group, kv_heads=heads, head_dim=width),),
                feed_forwards=(
                    MixtureOfExperts(experts=experts, active=2, size=size)
                    if experts
                    else FeedForward(size=size),
                ),
            ),
        ),
        layout=(0,) * layers,
        tied=tied,
    ),
    heads=st.integers(1, 8),
    group=st.integers(1, 8),
    width=st.sampled_from([40, 64, 96, 128]),
    size=st.sampled_from([96, 100, 256, 896, 1408, 2880]),
    layers=st.integers(1, 40),
    tied=st.booleans(),
    experts=st.sampled_from([0, 8, 60]),
)


@settings(max_examples=60, deadline=None)
@given(architecture=architectures, form=st.sampled_from(FORMATS), imatrix=st.booleans())
def test_any_shape_in_any_format(architecture, form, imatrix):
    stored = store(architecture, expand(architecture), form, STORAGE, imatrix=imatrix)
    for item in stored:
        storage = STORAGE[item.storage]
        if storage.whole_rows:
            assert item.tensor.shape[0] % storage.block_elements == 0
        if form.rule != "average":
            assert item.stored_bytes * 8 >= item.tensor.elements * storage.bits - 8
    for loading in LOADINGS:
        weights = summarize(architecture, stored, STORAGE, loading=loading)
        assert weights.total_bytes == sum(item.stored_bytes for item in stored)
        assert weights.total_bytes == sum(weights.bytes_by_storage.values())
        assert weights.device_bytes + weights.host_bytes >= weights.total_bytes
        steps = [sum(weights.read_bytes(count).values()) for count in (1, 2, 8, 64)]
        assert steps == sorted(steps)
        assert steps[-1] <= weights.total_bytes


@settings(max_examples=40, deadline=None)
@given(
    row=st.integers(1, 40).map(lambda blocks: blocks * 256),
    rows=st.integers(1, 3000),
    storage=st.sampled_from(list(STORAGE.values())),
)
def test_a_stack_is_as_large_as_its_matrices(row, rows, storage):
    one = packed_bytes((row, rows), storage)
    assert packed_bytes((row, rows, 5), storage) == 5 * one
    assert one >= packed_bytes((row, 1), storage) or rows == 1


@pytest.mark.parametrize("imatrix", [True, False])
def test_presets_in_the_order_of_their_bits(imatrix, sizes):
    order = ["q8_0", "q6_k", "q5_k_m", "q5_k_s", "q4_k_m", "q4_k_s", "q3_k_l", "q3_k_m", "q2_k"]
    for model in ("llama-3.1-8b", "mixtral-8x7b", "llama-3.1-70b"):
        found = [sizes.total(model, key, imatrix=imatrix) for key in order]
        assert found == sorted(found, reverse=True)
