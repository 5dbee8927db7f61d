"""A KV cache of exactly the tokens it holds, in steps of the runtime's own: the common rule.

bytes = sequences × Σ over layers (round_up(min(context, window), step) × (K row + V row)).
Transformers grows by one token (step 1), MLX by 256, ExLlama reserves whole pages of 256.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.cache.shapes import cache_shapes, row_bytes, state_shapes
from fitcheck.records.kv_cache import KvCache, KvGroup
from fitcheck.units import round_up

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import StorageType


_F16 = 2


def plain_kv_cache(
    architecture: Architecture,
    *,
    context: int,
    sequences: int,
    key_storage: StorageType,
    value_storage: StorageType,
    step: int = 1,
    windows: bool = True,
    state_element_bytes: int = 4,
    unpacked_layer: bool = False,
) -> KvCache:
    """Size a cache of `context` tokens for each of `sequences`; windowed layers stop at theirs.

    `unpacked_layer`: where keys or values are quantized, one layer's are also held in 16 bits for
    the whole context, to work on (ExLlama).
    """
    groups = []
    for shape in cache_shapes(architecture):
        if shape.shared:
            continue
        tokens = min(context, shape.window) if shape.window and windows else context
        groups.append(
            KvGroup(
                label=shape.label,
                layers=shape.layers,
                streams=sequences,
                cells=round_up(-(-tokens // shape.stride), step),
                key_row_bytes=row_bytes(key_storage, shape.key_width),
                value_row_bytes=row_bytes(value_storage, shape.value_width),
            )
        )
    quantized = key_storage.block_elements > 1 or value_storage.block_elements > 1
    if unpacked_layer and quantized and groups:
        widest = max(groups, key=lambda group: group.cells * group.key_row_bytes)
        shape = next(s for s in cache_shapes(architecture) if s.label == widest.label)
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
            streams=sequences,
            cells=1,
            key_row_bytes=shape.state.elements * state_element_bytes,
            value_row_bytes=0,
            state=True,
        )
        for shape in state_shapes(architecture)
    ]
    return KvCache(
        kv_bytes=sum(group.group_bytes for group in groups),
        state_bytes=sum(group.group_bytes for group in states),
        groups=(*groups, *states),
    )
