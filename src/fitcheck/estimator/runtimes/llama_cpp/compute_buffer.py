"""llama.cpp's compute buffer: its graph of operations for the worst micro-batch, laid out.

The graph is built from the architecture's layers as llama.cpp builds it, and allocated by the rules
of its allocator (`graph.py`). Layers that repeat are built twice, which is enough: a third copy
finds the buffer as the second left it.

Source: llama_context::sched_reserve in src/llama-context.cpp, src/models/*.cpp of v0.5.0,
https://github.com/ggml-org/llama.cpp/tree/master/src
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.cache.shapes import cache_shapes
from fitcheck.estimator.runtimes.llama_cpp.attention import norm
from fitcheck.estimator.runtimes.llama_cpp.batch import F32, INDEX, Batch
from fitcheck.estimator.runtimes.llama_cpp.gemma4 import take_layer_inputs
from fitcheck.estimator.runtimes.llama_cpp.graph import Graph
from fitcheck.estimator.runtimes.llama_cpp.kv_cache import (
    cells_per_stream,
    uses_windows,
    window_cells,
)
from fitcheck.estimator.runtimes.llama_cpp.layer import layer, pick_outputs
from fitcheck.estimator.runtimes.llama_cpp.layout import peak_bytes
from fitcheck.estimator.runtimes.llama_cpp.quirks import quirks_of
from fitcheck.estimator.runtimes.llama_cpp.rwkv import rwkv7_layer
from fitcheck.records.buffers import ComputeBuffer
from fitcheck.records.parts import Attention, FeedForward, LatentAttention, Rwkv7
from fitcheck.units import round_up

if TYPE_CHECKING:
    from fitcheck.estimator.cache.shapes import CacheShape
    from fitcheck.estimator.runtimes.llama_cpp.graph import Node, Operand
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import StorageType

_EMBEDDING_NORM = "token_embd_norm.weight"
_CUDA_BACKENDS = ("cuda", "rocm")  # ROCm is built from the same source


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
    backend: str = "cuda",
) -> ComputeBuffer:
    """Size the buffer on the card with all layers on it, and the host's.

    `context` is all sequences' together; `outputs` is how many tokens' logits a micro-batch keeps
    (0: one a sequence, as llama-server does).
    """
    batch = worst_batch(
        architecture,
        context=context,
        sequences=sequences,
        key_storage=key_storage,
        value_storage=value_storage,
        unified=unified,
        ubatch=ubatch,
        flash_attention=flash_attention,
        swa_full=swa_full,
        outputs=outputs,
        backend=backend,
    )
    tokens = batch.tokens
    shapes = cache_shapes(architecture)
    built, order = representative(architecture, architecture.layout)
    embeddings = build_graph(architecture, batch, [architecture.layout[i] for i in built])
    host = _host_bytes(architecture, batch, ubatch=tokens)
    if backend == "cpu":
        unread = (F32 * tokens, F32 * tokens * architecture.hidden)  # word ids, given embeddings
        peak = peak_bytes(batch.graph, order, unused=unread, computed=embeddings)
    else:
        peak = peak_bytes(batch.graph, order)
    bound = _bound_by(architecture, batch, shapes, peak, all_tokens=tokens)
    return ComputeBuffer(device_bytes=peak, host_bytes=host, bound_by=bound)


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
        choice_shared=_shares_choices(architecture),
        quirks=quirks,
        positions=0 if architecture.layers == quirks.unrotated_layers else quirks.positions,
        norm_bias=architecture.norm_bias,
        windowed=bool(windows),
    )


def _bound_by(
    architecture: Architecture,
    batch: Batch,
    shapes: list[CacheShape],
    peak: int,
    *,
    all_tokens: int,
) -> str:
    """Name what fills most of the buffer at its fullest."""
    if 2 * F32 * batch.outputs * words(architecture) > peak:
        return "logits"
    if shapes and not batch.flash_attention:
        heads = max(
            (mixer.heads for block in architecture.blocks for mixer in block.mixers
             if isinstance(mixer, Attention | LatentAttention)),
            default=0,
        )  # fmt: skip
        if 2 * F32 * heads * batch.cells * all_tokens > peak:
            return "attention scores"
    return "activations of one layer"


def build_graph(
    architecture: Architecture,
    batch: Batch,
    layers: list[int],
    *,
    opening: bool = True,
    closing: bool = True,
) -> Node:
    """Add the operations of `layers`, and the logits if `closing`; give the embeddings.

    Without `opening` the card before has left the last sum with its residual to this one.
    """
    graph, hidden = batch.graph, architecture.hidden
    embeddings = batch.input("embeddings", batch.floats(hidden))
    stream = embeddings
    if not opening:
        residual = batch.input("residual", batch.floats(hidden))
        stream = graph.op(batch.floats(hidden), embeddings, residual, in_place=True)
    if opening and architecture.positions:
        table = batch.input("position embeddings", batch.floats(hidden))
        stream = graph.op(batch.floats(hidden), embeddings, table, in_place=True)
    if opening and batch.quirks.scaled_embeddings:
        stream = graph.op(batch.floats(hidden), embeddings, in_place=True)
        graph.compute(stream)
    if opening and any(t.name == _EMBEDDING_NORM for t in architecture.extra_tensors):
        stream = norm(batch, stream, hidden)
    if opening:
        take_layer_inputs(architecture, batch, stream)
    first_value: Operand | None = None
    for position, index in enumerate(layers):
        last = position == len(layers) - 1
        if position:
            graph.next_layer(stream)
        block = architecture.blocks[index]
        last = last and closing
        if block.mixers and isinstance(block.mixers[0], Rwkv7):
            part = block.feed_forwards[0]
            assert isinstance(part, FeedForward)  # noqa: S101  # RWKV's channel mixing
            stream, first_value = rwkv7_layer(
                batch, block.mixers[0], part, stream, hidden, first_value=first_value, pick=last
            )
        else:
            stream = layer(architecture, block, batch, stream, last=last)
    graph.next_layer(stream)
    if not closing:
        graph.store(stream)
        return embeddings
    if batch.quirks.pick == "before_norm":
        stream.kept = True
        stream = pick_outputs(batch, stream, hidden)
    normed = architecture.output_norm or batch.quirks.bare_norms
    final = norm(batch, stream, hidden) if normed else stream
    final.kept = True
    if batch.quirks.pick == "after_norm":
        final = pick_outputs(batch, final, hidden)
        final.kept = True
    logits = graph.op(batch.floats(words(architecture)), final)
    logits.kept = True
    graph.compute(logits)
    return embeddings


def words(architecture: Architecture) -> int:
    """Count the words of the file's embedding table, each of which gets a logit."""
    return architecture.gguf_vocabulary or architecture.vocabulary


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


