"""One layer in llama.cpp's graph: norms, mixers, feed-forwards and the residual stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.llama_cpp.attention import attention, norm
from fitcheck.estimator.runtimes.llama_cpp.batch import F32
from fitcheck.estimator.runtimes.llama_cpp.feed_forward import feed_forward, mixture_of_experts
from fitcheck.estimator.runtimes.llama_cpp.graph import View
from fitcheck.estimator.runtimes.llama_cpp.latent_attention import latent_attention, unpacked
from fitcheck.estimator.runtimes.llama_cpp.recurrent import (
    gated_delta_net,
    mamba1,
    mamba2,
    short_convolution,
)
from fitcheck.records.parts import (
    Attention,
    GatedDeltaNet,
    LatentAttention,
    Mamba1,
    Mamba2,
    MixtureOfExperts,
    ShortConv,
)

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.llama_cpp.batch import Batch
    from fitcheck.estimator.runtimes.llama_cpp.graph import Node, Operand
    from fitcheck.records.architecture import Architecture, Block
    from fitcheck.records.parts import Mixer

_UNKNOWN_MIXER_WIDTHS = 4  # a mixer no rule names: as many results as wide as the stream


def layer(
    architecture: Architecture, block: Block, batch: Batch, stream: Node, *, last: bool
) -> Node:
    """Add one layer; in the `last`, the tokens whose logits nobody asked for are dropped."""
    pick = last and batch.quirks.pick == "after_mixers"
    hidden = architecture.hidden
    if not block.mixers and not block.feed_forwards:  # pruned whole: the stream passes by
        return stream
    if not block.mixers:
        return _feed_forward_only(architecture, block, batch, stream, pick=pick)
    graph = batch.graph
    norms = block.norms
    normed = norm(batch, stream, hidden) if "attn_norm" in norms else stream
    # Mixers side by side (Falcon-H1): attention first, the others after a norm of their own.
    first, *others = sorted(block.mixers, key=lambda mixer: not isinstance(mixer, Attention))
    current: Operand = _mixer(batch, first, normed, hidden)
    for mixer in others:
        other = _mixer(batch, mixer, norm(batch, stream, hidden), hidden)
        current = graph.op(batch.floats(hidden), current, other, in_place=True)
    residual: Node = stream
    parallel = len(norms) == 1 and bool(block.feed_forwards)
    if pick:
        current = pick_outputs(batch, current, hidden)
        residual = pick_outputs(batch, residual, hidden)
        if parallel:
            normed = pick_outputs(batch, normed, hidden)
    size = batch.floats(hidden)
    if parallel:
        forward = _feed_forwards(architecture, block, batch, normed)
        if batch.quirks.parallel == "attention_first":
            both = graph.op(size, current, forward, in_place=True)
            return graph.op(size, both, residual, in_place=True)
        addends: tuple[Operand, Operand] = (current, residual)
        if batch.quirks.parallel == "attention_last":
            addends = (residual, current)
        return graph.op(
            size, graph.op(size, forward, addends[0], in_place=True), addends[1], in_place=True
        )
    closing_norms = "post_ffw_norm" in norms
    norm_after_mixer = "post_attention_norm" in norms and ("ffn_norm" in norms or closing_norms)
    if norm_after_mixer:
        current = norm(batch, current, hidden)
    sides: tuple[Operand, Operand] = (current, residual)
    if batch.quirks.mixed_over_residual:
        sides = (residual, current)
    middle = graph.op(size, *sides, in_place=True)
    if last and batch.quirks.pick == "after_sum":
        middle = pick_outputs(batch, middle, hidden)
        size = batch.floats(hidden)
    if not block.feed_forwards:
        return middle
    norm_before = "ffn_norm" in norms or ("post_attention_norm" in norms and not norm_after_mixer)
    normed_again = norm(batch, middle, hidden) if norm_before else middle
    forward = _feed_forwards(architecture, block, batch, normed_again)
    if closing_norms:
        forward = norm(batch, forward, hidden)
    ends = (middle, forward) if batch.quirks.fed_over_residual else (forward, middle)
    return graph.op(size, *ends, in_place=True)


def pick_outputs(batch: Batch, operand: Operand, hidden: int) -> Node:
    """Keep the tokens whose logits are wanted; from here on the batch is only these."""
    chosen = batch.input("outputs", F32 * batch.outputs)
    batch.tokens = batch.outputs
    return batch.graph.op(batch.floats(hidden), operand, chosen)


def _feed_forward_only(
    architecture: Architecture, block: Block, batch: Batch, stream: Node, *, pick: bool
) -> Node:
    hidden = architecture.hidden
    if not block.feed_forwards:  # a layer that search left empty (Llama-3.1-Nemotron-Ultra)
        return pick_outputs(batch, stream, hidden) if pick else stream
    normed = norm(batch, stream, hidden) if block.norms else stream
    forward = _feed_forwards(architecture, block, batch, normed)
    residual = stream
    if pick:
        forward = pick_outputs(batch, forward, hidden)
        residual = pick_outputs(batch, residual, hidden)
    return batch.graph.op(batch.floats(hidden), forward, residual, in_place=True)


def _feed_forwards(architecture: Architecture, block: Block, batch: Batch, normed: Node) -> Node:
    hidden = architecture.hidden
    results = [
        mixture_of_experts(batch, part, normed, hidden)
        if isinstance(part, MixtureOfExperts)
        else feed_forward(batch, part, normed, hidden)
        for part in block.feed_forwards
    ]
    total = results[0]
    for one in results[1:]:
        total = batch.graph.op(batch.floats(hidden), total, one, in_place=True)
    return total


def _mixer(batch: Batch, mixer: Mixer, normed: Node, hidden: int) -> Operand:
    match mixer:
        case Attention():
            return attention(batch, mixer, normed, hidden)
        case LatentAttention():
            if not mixer.absorbed:
                return attention(batch, unpacked(mixer), normed, hidden)
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
            wide = [batch.graph.op(size, normed) for _ in range(_UNKNOWN_MIXER_WIDTHS)]
            return batch.graph.op(size, *wide, View(normed))
