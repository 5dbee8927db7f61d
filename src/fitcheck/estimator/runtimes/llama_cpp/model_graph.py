"""A model's graph of operations in llama.cpp: what comes before its layers, they, the logits.

Layers that repeat are built once for each kind of layer before them.

Source: src/models/*.cpp of v0.5.0, https://github.com/ggml-org/llama.cpp/tree/master/src/models
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.llama_cpp.attention import norm
from fitcheck.estimator.runtimes.llama_cpp.layer import layer, pick_outputs
from fitcheck.records.parts import FeedForward, LatentAttention, Rwkv7

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.llama_cpp.batch import Batch
    from fitcheck.estimator.runtimes.llama_cpp.graph import Node, Operand
    from fitcheck.records.architecture import Architecture, Block

_EMBEDDING_NORM = "token_embd_norm.weight"


def build_graph(
    architecture: Architecture,
    batch: Batch,
    layers: list[int],
    *,
    opening: bool = True,
    closing: bool = True,
) -> Node:
    """Add the operations of `layers`, and the logits if `closing`. Return the embeddings.

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
    if batch.quirks.layer_inputs:
        from fitcheck.estimator.runtimes.llama_cpp.gemma4 import take_layer_inputs

        take_layer_inputs(architecture, batch, stream, opening=opening)
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
            from fitcheck.estimator.runtimes.llama_cpp.rwkv import rwkv7_layer

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


def representative(
    architecture: Architecture, layout: tuple[int, ...]
) -> tuple[list[int], list[int]]:
    """Choose layers that stand for all; return their blocks, and for each layer its stand-in.

    A layer that mixes tokens orders the end of the one before, and the layers without a mixer in
    between, and one without an indexer reads the choice of the last that has one: it stands for
    those of its kind after the same kinds. What follows the first layer and the last, which drops
    tokens, stand for themselves.
    """
    built: list[int] = []
    stands: dict[object, int] = {}
    order = []
    final = len(layout) - 1
    mixes = [bool(block.mixers) for block in architecture.blocks]
    before = chooser = 0
    for position, kind in enumerate(layout):
        start = before if _chooses(architecture.blocks[kind]) else min(before, chooser)
        succession = (layout[start : position + 1], before == 0, position == final)
        if succession not in stands:
            led = list(layout[start:position])
            if led and built[-len(led) :] != led:
                built += led
            built.append(kind)
            stands[succession] = len(built) - 1
        order.append(stands[succession])
        if mixes[kind]:
            before = position
        if _chooses(architecture.blocks[kind]):
            chooser = position
    return built, order


def _chooses(block: Block) -> bool:
    """Tell whether a layer reads no earlier layer's choice of cells."""
    return not any(
        isinstance(mixer, LatentAttention) and mixer.indexer_topk and not mixer.indexer_heads
        for mixer in block.mixers
    )