def _shares_choices(architecture: Architecture) -> bool:
    return any(
        isinstance(mixer, LatentAttention) and mixer.indexer_topk and not mixer.indexer_heads
        for block in architecture.blocks
        for mixer in block.mixers
    )


def representative(architecture: Architecture, layout: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """Choose positions whose layers stand for all, and tell for each position which of them does.

    A layer that mixes tokens orders the end of the one before, and the layers without a mixer in
    between: it stands for those of its kind after the same kinds. What follows the first layer and
    the last, which drops tokens, stand for themselves.
    """
    built: list[int] = []
    stands: dict[object, int] = {}
    order = []
    final = len(layout) - 1
    mixes = [bool(block.mixers) for block in architecture.blocks]
    before = 0
    for position, kind in enumerate(layout):
        succession = (layout[before : position + 1], before == 0, position == final)
        if succession not in stands:
            for needed in range(before, position + 1):
                if not built or built[-1] < needed:
                    built.append(needed)
            stands[succession] = len(built) - 1
        order.append(stands[succession])
        if mixes[kind]:
            before = position
    return built, order


def _host_bytes(architecture: Architecture, batch: Batch, *, ubatch: int) -> int:
    """Size the host's side: embeddings, masks, indices, and one row of logits for each sequence.

    tokens × (2 embeddings × 4 + mask cells × 2, or 4 without flash attention) + sequences × words
    × 4;
    without flash attention the host also says where each value goes, in 8 bytes.
    """
    caches = [batch.cells, *batch.window_cells.values()]
    if not batch.widest_value and not any(s.key_width for s in cache_shapes(architecture)):
        caches = []
    element = 2 if batch.flash_attention else F32
    token = 2 * F32 * architecture.hidden + element * sum(caches)
    if not batch.flash_attention:
        token += INDEX * batch.widest_value * len(caches)
    return ubatch * token + F32 * batch.sequences * words(architecture)
