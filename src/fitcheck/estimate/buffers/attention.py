"""The operations of softmax attention and multi-head latent attention in llama.cpp's graphs.

Source: build_attn and build_attn_mha in src/llama-graph.cpp; src/models/deepseek2.cpp.
https://github.com/ggml-org/llama.cpp/tree/master/src
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimate.buffers.batch import F32
from fitcheck.estimate.buffers.graph import View

if TYPE_CHECKING:
    from fitcheck.estimate.buffers.batch import Batch
    from fitcheck.estimate.buffers.graph import Node, Operand
    from fitcheck.records.parts import Attention, LatentAttention

_INDEX = 8  # i64
_F16 = 2
_ROTATION = 64  # the smallest Hadamard matrix


def norm(batch: Batch, operand: Operand, width: int) -> Node:
    """Add an RMS norm and its scale over `width` values a token."""
    graph, size = batch.graph, batch.floats(width)
    normed = graph.op(size, operand, in_place=True)
    return graph.op(size, normed, in_place=True)


def attention(batch: Batch, mixer: Attention, normed: Node, hidden: int) -> Node:
    """Add one attention layer; give the result of its output projection."""
    graph = batch.graph
    queries = mixer.heads * mixer.head_dim
    keys = mixer.kv_heads * mixer.head_dim
    value_dim = mixer.value_dim or mixer.head_dim
    values = mixer.kv_heads * value_dim
    gate: Operand | None = None
    query: Operand
    key: Operand
    value: Operand
    if mixer.fused_qkv:
        fused = graph.op(batch.floats(queries + keys + values), normed)
        query, key, value = View(fused), View(fused), View(fused)
    else:
        width = 2 * queries if mixer.gate == "fused" else queries
        query = View(graph.op(batch.floats(width), normed))
        if mixer.gate == "fused":
            gate = View(graph.op(batch.floats(queries), query))  # a contiguous copy
        if not mixer.shares_kv:
            key = View(graph.op(batch.floats(keys), normed))
            value = View(graph.op(batch.floats(values), normed))
    query = _positioned(batch, mixer, query, queries)
    query = _rotated(batch, mixer, query, queries)
    graph.compute(query)
    if not mixer.shares_kv:
        key = _rotated(batch, mixer, _positioned(batch, mixer, key, keys), keys)
        value = _rotated(batch, mixer, value, values, of_values=True)
        for operand in (key, value) if batch.windowed else (value, key):
            graph.compute(operand)
        if mixer.fused_qkv and not batch.flash_attention:
            value = View(graph.op(batch.floats(values), value))  # a contiguous copy
        _store(batch, mixer.window, key, value, values)
    cells = batch.window_cells.get(mixer.window, batch.cells)
    mask = _mask(batch, mixer.window, cells)
    result = _attend(batch, mixer, query, mask, cells=cells)
    result = _rotated(batch, mixer, result, mixer.heads * value_dim, of_values=True)
    if gate is not None:
        size = batch.floats(queries)
        result = graph.op(size, result, graph.op(size, gate, in_place=True), in_place=True)
    return graph.op(batch.floats(hidden), result)


def latent_attention(batch: Batch, mixer: LatentAttention, normed: Node, hidden: int) -> Node:
    """Add one MLA layer in its absorbed form: every head attends to the one latent."""
    graph = batch.graph
    heads, latent = mixer.heads, mixer.kv_rank + mixer.rope_dim
    if mixer.q_rank:
        low = norm(batch, graph.op(batch.floats(mixer.q_rank), normed), mixer.q_rank)
        query = View(graph.op(batch.floats(heads * (mixer.nope_dim + mixer.rope_dim)), low))
    else:
        query = View(graph.op(batch.floats(heads * (mixer.nope_dim + mixer.rope_dim)), normed))
    absorbed = View(graph.op(batch.floats(heads * mixer.kv_rank), query))
    positions = batch.input("positions", F32 * batch.positions * batch.tokens)
    rotated = graph.op(batch.floats(heads * mixer.rope_dim), query, positions)
    joined = graph.op(batch.floats(heads * latent), absorbed, rotated)
    graph.compute(joined)
    compressed = View(graph.op(batch.floats(latent), normed))
    content = View(norm(batch, compressed, mixer.kv_rank))
    graph.compute(content)
    key_position = graph.op(batch.floats(mixer.rope_dim), compressed, positions)
    key = graph.op(batch.floats(latent), content, key_position)
    graph.compute(key)
    indices = batch.input(("key indices", 0), _INDEX * batch.tokens)
    graph.store(View(key), indices)
    mask = _mask(batch, 0, batch.cells)
    size = batch.floats(heads * mixer.value_dim)
    if batch.flash_attention:
        copy = _F16 * latent * batch.cells * batch.streams if batch.key_copied else 0
        mixed = graph.op(batch.floats(heads * mixer.kv_rank) + copy, View(joined), mask)
        result = graph.op(size, View(graph.op(size, View(mixed))))
    else:
        # The values are a part of the keys, copied out and transposed.
        values = graph.op(_F16 * mixer.kv_rank * batch.cells * batch.streams)
        graph.compute(values)
        scores = _scores(batch, View(joined), mask, heads, batch.cells)
        mixed = graph.op(batch.floats(heads * mixer.kv_rank), values, scores)
        result = graph.op(size, View(graph.op(size, mixed)))
    graph.compute(result)
    return graph.op(batch.floats(hidden), result)


def _positioned(batch: Batch, mixer: Attention, operand: Operand, width: int) -> Operand:
    graph = batch.graph
    if mixer.qk_norm:
        operand = norm(batch, operand, width)
    if not batch.positions:
        return operand
    positions = batch.input("positions", F32 * batch.positions * batch.tokens)
    return graph.op(batch.floats(width), operand, positions, in_place=True)


def _rotated(
    batch: Batch, mixer: Attention, operand: Operand, width: int, *, of_values: bool = False
) -> Operand:
    """Rotate by a Hadamard matrix, as is done where the cache is quantized."""
    copied = batch.value_copied if of_values else batch.key_copied
    dim = (mixer.value_dim if of_values else 0) or mixer.head_dim
    if not copied or dim % _ROTATION or not batch.one_head_dim:
        return operand
    order = _ROTATION
    while not of_values and dim % (2 * order) == 0:
        order *= 2
    name = ("rotation", of_values, mixer.window if mixer.window in batch.window_cells else 0)
    matrix = batch.input(name, F32 * order * order)
    return View(batch.graph.op(batch.floats(width), View(operand), matrix))


def _store(batch: Batch, window: int, key: Operand, value: Operand, values: int) -> None:
    """Write keys and values into the cache, at the places the host chose."""
    window = window if window in batch.window_cells else 0
    graph, tokens = batch.graph, batch.tokens
    graph.store(View(key_of(key)), batch.input(("key indices", window), _INDEX * tokens))
    rows = tokens if batch.flash_attention else tokens * batch.widest_value
    if not batch.flash_attention and values < batch.widest_value:
        value = graph.op(batch.floats(batch.widest_value), value)
    graph.store(View(key_of(value)), batch.input(("value indices", window), _INDEX * rows))


def key_of(operand: Operand) -> Node:
    """Give the node an operand looks at."""
    return operand.node if isinstance(operand, View) else operand


def _mask(batch: Batch, window: int, cells: int) -> Node:
    window = window if window in batch.window_cells else 0
    element = _F16 if batch.flash_attention else F32
    return batch.input(("mask", window), element * cells * batch.tokens // batch.streams
                       * batch.streams)  # fmt: skip


def _scores(batch: Batch, query: Operand, mask: Node, heads: int, cells: int) -> Node:
    size = batch.floats(heads * cells)
    return batch.graph.op(size, batch.graph.op(size, query), mask, in_place=True)


def _attend(batch: Batch, mixer: Attention, query: Operand, mask: Node, *, cells: int) -> Operand:
    graph, heads = batch.graph, mixer.heads
    value_dim = mixer.value_dim or mixer.head_dim
    size = batch.floats(heads * value_dim)
    if batch.flash_attention:
        copies = mixer.head_dim * batch.key_copied + value_dim * batch.value_copied
        copied = _F16 * mixer.kv_heads * copies * cells * batch.streams
        result: Operand = View(graph.op(size + copied, View(key_of(query)), mask))
    else:
        scores = _scores(batch, View(key_of(query)), mask, heads, cells)
        result = graph.op(size, View(graph.op(size, scores)))
    graph.compute(result)
    return result
