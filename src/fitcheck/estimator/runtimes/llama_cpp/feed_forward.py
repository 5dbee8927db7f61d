"""The operations of dense feed-forwards and mixtures of experts in llama.cpp's graphs.

Source: build_ffn and build_moe_ffn in src/llama-graph.cpp.
https://github.com/ggml-org/llama.cpp/blob/master/src/llama-graph.cpp
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.llama_cpp.graph import View

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.llama_cpp.batch import Batch
    from fitcheck.estimator.runtimes.llama_cpp.graph import Node, Operand
    from fitcheck.records.parts import FeedForward, MixtureOfExperts

_ROUTED_EXPERTS = 512  # the most, and two odd numbers more: ggml_cuda_should_use_topk_moe
_SUMMED_EXPERTS = 15  # MOE_WEIGHTED_REDUCTION_MAX_EXPERTS in ggml-cuda.cu


def feed_forward(batch: Batch, part: FeedForward, normed: Node, hidden: int) -> Node:
    """Add a dense feed-forward."""
    return _dense(batch, normed, part.size, hidden, gated=part.gated, fused=part.fused)


def mixture_of_experts(
    batch: Batch, part: MixtureOfExperts, normed: Node, hidden: int, *, logits: Node | None = None
) -> Node:
    """Add routed experts, and the shared ones; `logits` if they come from elsewhere."""
    graph, active, weighted_before = batch.graph, part.active, batch.quirks.weighted_before
    if logits is None:
        logits = graph.op(batch.floats(part.experts), normed)
    chosen, weights = _route(batch, part, logits)
    inner = part.latent or hidden
    source: Node | View = View(normed)
    if part.latent:
        source = View(graph.op(batch.floats(part.latent), normed))
    if weighted_before:
        repeated = graph.op(batch.floats(active * inner), source)
        source = graph.op(batch.floats(active * inner), repeated, weights, in_place=True)
    wide, out = batch.floats(active * part.size), batch.floats(active * inner)
    if batch.merged:
        acted = graph.op(wide, source, chosen)
    elif part.fused:
        acted = graph.op(wide, View(graph.op(2 * wide, source, chosen)))
    elif part.gated:
        gate = graph.op(wide, source, chosen)
        acted = graph.op(wide, gate, graph.op(wide, source, chosen))
    else:
        up = graph.op(wide, source, chosen)
        acted = graph.op(wide, up, in_place=True)
    raw = graph.op(out, acted, chosen)
    size = batch.floats(inner)
    if batch.merged:
        return _finished(batch, part, normed, graph.op(size, raw, weights), hidden)
    experts = raw
    kept: list[Operand] = [raw, weights]
    if batch.quirks.scaled_outputs:
        scales = graph.op(batch.floats(part.experts))
        scale = graph.op(batch.floats(active), scales, chosen)
        experts = graph.op(out, raw, scale, in_place=True)
        kept.append(scale)
    if not weighted_before:
        experts = graph.op(out, experts, weights, in_place=True)
    graph.compute(experts)
    # Each expert is added in place to those before.
    total = graph.op(size, View(experts))
    graph.compute(total)
    if batch.fused and not weighted_before and 1 < active <= _SUMMED_EXPERTS:
        # CUDA weighs and sums in one kernel, for which the unweighted experts are kept.
        graph.store(*kept)
    return _finished(batch, part, normed, total, hidden)


def _finished(
    batch: Batch, part: MixtureOfExperts, normed: Node, total: Operand, hidden: int
) -> Node:
    """Widen the experts' sum where it is narrow, and add the shared experts."""
    graph, size = batch.graph, batch.floats(hidden)
    if part.latent:
        total = graph.op(size, total)
    if not part.shared_size:
        return total if isinstance(total, type(normed)) else graph.op(size, total)
    shared = _dense(batch, normed, part.shared_size, hidden, gated=part.shared_gated, fused=False)
    if part.shared_gate:
        gate = graph.op(batch.floats(1), normed)
        shared = graph.op(size, shared, gate, in_place=True)
    return graph.op(size, total, shared, in_place=True)


def _route(batch: Batch, part: MixtureOfExperts, logits: Node) -> tuple[View, View]:
    """Add the router: which experts a token goes to, and their weights."""
    graph, router, by_logits = batch.graph, logits.size, batch.quirks.weighted_before
    probabilities = graph.op(router, logits, in_place=True)
    ranked = graph.op(router, probabilities, in_place=True) if part.router_bias else probabilities
    chosen = View(graph.op(router, logits if by_logits else ranked))
    few = batch.floats(part.active)
    picked = graph.op(few, View(probabilities), chosen)
    steps: list[Operand] = [logits, probabilities, ranked, chosen, picked]
    weights = picked
    if batch.quirks.late_softmax:
        weights = graph.op(few, View(picked))
    if batch.quirks.normed_experts:
        total = graph.op(batch.floats(1), View(picked))
        limited = graph.op(batch.floats(1), total, in_place=True)
        weights = graph.op(few, View(picked), limited)
        steps += [total, limited, weights]
    if batch.quirks.scaled_experts:
        weights = graph.op(few, View(weights))
        steps.append(weights)
    graph.compute(weights)
    if batch.fused and not by_logits and not batch.quirks.late_softmax and _routed(part.experts):
        # CUDA routes in one kernel, for which every step's memory is kept apart.
        graph.store(*steps)
    return chosen, View(weights)


def _routed(experts: int) -> bool:
    """Tell whether CUDA has a kernel that routes to so many experts (topk-moe.cu)."""
    return (experts <= _ROUTED_EXPERTS and not experts & (experts - 1)) or experts in (288, 576)


def _dense(
    batch: Batch, normed: Node, width: int, hidden: int, *, gated: bool, fused: bool
) -> Node:
    graph, wide = batch.graph, batch.floats(width)
    if batch.merged and gated:
        acted = graph.op(wide, normed)
    elif fused:
        acted = graph.op(wide, graph.op(2 * wide, normed))
    elif gated:
        acted = graph.op(wide, graph.op(wide, normed), graph.op(wide, normed))
    else:
        acted = graph.op(wide, normed)
    return graph.op(batch.floats(hidden), acted)
