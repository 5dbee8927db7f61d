"""vLLM's KV pool: blocks of one size for every layer, groups of layers that share a block table.

Layers alike form a group; where kinds differ, each kind is cut into groups as large as the smallest
kind (the largest, where it is less than half larger), padded with layers that hold nothing. One
block of the pool is one page in each layer of a group. A sequence takes, in each group,

    full attention  ⌈context ÷ block⌉
    window          ⌈min(window − 1 + batched tokens, context) ÷ block⌉ + 1
    state           2 (one in use, one being written)

blocks. A block is 16 tokens; a hybrid's is enlarged until a page of attention holds a state. MLA
is not divided between cards, each of which keeps the whole latent.

Source: vLLM, v1/core/kv_cache_utils.py, v1/kv_cache_interface.py, model_executor/layers/mamba,
https://github.com/vllm-project/vllm/blob/main/vllm/v1/core/kv_cache_utils.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.cache.shapes import cache_shapes, rank_shape, row_bytes, state_shapes
from fitcheck.records.kv_cache import KvCache, KvGroup
from fitcheck.records.record import record
from fitcheck.units import round_up

if TYPE_CHECKING:
    from fitcheck.estimator.cache.shapes import CacheShape
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import StorageType

_STATE_BLOCKS = 2
_LARGER_GROUPS = 1.5  # one group size for all kinds where they differ by less than this
_STATE_BYTES = 4  # recurrences are kept in f32, convolutions in the model's 16 bits
_CONVOLUTION_BYTES = 2
# A sparse-attention (DSA) cache in FP8: 512 + 16 of scales + 128 of 16-bit positions; its indexer's
# 128 + 4 of scale. vllm/v1/attention/backends/mla
_SPARSE_FP8_LATENT_BYTES = 656
_SPARSE_FP8_SCALE_BYTES = 4


@record(eq=True, kw_only=False)
class _Kind:
    """Layers that are alike: pages of `page_bytes`, `block` tokens each (0: a state)."""

    label: str
    layers: int
    page_bytes: int
    block: int
    window: int = 0

    def blocks(self, context: int, batched_tokens: int) -> int:
        """Count the blocks one sequence takes in one group of these layers."""
        if not self.block:
            return _STATE_BLOCKS
        if self.window:
            held = min(self.window - 1 + batched_tokens, context)
            return -(-held // self.block) + 1
        return -(-context // self.block)


def vllm_kv_cache(
    architecture: Architecture,
    *,
    context: int,
    sequences: int,
    key_storage: StorageType,
    value_storage: StorageType,
    tensor_parallel: int = 1,
    batched_tokens: int = 2048,
    block_tokens: int = 16,
    draft_layers: int = 0,
) -> KvCache:
    """Size, on each card, the blocks that `sequences` of `context` tokens fill."""
    kinds = _kinds(
        architecture,
        key_storage,
        value_storage,
        tensor_parallel,
        block_tokens=block_tokens,
        draft_layers=draft_layers,
    )
    if not kinds:
        return KvCache(kv_bytes=0, state_bytes=0)
    size = _group_size(kinds)
    groups = [
        KvGroup(
            label=kind.label,
            layers=size * -(-kind.layers // size) if size else kind.layers,
            streams=sequences,
            cells=kind.blocks(context, batched_tokens),
            key_row_bytes=kind.page_bytes,
            value_row_bytes=0,
            state=not kind.block,
        )
        for kind in kinds
    ]
    return KvCache(
        kv_bytes=sum(group.group_bytes for group in groups if not group.state),
        state_bytes=sum(group.group_bytes for group in groups if group.state),
        groups=tuple(groups),
    )


def _kinds(
    architecture: Architecture,
    key_storage: StorageType,
    value_storage: StorageType,
    tensor_parallel: int,
    *,
    block_tokens: int,
    draft_layers: int,
) -> list[_Kind]:
    sizes: list[tuple[CacheShape, int]] = []
    for shape in cache_shapes(architecture):
        token = _token_bytes(shape, key_storage, value_storage, tensor_parallel)
        if token and not shape.shared:
            sizes.append((shape, token))
    states = [
        (shape, _state_page_bytes(shape.state.convolution, shape.state.recurrence, tensor_parallel))
        for shape in state_shapes(architecture)
    ]
    if not sizes:
        return [_Kind(shape.label, shape.layers, page, 0) for shape, page in states]
    widest = max(token for _, token in sizes)
    block = block_tokens
    if states:
        block = round_up(-(-max(page for _, page in states) // widest), block_tokens)
    mixed = bool(states) or len({shape.window for shape, _ in sizes}) > 1
    kinds: list[_Kind] = []
    for position, (shape, token) in enumerate(sizes):
        # Kinds that are mixed have pages of one size: narrower layers get more tokens a page.
        tokens = block * widest // token if mixed else block
        tokens *= shape.stride
        page = block * widest if mixed else block * token
        layers = shape.layers + (draft_layers if not position else 0)
        kinds.append(_Kind(shape.label, layers, page, tokens, shape.window))
    kinds += [_Kind(shape.label, shape.layers, block * widest, 0) for shape, _ in states]
    return kinds


def _group_size(kinds: list[_Kind]) -> int:
    """Give how many layers a group has; 0 where all layers form one group."""
    tables = {(kind.window, bool(kind.block)) for kind in kinds}
    if len(tables) == 1:
        return 0
    counts = [
        sum(kind.layers for kind in kinds if (kind.window, bool(kind.block)) == table)
        for table in tables
    ]
    most, least = max(counts), min(counts)
    return most if most < _LARGER_GROUPS * least else least


def _token_bytes(
    shape: CacheShape, key_storage: StorageType, value_storage: StorageType, tensor_parallel: int
) -> int:
    if shape.latent:
        quantized = key_storage.bits <= 8
        if shape.top_k and quantized:
            return _SPARSE_FP8_LATENT_BYTES
        if shape.label.startswith("indexer"):
            return shape.key_width + _SPARSE_FP8_SCALE_BYTES
        return row_bytes(key_storage, shape.key_width)
    own = rank_shape(shape, tensor_parallel)
    return row_bytes(key_storage, own.key_width) + row_bytes(value_storage, own.value_width)


def _state_page_bytes(convolution: int, recurrence: int, tensor_parallel: int) -> int:
    return (convolution * _CONVOLUTION_BYTES + recurrence * _STATE_BYTES) // tensor_parallel
