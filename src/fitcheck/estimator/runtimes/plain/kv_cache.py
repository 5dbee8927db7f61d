"""A KV cache of exactly the tokens it holds, in steps of the runtime's own: the common rule.

bytes = sequences × Σ over layers (round_up(min(context, window), step) × (K row + V row)).
Transformers grows by one token (step 1), MLX by 256, ExLlama reserves whole pages of 256.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.cache.shapes import cache_shapes, rank_shape, row_bytes, state_shapes
from fitcheck.records.kv_cache import KvCache, KvGroup
from fitcheck.units import round_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.estimator.cache.shapes import CacheShape
    from fitcheck.estimator.runtimes.rules import Ask

_STATE_BYTES = 4  # recurrences are kept in f32


def plain_kv_cache(ask: Ask, *, step: int = 1, windows: bool = True, ranks: int = 1) -> KvCache:
    """Size a cache of `context` tokens for each sequence; windowed layers stop at theirs.

    `windows` false: they hold the whole context too. `ranks` cards share the KV heads: each holds
    its part, one head at least, and a latent (MLA) whole.
    """
    context, sequences = ask.settings.context, ask.settings.concurrency
    groups = []
    for shape in (rank_shape(shape, ranks) for shape in cache_shapes(ask.architecture)):
        if shape.shared:
            continue
        tokens = min(context, shape.window) if shape.window and windows else context
        groups.append(layer_group(ask, shape, tokens=tokens, step=step, sequences=sequences))
    return kv_cache_of(groups, state_groups(ask, sequences=sequences, ranks=ranks))


def layer_group(ask: Ask, shape: CacheShape, *, tokens: int, step: int, sequences: int) -> KvGroup:
    """Size the layers of one shape: `tokens` for each sequence, a whole number of steps."""
    return KvGroup(
        label=shape.label,
        layers=shape.layers,
        block=shape.block,
        streams=sequences,
        cells=round_up(-(-tokens // shape.stride), step),
        key_row_bytes=row_bytes(ask.key_storage, shape.key_width),
        value_row_bytes=row_bytes(ask.value_storage, shape.value_width),
    )


def state_groups(ask: Ask, *, sequences: int, ranks: int = 1) -> list[KvGroup]:
    """Size the recurrent states of so many sequences, in f32."""
    return [
        KvGroup(
            label=shape.label,
            layers=shape.layers,
            block=shape.block,
            streams=sequences,
            cells=1,
            key_row_bytes=shape.state.elements * _STATE_BYTES // ranks,
            value_row_bytes=0,
            state=True,
        )
        for shape in state_shapes(ask.architecture)
    ]


def kv_cache_of(groups: Sequence[KvGroup], states: Sequence[KvGroup]) -> KvCache:
    """Sum the layers' groups and the states."""
    return KvCache(
        kv_bytes=sum(group.group_bytes for group in groups),
        state_bytes=sum(group.group_bytes for group in states),
        groups=(*groups, *states),
    )
