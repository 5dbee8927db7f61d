"""The operations of multi-head latent attention, and of the indexer of sparse attention (DSA).

Source: src/models/deepseek2.cpp, deepseek32.cpp; build_attn in src/llama-graph.cpp.
https://github.com/ggml-org/llama.cpp/tree/master/src/models
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.llama_cpp.attention import attention_mask, attention_scores, norm
from fitcheck.estimator.runtimes.llama_cpp.batch import F16, F32, INDEX
from fitcheck.estimator.runtimes.llama_cpp.graph import View
from fitcheck.records.parts import Attention

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.llama_cpp.batch import Batch
    from fitcheck.estimator.runtimes.llama_cpp.graph import Node, Operand
    from fitcheck.records.parts import LatentAttention


def latent_attention(batch: Batch, mixer: LatentAttention, normed: Node, hidden: int) -> Node:
    """Add one MLA layer in its absorbed form: every head attends to the one latent."""
    graph = batch.graph
    heads, latent = mixer.heads, mixer.kv_rank + mixer.rope_dim
    if mixer.indexer_heads:
        _index_keys(batch, mixer, normed)
    low = normed
    if mixer.q_rank:
        low = norm(batch, graph.op(batch.floats(mixer.q_rank), normed), mixer.q_rank)
    query = View(graph.op(batch.floats(heads * (mixer.nope_dim + mixer.rope_dim)), low))
    absorbed = View(graph.op(batch.floats(heads * mixer.kv_rank), query))
    rotated = _positioned(batch, query, heads * mixer.rope_dim)
    joined = graph.op(batch.floats(heads * latent), absorbed, rotated)
    graph.compute(joined)
    compressed = View(graph.op(batch.floats(latent), normed))
    content = View(norm(batch, compressed, mixer.kv_rank))
    graph.compute(content)
    key_position = _positioned(batch, compressed, mixer.rope_dim)
    key = graph.op(batch.floats(latent), content, key_position)
    graph.compute(key)
    graph.store(View(key), batch.input(("key indices", 0), INDEX * batch.tokens))
    mask = attention_mask(batch, 0, batch.cells)
    if mixer.indexer_topk and not mixer.window:
        mask = _chosen_mask(batch, mixer, low, normed, mask)
    size = batch.floats(heads * mixer.value_dim)
    if batch.flash_attention:
        copy = F16 * latent * batch.cells * batch.streams if batch.key_copied else 0
        mixed = graph.op(batch.floats(heads * mixer.kv_rank) + copy, View(joined), mask)
        result = graph.op(size, View(graph.op(size, View(mixed))))
    else:
        # The values are a part of the keys, copied out and transposed.
        values = graph.op(F16 * mixer.kv_rank * batch.cells * batch.streams)
        graph.compute(values)
        scores = attention_scores(batch, View(joined), mask, heads, batch.cells)
        mixed = graph.op(batch.floats(heads * mixer.kv_rank), values, scores)
        result = graph.op(size, View(graph.op(size, mixed)))
    graph.compute(result)
    return graph.op(batch.floats(hidden), result)


def chosen_bytes(batch: Batch, mixer: LatentAttention) -> int:
    """Size one value for each token and each cell the indexer chooses."""
    return batch.floats(min(mixer.indexer_topk, batch.cells))


def unpacked(mixer: LatentAttention) -> Attention:
    """Return MLA as plain attention, where every head's keys and values are cached."""
    return Attention(
        heads=mixer.heads,
        kv_heads=mixer.heads,
        head_dim=mixer.nope_dim + mixer.rope_dim,
        value_dim=mixer.value_dim,
    )


def _positioned(batch: Batch, part: View, width: int) -> Operand:
    """Rotate a part by its positions, where the architecture does."""
    if not batch.positions:
        return part
    positions = batch.input("positions", F32 * batch.positions * batch.tokens)
    return batch.graph.op(batch.floats(width), part, positions)


def _index_keys(batch: Batch, mixer: LatentAttention, normed: Node) -> None:
    """Add the indexer's keys, normed, rotated, and stored in a cache of their own."""
    graph, size = batch.graph, batch.floats(mixer.indexer_dim)
    positions = batch.input("positions", F32 * batch.positions * batch.tokens)
    scaled = graph.op(size, graph.op(size, graph.op(size, normed)), in_place=True)
    key = graph.op(size, View(graph.op(size, scaled, in_place=True)), positions)
    matrix = batch.input("index rotation", F32 * mixer.indexer_dim**2)
    indices = batch.input("index key indices", INDEX * batch.tokens)
    graph.store(View(graph.op(size, matrix, key)), indices)


def _chosen_mask(batch: Batch, mixer: LatentAttention, low: Node, normed: Node, mask: Node) -> Node:
    """Add a mask of the cells the indexer chose, in this layer or an earlier one."""
    graph, chosen = batch.graph, chosen_bytes(batch, mixer)
    # Every layer has a block of zeros of its own, reserved from the start.
    zeros = graph.op(chosen, graph.source(chosen), in_place=True)
    graph.compute(zeros)
    if mixer.indexer_heads:
        batch.chosen = _choose(batch, mixer, low, normed)
    best = batch.chosen or batch.input("earlier choice", chosen)  # of a card before
    mask_bytes = (F16 if batch.flash_attention else F32) * batch.cells * batch.tokens
    filled = graph.op(mask_bytes, mask)
    graph.store(zeros, View(best), View(filled))
    return graph.op(mask_bytes, View(filled), mask)


def _choose(batch: Batch, mixer: LatentAttention, low: Node, normed: Node) -> Node:
    """Add the indexer's scores of all cells, and its choice."""
    graph = batch.graph
    width = batch.floats(mixer.indexer_heads * mixer.indexer_dim)
    chosen = chosen_bytes(batch, mixer)
    positions = batch.input("positions", F32 * batch.positions * batch.tokens)
    matrix = batch.input("index rotation", F32 * mixer.indexer_dim**2)
    query = graph.op(width, matrix, graph.op(width, View(graph.op(width, low)), positions))
    heads = batch.floats(mixer.indexer_heads)
    weights = graph.op(heads, View(graph.op(heads, normed)))
    index_mask = batch.input("index mask", F16 * batch.cells * batch.tokens)
    scores = graph.op(batch.floats(batch.cells), View(query), weights, index_mask)
    best = graph.op(chosen, graph.op(chosen, scores))
    graph.compute(best)
    return best
