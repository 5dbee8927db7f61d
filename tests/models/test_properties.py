"""What holds for any architecture put together from the parts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fitcheck.estimator.parameters import (
    active_parameters,
    parameters_by_part,
    read_parameters,
    total_parameters,
)
from fitcheck.estimator.tensors import expand
from fitcheck.records.architecture import Architecture, Block
from fitcheck.records.parts import (
    Attention,
    FeedForward,
    LatentAttention,
    Mamba2,
    MixtureOfExperts,
)

small = st.integers(1, 8)
attention = st.builds(
    Attention,
    heads=st.just(8),
    kv_heads=st.sampled_from([1, 2, 4, 8]),
    head_dim=st.sampled_from([16, 32]),
    bias=st.sampled_from(["", "qkv", "qkvo"]),
    qk_norm=st.sampled_from(["", "head", "full", "per_head"]),
    gate=st.sampled_from(["", "fused", "head", "full"]),
    fused_qkv=st.booleans(),
    window=st.sampled_from([0, 128]),
)
latent = st.builds(
    LatentAttention,
    heads=small,
    kv_rank=st.just(64),
    nope_dim=st.just(32),
    value_dim=st.just(16),
    rope_dim=st.just(16),
    q_rank=st.sampled_from([0, 48]),
    absorbed=st.booleans(),
)
mamba = st.builds(
    Mamba2,
    inner=st.just(128),
    state=st.just(16),
    conv=st.just(4),
    heads=st.just(4),
    groups=st.sampled_from([1, 2]),
)
dense = st.builds(FeedForward, size=st.sampled_from([64, 96]), gated=st.booleans())
experts = st.builds(
    MixtureOfExperts,
    experts=st.just(8),
    active=small,
    size=st.just(32),
    shared_size=st.sampled_from([0, 32]),
    fused=st.booleans(),
)
block = st.builds(
    Block,
    name=st.just("layer"),
    mixers=st.tuples(st.one_of(attention, latent, mamba)),
    feed_forwards=st.tuples(st.one_of(dense, experts)),
)
architecture = st.builds(
    Architecture,
    gguf=st.just("llama"),
    hf=st.just("llama"),
    hidden=st.just(64),
    vocabulary=st.just(100),
    blocks=st.tuples(block),
    layout=st.integers(1, 4).map(lambda layers: (0,) * layers),
    tied=st.booleans(),
    norm_bias=st.booleans(),
)


@given(architecture)
@settings(max_examples=60, deadline=None)
def test_parts_sum_and_less_works_than_there_is(made: Architecture) -> None:
    tensors = expand(made)
    total = total_parameters(tensors)
    assert sum(parameters_by_part(tensors).values()) == total
    assert read_parameters(made, tensors) <= active_parameters(made, tensors) <= total


@given(architecture)
@settings(max_examples=60, deadline=None)
def test_layers_add_up(made: Architecture) -> None:
    one = total_parameters(expand(made))
    longer = Architecture(
        gguf=made.gguf,
        hf=made.hf,
        hidden=made.hidden,
        vocabulary=made.vocabulary,
        blocks=made.blocks,
        layout=made.layout * 2,
        tied=made.tied,
        norm_bias=made.norm_bias,
    )
    outside = sum(t.elements for t in expand(made) if not t.layers)
    assert total_parameters(expand(longer)) == 2 * one - outside


@given(architecture)
@settings(max_examples=60, deadline=None)
def test_a_tied_head_costs_nothing(made: Architecture) -> None:
    tables = [t for t in expand(made) if t.kind in ("embedding", "output")]
    assert len(tables) == (1 if made.tied else 2)
