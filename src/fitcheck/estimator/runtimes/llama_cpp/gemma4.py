"""What only Gemma 4's graph has: experts beside a dense feed-forward, and inputs for each layer.

Source: src/models/gemma4.cpp. https://github.com/ggml-org/llama.cpp/blob/master/src/models/gemma4.cpp
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.llama_cpp.attention import norm
from fitcheck.estimator.runtimes.llama_cpp.feed_forward import feed_forward, mixture_of_experts
from fitcheck.estimator.runtimes.llama_cpp.graph import View
from fitcheck.records.parts import FeedForward, MixtureOfExperts

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.llama_cpp.batch import Batch
    from fitcheck.estimator.runtimes.llama_cpp.graph import Node
    from fitcheck.records.architecture import Architecture, Block

_GATE = "inp_gate.weight"  # from the stream to the width of a layer's own inputs


def dense_and_experts(batch: Batch, block: Block, middle: Node, hidden: int) -> Node:
    """Add the dense feed-forward and the experts, each with norms of its own, and their sum.

    The router looks at the stream itself, normed and scaled.
    """
    graph, size = batch.graph, batch.floats(hidden)
    dense: Node | None = None
    experts: Node | None = None
    for part in block.feed_forwards:
        if isinstance(part, MixtureOfExperts):
            seen = graph.op(size, middle, in_place=True)
            logits = graph.op(batch.floats(part.experts), seen)
            routed = norm(batch, middle, hidden)
            experts = norm(
                batch, mixture_of_experts(batch, part, routed, hidden, logits=logits), hidden
            )
        elif isinstance(part, FeedForward):
            normed = norm(batch, middle, hidden)
            dense = norm(batch, feed_forward(batch, part, normed, hidden), hidden)
    assert dense is not None  # noqa: S101  # the norms that lead here are those of both
    assert experts is not None  # noqa: S101
    return graph.op(size, dense, experts, in_place=True)


def layer_width(block: Block) -> int:
    """Return how wide a layer's own inputs are, 0 without."""
    return next((t.shape[1] for t in block.extra_tensors if t.name == _GATE), 0)


def take_layer_inputs(
    architecture: Architecture, batch: Batch, embeddings: Node, *, opening: bool
) -> None:
    """Take in the rows all layers' own inputs are made of, before the embeddings.

    A card that is not the `opening` one is handed them ready made.
    """
    width = layer_width(architecture.blocks[0]) * architecture.layers
    if not width:
        return
    if not opening:
        batch.layer_inputs = batch.input("layer inputs", batch.floats(width))
        return
    graph, size = batch.graph, batch.floats(width)
    rows = graph.op(size, batch.input("layer embeddings", size), in_place=True)
    graph.compute(rows)
    projected = graph.op(size, embeddings)
    scaled = graph.op(size, norm(batch, View(projected), width), rows, in_place=True)
    batch.layer_inputs = graph.op(size, View(scaled))
    graph.keep(batch.layer_inputs)


def add_layer_input(batch: Batch, stream: Node, width: int, hidden: int) -> Node:
    """Gate the layer's own input by the stream, and add it."""
    assert batch.layer_inputs is not None  # noqa: S101  # taken in before the first layer
    graph, few = batch.graph, batch.floats(width)
    gate = graph.op(few, stream)
    mixed = graph.op(few, gate, View(batch.layer_inputs), in_place=True)
    back = norm(batch, graph.op(batch.floats(hidden), mixed), hidden)
    return graph.op(batch.floats(hidden), stream, back, in_place=True)
