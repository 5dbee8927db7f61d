"""llama.cpp's compute buffer: the widest point of a layer, the logits, or attention's scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimate.kv_cache.llama_cpp import cells_per_stream, uses_windows, window_cells
from fitcheck.estimate.kv_cache.shapes import cache_shapes
from fitcheck.records.buffers import ComputeBuffer
from fitcheck.records.parts import (
    Attention,
    FeedForward,
    GatedDeltaNet,
    LatentAttention,
    Mamba1,
    Mamba2,
    MixtureOfExperts,
)

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture, Block
    from fitcheck.records.format import StorageType

_FLOAT = 4


def llama_cpp_compute_buffer(
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
) -> ComputeBuffer:
    """Size the buffer of activations with all layers on one card (formulas of memory.md)."""
    cells = cells_per_stream(context, sequences=sequences, unified=unified)
    streams = 1 if unified else sequences
    ubatch = min(ubatch, cells * streams)
    outputs = min(outputs or sequences, ubatch)
    hidden, vocabulary = architecture.hidden, architecture.vocabulary
    shapes = cache_shapes(architecture)
    masked = 0
    windows = {s.window for s in shapes if uses_windows(architecture)}
    for window in sorted(windows or {0}):
        rows = cells
        if window and not swa_full:
            rows = window_cells(cells, window, sequences=sequences, unified=unified, ubatch=ubatch)
        masked += rows
    if not shapes:
        masked = 0
    mask = masked * (2 if flash_attention else 4)
    peak = max(_layer_floats(block, hidden) for block in architecture.blocks)
    layer = ubatch * (_FLOAT * peak + mask)
    logits = _FLOAT * outputs * (vocabulary + hidden)
    candidates = {"layer": layer, "logits": logits}
    queries, keys, heads = _attention_widths(architecture)
    quantized = key_storage.block_elements > 1 or value_storage.block_elements > 1
    if flash_attention and quantized and shapes:
        copies = max(2 * streams * cells * (s.key_width + s.value_width) for s in shapes)
        candidates["attention"] = ubatch * (_FLOAT * 2 * (hidden + queries) + mask) + copies
    if not flash_attention and heads:
        scores = (heads + 1) * cells + 2 * queries + 2 * keys + 2 * hidden
        candidates["attention"] = _FLOAT * ubatch * scores
    bound = max(candidates, key=lambda name: candidates[name])
    host = ubatch * (8 * hidden + mask) + _FLOAT * sequences * vocabulary
    return ComputeBuffer(device_bytes=candidates[bound], host_bytes=host, bound_by=bound)


def _attention_widths(architecture: Architecture) -> tuple[int, int, int]:
    queries = keys = heads = 0
    for block in architecture.blocks:
        for mixer in block.mixers:
            if isinstance(mixer, Attention):
                queries = max(queries, mixer.heads * mixer.head_dim)
                keys = max(keys, mixer.kv_heads * mixer.head_dim)
                heads = max(heads, mixer.heads)
            elif isinstance(mixer, LatentAttention):
                queries = max(queries, mixer.heads * (mixer.kv_rank + mixer.rope_dim))
                keys = max(keys, mixer.kv_rank + mixer.rope_dim)
                heads = max(heads, mixer.heads)
    return queries, keys, heads


def _layer_floats(block: Block, hidden: int) -> int:
    """Count the floats a token holds at the widest point of a layer."""
    queries = 0
    floats = 0
    for mixer in block.mixers:
        match mixer:
            case Attention():
                queries = max(queries, mixer.heads * mixer.head_dim)
            case LatentAttention():
                latent = mixer.kv_rank + mixer.rope_dim
                width = mixer.nope_dim + mixer.rope_dim + latent + mixer.kv_rank + mixer.value_dim
                floats = max(floats, 2 * hidden + mixer.heads * width)
                queries = max(queries, mixer.heads * (mixer.nope_dim + mixer.rope_dim))
            case GatedDeltaNet():
                values = mixer.value_heads * mixer.value_dim
                keys = mixer.key_heads * mixer.key_dim
                floats = max(floats, 2 * hidden + 6 * values + 8 * keys)
            case Mamba1() | Mamba2():
                floats = max(floats, 2 * hidden + 10 * mixer.inner)
            case _:
                pass
    for part in block.feed_forwards:
        match part:
            case FeedForward():
                wide = 3 if part.gated else 2
                fused = 0 if part.fused else queries
                floats = max(floats, wide * part.size + 2 * hidden + fused)
            case MixtureOfExperts():
                routed = 3 * part.active * part.size + 2 * hidden + queries
                summed = part.active * (2 * hidden + part.size) + 2 * hidden
                floats = max(floats, routed, summed)
    return floats
