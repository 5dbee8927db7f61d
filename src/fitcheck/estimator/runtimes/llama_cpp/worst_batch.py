"""The micro-batch llama.cpp reserves its buffers for: as large as any it will meet.

Source: llama_context::sched_reserve in src/llama-context.cpp of v0.5.0,
https://github.com/ggml-org/llama.cpp/blob/master/src/llama-context.cpp
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.cache.shapes import cache_shapes
from fitcheck.estimator.runtimes.llama_cpp.batch import Batch
from fitcheck.estimator.runtimes.llama_cpp.graph import Graph
from fitcheck.estimator.runtimes.llama_cpp.kv_cache import (
    cells_per_stream,
    uses_windows,
    window_cells,
)
from fitcheck.estimator.runtimes.llama_cpp.quirks import quirks_of
from fitcheck.records.parts import Attention, LatentAttention
from fitcheck.units import round_up

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import StorageType

_CUDA_BACKENDS = ("cuda", "rocm")  # ROCm is built from the same source


def worst_batch(
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
    outputs: int = 0,
    backend: str = "cuda",
) -> Batch:
    """Describe the micro-batch llama.cpp reserves for; arguments as of the compute buffer."""
    quirks = quirks_of(architecture.gguf)
    flash_attention = flash_attention and quirks.flash_attention
    cells = cells_per_stream(context, sequences=sequences, unified=unified)
    streams = 1 if unified else sequences
    tokens = round_up(min(ubatch, cells * streams), sequences)
    outputs = min(outputs or sequences, tokens)
    shapes = cache_shapes(architecture)
    windows = {}
    if uses_windows(architecture):
        for shape in shapes:
            if shape.window:
                windows[shape.window] = (
                    cells
                    if swa_full
                    else window_cells(
                        cells, shape.window, sequences=sequences, unified=unified, ubatch=ubatch
                    )
                )
    cuda = backend in _CUDA_BACKENDS
    return Batch(
        graph=Graph(),
        tokens=tokens,
        outputs=outputs,
        sequences=sequences,
        streams=streams,
        cells=cells,
        window_cells=windows,
        flash_attention=flash_attention,
        key_copied=cuda and key_storage.block_elements > 1,
        value_copied=cuda and value_storage.block_elements > 1,
        key_rotated=key_storage.block_elements > 1,
        value_rotated=value_storage.block_elements > 1,
        fused=cuda,
        widest_value=max((shape.value_width for shape in shapes), default=0),
        rotatable=_rotatable(architecture, windows),
        quirks=quirks,
        positions=0 if architecture.layers == quirks.unrotated_layers else quirks.positions,
        windowed=bool(windows),
    )


def _rotatable(architecture: Architecture, windows: dict[int, int]) -> frozenset[int]:
    """Return the windows (0: full attention) whose cache holds heads of one width only."""
    widths: dict[int, set[tuple[int, int]]] = {}
    for block in architecture.blocks:
        for mixer in block.mixers:
            if isinstance(mixer, LatentAttention) and not mixer.absorbed:
                widths.setdefault(0, set()).add((mixer.nope_dim + mixer.rope_dim, mixer.value_dim))
            elif isinstance(mixer, Attention):
                window = mixer.window if mixer.window in windows else 0
                widths.setdefault(window, set()).add((mixer.head_dim, mixer.value_dim))
    return frozenset([window for window, found in widths.items() if len(found) == 1])
