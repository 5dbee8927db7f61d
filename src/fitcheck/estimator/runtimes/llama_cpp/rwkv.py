"""The operations of an RWKV-7 layer in llama.cpp's graph: time mixing and channel mixing.

Source: src/models/rwkv7-base.cpp and rwkv7.cpp.
https://github.com/ggml-org/llama.cpp/blob/master/src/models/rwkv7-base.cpp
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.llama_cpp.attention import norm
from fitcheck.estimator.runtimes.llama_cpp.batch import F32
from fitcheck.estimator.runtimes.llama_cpp.graph import View
from fitcheck.estimator.runtimes.llama_cpp.recurrent import copy_states, state_rows

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.llama_cpp.batch import Batch
    from fitcheck.estimator.runtimes.llama_cpp.graph import Node, Operand
    from fitcheck.records.parts import FeedForward, Rwkv7

_MIXES = 6  # receptance, decay, key, value, learning rate, gate


def rwkv7_layer(
    batch: Batch,
    mixer: Rwkv7,
    part: FeedForward,
    stream: Operand,
    hidden: int,
    *,
    first_value: Operand | None,
    pick: bool,
) -> tuple[Node, Operand]:
    """Add a whole layer. Return its output and the first layer's values, mixed in later."""
    graph, size, row = batch.graph, batch.floats(hidden), F32 * hidden * batch.sequences
    shift = graph.op(2 * row, state_rows(batch))
    copy_states(batch, shift)
    residual = View(stream)
    normed = norm(batch, residual, hidden)
    previous = graph.op(size, View(shift), View(normed))
    mixed, value = _time_mix(batch, mixer, normed, previous, first_value=first_value)
    middle = graph.op(size, View(mixed), residual)
    again = norm(batch, middle, hidden)
    previous = graph.op(size, View(shift), View(again))
    graph.store(View(graph.op(2 * row, View(normed), View(again))))
    operands: list[Operand] = [View(middle), View(again), View(previous)]
    if pick:
        chosen = batch.input("outputs", F32 * batch.outputs)
        for operand in operands:
            graph.compute(operand)
        batch.tokens = batch.outputs
        size = batch.floats(hidden)
        operands = [graph.op(size, operand, chosen) for operand in operands]
    current, normed_again, before = operands
    shifted = graph.op(size, before, normed_again, in_place=True)
    joined = graph.op(size, shifted, normed_again, in_place=True)
    wide = batch.floats(part.size)
    key = graph.op(wide, joined)
    return graph.op(size, graph.op(size, key), current, in_place=True), value


def _time_mix(
    batch: Batch,
    mixer: Rwkv7,
    normed: Node,
    previous: Node,
    *,
    first_value: Operand | None,
) -> tuple[Node, Operand]:
    graph, size = batch.graph, normed.size
    hidden = size // (F32 * batch.tokens)
    shifted = graph.op(size, previous, normed, in_place=True)
    repeated = graph.op(_MIXES * size, shifted)
    mixes = View(
        graph.op(_MIXES * size, graph.op(_MIXES * size, repeated, in_place=True), normed,
                 in_place=True)
    )  # fmt: skip
    receptance = graph.op(size, mixes)
    decay = _low_rank(batch, mixer.decay_rank, mixes, hidden, between=True)
    key = graph.op(size, mixes)
    value = graph.op(size, mixes)
    if first_value is None:
        first_value = value
        graph.keep(value)
    else:
        share = _low_rank(batch, mixer.value_rank, mixes, hidden)
        other = graph.op(size, first_value, value, in_place=True)
        moved = graph.op(size, other, share, in_place=True)
        value = graph.op(size, value, moved, in_place=True)
    gate = _low_rank(batch, mixer.gate_rank, mixes, hidden, between=True)
    rate = _low_rank(batch, mixer.iclr_rank, mixes, hidden)
    unit = graph.op(size, View(graph.op(size, key, in_place=True)))
    paced = graph.op(size, key, in_place=True)
    slow = graph.op(size, graph.op(size, rate, paced, in_place=True), paced, in_place=True)
    key = graph.op(size, key, slow, in_place=True)
    state_size = F32 * hidden * mixer.head_dim * batch.sequences
    state = graph.op(state_size, state_rows(batch))
    copy_states(batch, state)
    result = graph.op(
        size + state_size, View(receptance), View(decay), View(key), View(value),
        graph.op(size, unit, in_place=True), graph.op(size, unit, View(rate), in_place=True),
        View(state),
    )  # fmt: skip
    graph.store(View(result))
    normed_out = graph.op(size, View(result))
    scaled = graph.op(size, graph.op(size, View(normed_out)), in_place=True)
    product = graph.op(size, graph.op(size, View(key), View(receptance)), in_place=True)
    bonus = graph.op(batch.floats(hidden // mixer.head_dim), product)
    added = graph.op(size, View(value), bonus)
    total = graph.op(size, scaled, View(added), in_place=True)
    gated = graph.op(size, total, gate, in_place=True)
    return graph.op(size, gated), first_value


def _low_rank(
    batch: Batch, rank: int, operand: Operand, hidden: int, *, between: bool = False
) -> Node:
    """Add a map through `rank` values a token, with an activation between if asked."""
    graph, low = batch.graph, batch.floats(rank)
    inner = graph.op(low, operand)
    if between:
        inner = graph.op(low, inner, in_place=True)
    return graph.op(batch.floats(hidden), inner)
