"""The operations of softmax attention in llama.cpp's graphs.

Source: build_attn and build_attn_mha in src/llama-graph.cpp.
https://github.com/ggml-org/llama.cpp/tree/master/src
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.llama_cpp.batch import F16, F32, INDEX
from fitcheck.estimator.runtimes.llama_cpp.graph import View

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.llama_cpp.batch import Batch
    from fitcheck.estimator.runtimes.llama_cpp.graph import Node, Operand
    from fitcheck.records.parts import Attention

_ROTATION = 64  # the smallest Hadamard matrix
_SHARED_BY = {(192, 128): 8, (320, 256): 32}  # widths of keys and values: queries a key serves


def norm(batch: Batch, operand: Operand, width: int) -> Node:
    """Add a norm over `width` values a token; its scale and bias are put in its place."""
    return batch.graph.op(batch.floats(width), operand, in_place=not batch.quirks.layer_norm)


def attention(batch: Batch, mixer: Attention, normed: Node, hidden: int) -> Node:
    """Add one attention layer. Return the result of its output projection."""
    graph = batch.graph
    queries = mixer.heads * mixer.head_dim
    keys = mixer.kv_heads * mixer.head_dim
    value_dim = mixer.value_dim or mixer.head_dim
    values = mixer.kv_heads * value_dim
    gate: Node | None = None
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
            gate = graph.op(batch.floats(queries), query)  # a contiguous copy
        if not mixer.shares_kv:
            key = View(graph.op(batch.floats(keys), normed))
            value = key if mixer.key_is_value else View(graph.op(batch.floats(values), normed))
    query = _positioned(batch, mixer, query, queries)
    if batch.quirks.scaled_queries and not mixer.window:
        query = graph.op(batch.floats(queries), query, batch.input("scales", F32 * batch.tokens))
    query = _rotated(batch, mixer, query, queries)
    graph.compute(query)
    if not mixer.shares_kv:
        key = _rotated(batch, mixer, _positioned(batch, mixer, key, keys), keys)
        if batch.quirks.normed_values:
            value = graph.op(batch.floats(values), value)
        value = _rotated(batch, mixer, value, values, of_values=True)
        for operand in (key, value) if batch.windowed else (value, key):
            graph.compute(operand)
        if mixer.fused_qkv and not batch.flash_attention:
            value = View(graph.op(batch.floats(values), value))  # a contiguous copy
        _store(batch, mixer.window, key, value, values)
    cells = batch.window_cells.get(mixer.window, batch.cells)
    mask = attention_mask(batch, mixer.window, cells)
    result = _attend(batch, mixer, query, mask, cells=cells)
    result = _rotated(batch, mixer, result, mixer.heads * value_dim, of_values=True, whole=True)
    size = batch.floats(mixer.heads * value_dim)
    if mixer.gate == "full":
        gate = graph.op(size, normed)
    if mixer.gate == "head":
        gate = graph.op(batch.floats(mixer.heads), normed)
        result = graph.op(size, result, View(graph.op(gate.size, gate, in_place=True)))
    elif gate is not None:
        result = graph.op(size, result, graph.op(size, gate, in_place=True), in_place=True)
    return graph.op(batch.floats(hidden), result)


def _positioned(batch: Batch, mixer: Attention, operand: Operand, width: int) -> Operand:
    graph = batch.graph
    if mixer.qk_norm:
        operand = norm(batch, operand, width)
    if not batch.positions:
        return operand
    if batch.quirks.windowed_rope and not mixer.window:
        return operand
    positions = batch.input("positions", F32 * batch.positions * batch.tokens)
    return graph.op(batch.floats(width), operand, positions, in_place=True)


def _rotated(
    batch: Batch,
    mixer: Attention,
    operand: Operand,
    width: int,
    *,
    of_values: bool = False,
    whole: bool = False,
) -> Operand:
    """Rotate by a Hadamard matrix, as is done where the cache is quantized.

    A part of fused projections is copied out first; a `whole` result is not.
    """
    rotated = batch.value_rotated if of_values else batch.key_rotated
    dim = (mixer.value_dim if of_values else 0) or mixer.head_dim
    window = mixer.window if mixer.window in batch.window_cells else 0
    if not rotated or dim % _ROTATION or window not in batch.rotatable:
        return operand
    order = _ROTATION
    while not of_values and dim % (2 * order) == 0:
        order *= 2
    name = ("rotation", of_values, window)
    matrix = batch.input(name, F32 * order * order)
    if mixer.fused_qkv and isinstance(operand, View) and not whole:
        operand = batch.graph.op(batch.floats(width), operand)
    return View(batch.graph.op(batch.floats(width), View(operand), matrix))


def _store(batch: Batch, window: int, key: Operand, value: Operand, values: int) -> None:
    """Write keys and values into the cache, at the places the host chose."""
    window = window if window in batch.window_cells else 0
    graph, tokens = batch.graph, batch.tokens
    graph.store(View(key_of(key)), batch.input(("key indices", window), INDEX * tokens))
    rows = tokens if batch.flash_attention else tokens * batch.widest_value
    if not batch.flash_attention and values < batch.widest_value:
        value = graph.op(batch.floats(batch.widest_value), value)
    graph.store(View(key_of(value)), batch.input(("value indices", window), INDEX * rows))


def key_of(operand: Operand) -> Node:
    """Return the node an operand looks at."""
    return operand.node if isinstance(operand, View) else operand


def attention_mask(batch: Batch, window: int, cells: int) -> Node:
    """Return the mask of one kind of cache: a value a cell and token."""
    window = window if window in batch.window_cells else 0
    element = F16 if batch.flash_attention else F32
    return batch.input(("mask", window), element * cells * batch.tokens // batch.streams
                       * batch.streams)  # fmt: skip


def attention_scores(batch: Batch, query: Operand, mask: Operand, heads: int, cells: int) -> Node:
    """Add scores of every cell by every head, and their softmax in place."""
    size = batch.floats(heads * cells)
    return batch.graph.op(size, batch.graph.op(size, query), mask, in_place=True)


def _attend(batch: Batch, mixer: Attention, query: Operand, mask: Node, *, cells: int) -> Operand:
    graph, heads = batch.graph, mixer.heads
    value_dim = mixer.value_dim or mixer.head_dim
    size = batch.floats(heads * value_dim)
    if batch.flash_attention and batch.fused and not _has_kernel(mixer, value_dim):
        # CUDA has no such kernel: the CPU attends, and its mask stays with it.
        result: Operand = View(graph.op(size, View(key_of(query))))
    elif batch.flash_attention:
        copies = mixer.head_dim * batch.key_copied + value_dim * batch.value_copied
        copied = F16 * mixer.kv_heads * copies * cells * batch.streams
        result = View(graph.op(size + copied, View(key_of(query)), mask))
    else:
        scores = attention_scores(batch, View(key_of(query)), mask, heads, cells)
        result = graph.op(size, View(graph.op(size, scores)))
    graph.compute(result)
    return result


def _has_kernel(mixer: Attention, value_dim: int) -> bool:
    """Tell whether ggml-cuda has flash attention for heads of these widths (fattn.cu)."""
    if value_dim == mixer.head_dim:
        return True
    shared = _SHARED_BY.get((mixer.head_dim, value_dim))
    return shared is not None and mixer.heads // mixer.kv_heads % shared == 0
