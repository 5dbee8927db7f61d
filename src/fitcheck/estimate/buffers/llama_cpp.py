"""llama.cpp's compute buffer: its graph of operations for the worst micro-batch, laid out.

The graph is built from the architecture's layers as llama.cpp builds it, and allocated by the rules
of its allocator (`graph.py`). Layers that repeat are built twice, which is enough: a third copy
finds the buffer as the second left it.

Source: llama_context::sched_reserve in src/llama-context.cpp, src/models/*.cpp of v0.5.0,
https://github.com/ggml-org/llama.cpp/tree/master/src
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimate.buffers.attention import attention, latent_attention, norm
from fitcheck.estimate.buffers.batch import F32, Batch
from fitcheck.estimate.buffers.feed_forward import feed_forward, mixture_of_experts
from fitcheck.estimate.buffers.graph import Graph, Node, Operand, View
from fitcheck.estimate.buffers.recurrent import (
    gated_delta_net,
    mamba1,
    mamba2,
    short_convolution,
)
from fitcheck.estimate.kv_cache.llama_cpp import cells_per_stream, uses_windows, window_cells
from fitcheck.estimate.kv_cache.shapes import cache_shapes
from fitcheck.records.buffers import ComputeBuffer
from fitcheck.records.parts import (
    Attention,
    GatedDeltaNet,
    LatentAttention,
    Mamba1,
    Mamba2,
    MixtureOfExperts,
    ShortConv,
)
from fitcheck.units import round_up

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture, Block
    from fitcheck.records.format import StorageType

_REPEATS = 2
_WITHOUT_POSITIONS = frozenset({"granitehybrid", "jamba", "nemotron_h", "nemotron_h_moe"})
_POSITIONS_IN_THE_PLANE = frozenset(
    {"glm4v", "paddleocr", "qwen2vl", "qwen35", "qwen35moe", "qwen3vl", "qwen3vlmoe"}
)
# All tokens pass the last layer, and the wanted ones are picked before or after the final norm.
_PICK_BEFORE_NORM = frozenset({"gpt-oss"})
_PICK_AFTER_NORM = frozenset(
    {"bailingmoe3", "cohere2moe", "gemma4", "hy-v3", "nemotron_h", "nemotron_h_moe", "qwen35"}
    | {"qwen35moe", "qwen3next", "step35"}
)


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
    """Size the buffer on the card with all layers on it, and the host's.

    `context` is all sequences' together; `outputs` is how many tokens' logits a micro-batch keeps
    (0: one a sequence, as llama-server does).
    """
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
    batch = Batch(
        graph=Graph(),
        tokens=tokens,
        outputs=outputs,
        sequences=sequences,
        streams=streams,
        cells=cells,
        window_cells=windows,
        flash_attention=flash_attention,
        key_copied=key_storage.block_elements > 1,
        value_copied=value_storage.block_elements > 1,
        widest_value=max((shape.value_width for shape in shapes), default=0),
        one_head_dim=len(_head_dims(architecture)) == 1,
        positions=_positions(architecture),
        windowed=bool(windows),
    )
    _build(architecture, batch)
    host = _host_bytes(architecture, batch, ubatch=tokens)
    return ComputeBuffer(device_bytes=batch.graph.peak_bytes(), host_bytes=host)


def _build(architecture: Architecture, batch: Batch) -> None:
    graph, hidden = batch.graph, architecture.hidden
    stream: Node = batch.input("embeddings", batch.floats(hidden))
    layers = _representative(architecture.layout)
    for position, index in enumerate(layers):
        last = position == len(layers) - 1
        pick = last and architecture.gguf not in _PICK_BEFORE_NORM | _PICK_AFTER_NORM
        stream = _layer(architecture, architecture.blocks[index], batch, stream, pick=pick)
    if architecture.gguf in _PICK_BEFORE_NORM:
        stream = _pick(batch, stream, hidden)
    final = norm(batch, stream, hidden) if architecture.output_norm else stream
    final.kept = True
    if architecture.gguf in _PICK_AFTER_NORM:
        final = _pick(batch, final, hidden)
        final.kept = True
    logits = graph.op(batch.floats(architecture.vocabulary), final)
    logits.kept = True
    graph.compute(logits)


def _positions(architecture: Architecture) -> int:
    if architecture.gguf in _WITHOUT_POSITIONS:
        return 0
    return 4 if architecture.gguf in _POSITIONS_IN_THE_PLANE else 1


def _pick(batch: Batch, stream: Node, hidden: int) -> Node:
    """Keep the tokens whose logits are wanted."""
    batch.graph.compute(stream)
    chosen = batch.input("outputs", F32 * batch.outputs)
    batch.tokens = batch.outputs
    return batch.graph.op(batch.floats(hidden), stream, chosen)


def _head_dims(architecture: Architecture) -> set[tuple[int, int]]:
    return {
        (mixer.head_dim, mixer.value_dim)
        for block in architecture.blocks
        for mixer in block.mixers
        if isinstance(mixer, Attention)
    }


def _representative(layout: tuple[int, ...]) -> list[int]:
    """Keep each succession of two blocks at most twice, and the last layer."""
    seen: dict[tuple[int, int], int] = {}
    kept = []
    for position, index in enumerate(layout):
        pair = (layout[position - 1] if position else -1, index)
        seen[pair] = seen.get(pair, 0) + 1
        if seen[pair] <= _REPEATS or position == len(layout) - 1:
            kept.append(index)
    return kept


def _layer(
    architecture: Architecture, block: Block, batch: Batch, stream: Node, *, pick: bool
) -> Node:
    graph, hidden = batch.graph, architecture.hidden
    norms = block.norms
    before_mixer = "attn_norm" in norms
    after_mixer = "post_attention_norm" in norms and (
        "ffn_norm" in norms or "post_ffw_norm" in norms
    )
    after_feed_forward = "post_ffw_norm" in norms
    parallel = len(norms) == 1 and bool(block.mixers) and bool(block.feed_forwards)
    residual = stream
    current: Operand = stream
    normed = norm(batch, stream, hidden) if before_mixer else stream
    if block.mixers:
        results = [_mixer(batch, mixer, normed, hidden) for mixer in block.mixers]
        current = results[0]
        for other in results[1:]:
            current = graph.op(batch.floats(hidden), current, other, in_place=True)
        if pick:
            graph.compute(current)
            chosen = batch.input("outputs", F32 * batch.outputs)
            batch.tokens = batch.outputs
            size = batch.floats(hidden)
            current = graph.op(size, current, chosen)
            residual = graph.op(size, residual, chosen)
            if parallel:
                normed = graph.op(size, normed, chosen)
        if after_mixer:
            current = norm(batch, current, hidden)
        if not parallel:
            current = graph.op(batch.floats(hidden), current, residual, in_place=True)
    if not block.feed_forwards:
        return current
    if parallel:
        forward = _feed_forwards(architecture, block, batch, normed)
        both = graph.op(batch.floats(hidden), forward, current, in_place=True)
        return graph.op(batch.floats(hidden), both, residual, in_place=True)
    residual = current
    if not block.mixers:
        normed_again = normed
    elif "ffn_norm" in norms or ("post_attention_norm" in norms and not after_mixer):
        normed_again = norm(batch, current, hidden)
    else:
        normed_again = current
    forward = _feed_forwards(architecture, block, batch, normed_again)
    if pick and not block.mixers:
        chosen = batch.input("outputs", F32 * batch.outputs)
        graph.compute(forward)
        batch.tokens = batch.outputs
        forward = graph.op(batch.floats(hidden), forward, chosen)
        residual = graph.op(batch.floats(hidden), residual, chosen)
    if after_feed_forward:
        forward = norm(batch, forward, hidden)
    return graph.op(batch.floats(hidden), forward, residual, in_place=True)


def _feed_forwards(architecture: Architecture, block: Block, batch: Batch, normed: Node) -> Node:
    result: Node | None = None
    for part in block.feed_forwards:
        if isinstance(part, MixtureOfExperts):
            one = mixture_of_experts(
                batch,
                part,
                normed,
                architecture.hidden,
                weighted_before=architecture.gguf == "llama4",
            )
        else:
            one = feed_forward(batch, part, normed, architecture.hidden)
        if result is None:
            result = one
        else:
            size = batch.floats(architecture.hidden)
            result = batch.graph.op(size, result, one, in_place=True)
    assert result is not None  # noqa: S101  # a block with feed-forwards
    return result


def _mixer(batch: Batch, mixer: object, normed: Node, hidden: int) -> Operand:
    match mixer:
        case Attention():
            return attention(batch, mixer, normed, hidden)
        case LatentAttention():
            return latent_attention(batch, mixer, normed, hidden)
        case Mamba1():
            return mamba1(batch, mixer, normed, hidden)
        case Mamba2():
            return mamba2(batch, mixer, normed, hidden)
        case GatedDeltaNet():
            return gated_delta_net(batch, mixer, normed, hidden)
        case ShortConv():
            return short_convolution(batch, mixer, normed, hidden)
        case _:
            size = batch.floats(hidden)
            wide = [batch.graph.op(size, normed) for _ in range(4)]
            return batch.graph.op(size, *wide, View(normed))


def _host_bytes(architecture: Architecture, batch: Batch, *, ubatch: int) -> int:
    """Size the host's side: embeddings, masks, and one row of logits for each sequence."""
    element = 2 if batch.flash_attention else F32
    cells = batch.cells + sum(set(batch.window_cells.values()))
    if not any(shape.key_width for shape in cache_shapes(architecture)):
        cells = 0
    mask = element * cells
    return (
        ubatch * (2 * F32 * architecture.hidden + mask)
        + F32 * batch.sequences * architecture.vocabulary
    )
