"""How much of the cache and state decoding one token reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.cache.shapes import cache_shapes, row_bytes, state_shapes

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import StorageType


def kv_read_bytes(
    architecture: Architecture,
    *,
    depth: int,
    key_storage: StorageType,
    value_storage: StorageType,
    state_element_bytes: int = 4,
) -> int:
    """Size what one token of one sequence reads with `depth` tokens in its cache.

    Σ over layers of min(depth, window, top-k) × (K row + V row) + the recurrent state. A layer that
    shares an earlier layer's cache reads it again; a DSA indexer reads all its keys to choose.
    """
    total = 0
    for shape in cache_shapes(architecture):
        entries = depth // shape.stride
        for limit in (shape.window, shape.top_k):
            if limit:
                entries = min(entries, limit)
        row = row_bytes(key_storage, shape.key_width) + row_bytes(value_storage, shape.value_width)
        total += shape.layers * entries * row
    for state in state_shapes(architecture):
        total += state.layers * state.state.elements * state_element_bytes
    return total
