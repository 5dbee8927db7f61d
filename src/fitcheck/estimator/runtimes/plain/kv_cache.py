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
    from fitcheck.estimator.cache.shapes import CacheShape
    from fitcheck.estimator.runtimes.rules import Ask

_F16 = 2
_STATE_BYTES = 4  # recurrences are kept in f32


def plain_kv_cache(
    ask: Ask,
    *,
    step: int = 1,
    windows: bool = True,
    unpacked_layer: bool = False,
    ranks: int = 1,
) -> KvCache:
    """Size a cache of `context` tokens for each sequence; windowed layers stop at theirs.

    `unpacked_layer`: where keys or values are quantized, one layer's are also held in 16 bits for
    the whole context, to work on (ExLlama). `ranks` cards share the KV heads: each holds its part,
    one head at least, and a latent (MLA) whole.
    """
    sequences = ask.settings.concurrency
    held = [
        (_group(shape, ask, step=step, windows=windows), shape)
        for shape in (rank_shape(shape, ranks) for shape in cache_shapes(ask.architecture))
        if not shape.shared
    ]
    groups = [group for group, _ in held]
    quantized = ask.key_storage.block_elements > 1 or ask.value_storage.block_elements > 1
    if unpacked_layer and quantized and held:
        widest, shape = max(held, key=lambda pair: pair[0].cells * pair[0].key_row_bytes)
        groups.append(
            KvGroup(
                label="one layer unpacked to 16 bits",
                layers=1,
                streams=sequences,
                cells=widest.cells,
                key_row_bytes=_F16 * shape.key_width,
                value_row_bytes=_F16 * shape.value_width,
            )
        )
    states = [
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
    return KvCache(
        kv_bytes=sum(group.group_bytes for group in groups),
        state_bytes=sum(group.group_bytes for group in states),
        groups=(*groups, *states),
    )


def _group(shape: CacheShape, ask: Ask, *, step: int, windows: bool) -> KvGroup:
    context = ask.settings.context
    tokens = min(context, shape.window) if shape.window and windows else context
    return KvGroup(
        label=shape.label,
        layers=shape.layers,
        block=shape.block,
        streams=ask.settings.concurrency,
        cells=round_up(-(-tokens // shape.stride), step),
        key_row_bytes=row_bytes(ask.key_storage, shape.key_width),
        value_row_bytes=row_bytes(ask.value_storage, shape.value_width),
    )
