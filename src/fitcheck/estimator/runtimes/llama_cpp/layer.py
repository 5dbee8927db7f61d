"""One layer in llama.cpp's graph: norms, mixers, feed-forwards and the residual stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.llama_cpp.attention import attention, norm
from fitcheck.estimator.runtimes.llama_cpp.batch import F32
from fitcheck.estimator.runtimes.llama_cpp.feed_forward import feed_forward, mixture_of_experts
from fitcheck.estimator.runtimes.llama_cpp.graph import View
from fitcheck.records.parts import (
    Attention,
    GatedDeltaNet,
    KimiDelta,
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
    norms = ("attn_norm", "ffn_norm") if batch.quirks.bare_norms else block.norms
    fed = normed = norm(batch, stream, hidden) if "attn_norm" in norms else stream
    if "attn_norm_2" in norms:
        normed = norm(batch, stream, hidden)
    # Mixers side by side (Falcon-H1): attention first, the others after a norm of their own.
    first, *others = sorted(block.mixers, key=lambda mixer: not isinstance(mixer, Attention))
    current: Operand = _mixer(batch, first, normed, hidden)
    for mixer in others:
        other = _mixer(batch, mixer, norm(batch, stream, hidden), hidden)
        current = graph.op(batch.floats(hidden), current, other, in_place=True)
    residual: Node = stream
    own_norm = batch.quirks.side_by_side
    parallel = bool(block.feed_forwards) and (own_norm or len(norms) == 1 or "attn_norm_2" in norms)
    if pick:
        current = pick_outputs(batch, current, hidden)
        residual = pick_outputs(batch, residual, hidden)
        if parallel and not own_norm:
            fed = pick_outputs(batch, fed, hidden)
    if parallel:
        if own_norm:
            fed = norm(batch, residual, hidden)
        return _parallel(batch, current, _feed_forwards(batch, block, fed, hidden), residual)
    return _sequential(batch, block, (current, residual), norms=norms, hidden=hidden, last=last)


def _parallel(batch: Batch, mixed: Operand, forward: Node, residual: Node) -> Node:
    """Add up what stands side by side, in the architecture's order."""
    graph, size = batch.graph, residual.size
    if batch.quirks.parallel == "attention_first":
        both = graph.op(size, mixed, forward, in_place=True)
        return graph.op(size, both, residual, in_place=True)
    addends: tuple[Operand, Operand] = (mixed, residual)
    if batch.quirks.parallel == "attention_last":
        addends = (residual, mixed)
    both = graph.op(size, forward, addends[0], in_place=True)
    return graph.op(size, both, addends[1], in_place=True)


def _sequential(
    batch: Batch,
    block: Block,
    addends: tuple[Operand, Node],
    *,
    norms: tuple[str, ...],
    hidden: int,
    last: bool,
) -> Node:
    """Sum what was mixed with the residual, and add the feed-forward after it."""
    current, residual = addends
    graph, size = batch.graph, batch.floats(hidden)
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
    norm_before = "ffn_norm" in norms or "attn_output_norm" in norms
    norm_before = norm_before or ("post_attention_norm" in norms and not norm_after_mixer)
    if "pre_ffw_norm_2" in norms:
        from fitcheck.estimator.runtimes.llama_cpp.gemma4 import dense_and_experts

        forward = dense_and_experts(batch, block, middle, hidden)
    else:
        normed = norm(batch, middle, hidden) if norm_before else middle
        forward = _feed_forwards(batch, block, normed, hidden)
    if closing_norms:
        forward = norm(batch, forward, hidden)
    ends = (middle, forward) if batch.quirks.fed_over_residual else (forward, middle)
    result = graph.op(size, *ends, in_place=True)
    if not batch.quirks.layer_inputs:
        return result
    from fitcheck.estimator.runtimes.llama_cpp.gemma4 import add_layer_input, layer_width

    width = layer_width(block)
    return add_layer_input(batch, result, width, hidden) if width else result


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
    forward = _feed_forwards(batch, block, normed, hidden)
    residual = stream
    if pick:
        forward = pick_outputs(batch, forward, hidden)
        residual = pick_outputs(batch, residual, hidden)
    return batch.graph.op(batch.floats(hidden), forward, residual, in_place=True)


def _feed_forwards(batch: Batch, block: Block, normed: Node, hidden: int) -> Node:
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
    # Each kind's file is imported when a model has such a layer.
    match mixer:
        case Attention():
            return attention(batch, mixer, normed, hidden)
        case LatentAttention():
            from fitcheck.estimator.runtimes.llama_cpp.latent_attention import (
                latent_attention,
                unpacked,
            )

            if not mixer.absorbed:
                return attention(batch, unpacked(mixer), normed, hidden)
            return (batch.latent or latent_attention)(batch, mixer, normed, hidden)
        case Mamba1() | Mamba2() | GatedDeltaNet() | KimiDelta() | ShortConv():
            from fitcheck.estimator.runtimes.llama_cpp.recurrent import recurrent

            return recurrent(batch, mixer, normed, hidden)
        case _:
            size = batch.floats(hidden)
            wide = [batch.graph.op(size, normed) for _ in range(_UNKNOWN_MIXER_WIDTHS)]
            return batch.graph.op(size, *wide, View(normed))
