"""llama.cpp's KV cache: cells padded to 256, a short cache for windowed layers, f32 state.

n_ctx = context rounded up to 256; unified: one stream of n_ctx cells; otherwise one stream a
sequence of n_ctx / sequences cells, rounded up to 256. Windowed layers hold
min(cells, window × (sequences if unified else 1) + micro-batch) cells, rounded up to 256.
A layer's keys take streams × cells × row bytes, its values likewise; MLA stores the latent once.

Source: llama.cpp v0.5.0, src/llama-context.cpp, src/llama-kv-cache.cpp, llama-kv-cache-iswa.cpp,
llama-memory-recurrent.cpp. https://github.com/ggml-org/llama.cpp/tree/master/src
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.errors import UsageError
from fitcheck.estimator.cache.shapes import cache_shapes, row_bytes, state_shapes
from fitcheck.estimator.runtimes.llama_cpp.quirks import quirks_of
from fitcheck.records.kv_cache import KvCache, KvGroup
from fitcheck.units import round_up

if TYPE_CHECKING:
    from fitcheck.estimator.cache.shapes import CacheShape
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import StorageType

CELL_PADDING = 256
_CUDA_ROW_PADDING = 512  # ggml-cuda: MATRIX_ROW_PADDING, for quantized tensors
_CUDA_ALIGNMENT = 128
_F32_BYTES = 4
_PADDING_BACKENDS = ("cuda", "rocm")  # both are built from ggml-cuda


def cells_per_stream(context: int, *, sequences: int, unified: bool) -> int:
    """Count the cells of one stream; `context` is all sequences' tokens together (`-c`)."""
    padded = round_up(context, CELL_PADDING)
    return padded if unified else round_up(padded // sequences, CELL_PADDING)


def window_cells(cells: int, window: int, *, sequences: int, unified: bool, ubatch: int) -> int:
    """Count the cells of one stream of a windowed layer."""
    wanted = window * (sequences if unified else 1) + ubatch
    return round_up(min(cells, wanted), CELL_PADDING)


def uses_windows(architecture: Architecture) -> bool:
    """Tell whether llama.cpp shortens the caches of this architecture's windowed layers."""
    return quirks_of(architecture.gguf).windowed


def llama_cpp_kv_cache(
    architecture: Architecture,
    *,
    context: int,
    sequences: int,
    key_storage: StorageType,
    value_storage: StorageType,
    unified: bool = False,
    ubatch: int = 512,
    flash_attention: bool = True,
    swa_full: bool = False,
    backend: str = "cuda",
    draft_tokens: int = 0,
    latent: bool = True,
) -> KvCache:
    """Size the buffers llama.cpp reserves; `context` is all sequences' together, as `-c` is.

    With `draft_tokens` (multi-token prediction) the prediction layers' cache is added, and every
    state is kept 1 + draft_tokens times, to roll back to. `latent` as in `cache_shapes`. Raises
    UsageError where the values are quantized without flash attention.
    """
    flash_attention = flash_attention and quirks_of(architecture.gguf).flash_attention
    check_value_format(value_storage, flash_attention=flash_attention)
    cells = cells_per_stream(context, sequences=sequences, unified=unified)
    streams = 1 if unified else sequences
    ubatch = min(ubatch, cells * streams)
    windows = uses_windows(architecture) and not swa_full
    padded = backend in _PADDING_BACKENDS
    shapes = cache_shapes(architecture, mtp=draft_tokens > 0, latent=latent)
    # Without flash attention values are stored transposed, as wide as the widest layer's.
    widest = 0 if flash_attention else max((s.value_width for s in shapes), default=0)
    groups = []
    for shape in shapes:
        if shape.shared:
            continue
        rows = -(-cells // shape.stride)
        if shape.window and windows:
            rows = window_cells(
                rows, shape.window, sequences=sequences, unified=unified, ubatch=ubatch
            )
        groups.append(
            _group(
                shape,
                rows,
                streams,
                (key_storage, value_storage),
                widest_value=widest,
                padded=padded,
            )
        )
    if widest and not state_shapes(architecture):
        groups += _without_attention(architecture, streams, cells, row_bytes(value_storage, widest))
    kv_bytes = sum(group.group_bytes for group in groups)
    states = [
        KvGroup(
            label=shape.label,
            layers=shape.layers,
            block=shape.block,
            streams=sequences,
            cells=1 + draft_tokens,
            key_row_bytes=shape.state.elements * _F32_BYTES,
            value_row_bytes=0,
            state=True,
        )
        for shape in state_shapes(architecture)
    ]
    state_bytes = sum(group.group_bytes for group in states)
    return KvCache(kv_bytes=kv_bytes, state_bytes=state_bytes, groups=(*groups, *states))


def _without_attention(
    architecture: Architecture, streams: int, cells: int, value_row_bytes: int
) -> list[KvGroup]:
    """Return what layers that search left without attention keep of transposed values (Deci)."""
    bare = sum(not architecture.blocks[index].mixers for index in architecture.layout)
    if not bare:
        return []
    return [
        KvGroup(
            label="without attention",
            layers=bare,
            streams=streams,
            cells=cells,
            key_row_bytes=0,
            value_row_bytes=value_row_bytes,
        )
    ]


def check_value_format(storage: StorageType, *, flash_attention: bool) -> None:
    """Refuse quantized values without flash attention, as llama.cpp does."""
    if storage.block_elements > 1 and not flash_attention:
        raise UsageError(
            f"llama.cpp stores values in {storage.name} only with flash attention",
            "leave flash attention on, or keep the values in f16",
        )


def _group(
    shape: CacheShape,
    cells: int,
    streams: int,
    storages: tuple[StorageType, StorageType],
    *,
    widest_value: int,
    padded: bool,
) -> KvGroup:
    key_storage, value_storage = storages
    value_width = max(shape.value_width, widest_value) if shape.value_width else 0
    padding = 0
    for storage, width in ((key_storage, shape.key_width), (value_storage, value_width)):
        padding += _padding_bytes(storage, width, streams * cells, padded=padded)
    return KvGroup(
        label=shape.label,
        layers=shape.layers,
        block=shape.block,
        streams=streams,
        cells=cells,
        key_row_bytes=row_bytes(key_storage, shape.key_width),
        value_row_bytes=row_bytes(value_storage, value_width),
        padding_bytes=padding,
    )


def _padding_bytes(storage: StorageType, width: int, rows: int, *, padded: bool) -> int:
    """Size what CUDA adds to one tensor: a quantized last row filled up, then the alignment."""
    if not padded or not width:
        return 0
    size = rows * row_bytes(storage, width)
    short = width % _CUDA_ROW_PADDING
    extra = 0
    if short and storage.block_elements > 1:
        extra = row_bytes(storage, _CUDA_ROW_PADDING - short)
    return round_up(size + extra, _CUDA_ALIGNMENT) - size
