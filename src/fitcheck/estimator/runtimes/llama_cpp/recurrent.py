"""The operations of recurrent layers in llama.cpp's graphs: Mamba, delta net, short convolution.

Source: src/models/mamba-base.cpp, delta-net-base.cpp, qwen3next.cpp, qwen35.cpp, rwkv7-base.cpp,
lfm2.cpp. https://github.com/ggml-org/llama.cpp/tree/master/src/models
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fitcheck.estimator.cache.state import mixer_state
from fitcheck.estimator.runtimes.llama_cpp.attention import norm
from fitcheck.estimator.runtimes.llama_cpp.batch import F32
from fitcheck.estimator.runtimes.llama_cpp.graph import View
from fitcheck.records.parts import GatedDeltaNet, KimiDelta, Mamba1, Mamba2, ShortConv

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.llama_cpp.batch import Batch
    from fitcheck.estimator.runtimes.llama_cpp.graph import Node, Operand

Recurrent: TypeAlias = Mamba1 | Mamba2 | GatedDeltaNet | KimiDelta | ShortConv


def recurrent(batch: Batch, mixer: Recurrent, normed: Node, hidden: int) -> Operand:
    """Add a mixer that keeps a state instead of a cache."""
    match mixer:
        case Mamba1():
            return mamba1(batch, mixer, normed, hidden)
        case Mamba2():
            return mamba2(batch, mixer, normed, hidden)
        case GatedDeltaNet():
            return gated_delta_net(batch, mixer, normed, hidden)
        case KimiDelta():
            return kimi_delta(batch, mixer, normed, hidden)
        case ShortConv():
            return short_convolution(batch, mixer, normed, hidden)


def mamba1(batch: Batch, mixer: Mamba1, normed: Node, hidden: int) -> View:
    """Add a Mamba layer: convolution, selective scan, gate."""
    graph, inner = batch.graph, mixer.inner
    wide = batch.floats(inner)
    past = _state_rows(batch, mixer, hidden, convolution=True)
    both = View(graph.op(2 * wide, View(normed)))
    convolved = _convolve(batch, past, both, inner, mixer.conv)
    mixed = convolved  # bias and activation are put in its place
    parts = View(graph.op(batch.floats(mixer.dt_rank + 2 * mixer.state), mixed))
    if mixer.inner_norms:
        step = norm(batch, parts, mixer.dt_rank)
        write = norm(batch, parts, mixer.state)
        read = norm(batch, parts, mixer.state)
        scanned: tuple[Operand, Operand] = (write, read)
    else:
        step = graph.op(batch.floats(mixer.dt_rank), parts)
        scanned = (parts, parts)
    step = graph.op(wide, step)
    state = F32 * mixer_state(mixer, hidden=hidden).recurrence * batch.sequences
    result = graph.op(wide + state, View(mixed), step, *scanned, state_rows(batch))
    copy_states(batch, result)
    graph.store(View(result))
    skip = graph.op(wide, mixed, in_place=True)
    total = graph.op(wide, View(result), skip, in_place=True)
    gated = graph.op(wide, graph.op(wide, both), total)
    return View(graph.op(batch.floats(hidden), gated))


def mamba2(batch: Batch, mixer: Mamba2, normed: Node, hidden: int) -> Node:
    """Add a Mamba-2 layer: one projection in, convolution, scan, gate, grouped norm."""
    graph, inner = batch.graph, mixer.inner
    wide = batch.floats(inner)
    channels = inner + 2 * mixer.groups * mixer.state
    past = _state_rows(batch, mixer, hidden, convolution=True)
    projected = View(graph.op(batch.floats(inner + channels + mixer.heads), normed))
    convolved = _convolve(batch, past, projected, channels, mixer.conv)
    mixed = View(convolved)  # bias and activation are put in its place
    heads = batch.floats(mixer.heads)
    step = graph.op(heads, projected)
    state = F32 * mixer_state(mixer, hidden=hidden).recurrence * batch.sequences
    result = graph.op(wide + state, mixed, step, mixed, mixed, state_rows(batch))
    copy_states(batch, result)
    graph.store(View(result))
    total = graph.op(wide, View(result), graph.op(wide, mixed), in_place=True)
    gated = graph.op(wide, graph.op(wide, projected), total)
    if mixer.norm:
        gated = norm(batch, View(gated), inner)
    return graph.op(batch.floats(hidden), View(gated))


def gated_delta_net(batch: Batch, mixer: GatedDeltaNet, normed: Node, hidden: int) -> View:
    """Add a gated delta net layer with the fused kernel."""
    graph = batch.graph
    keys = mixer.key_heads * mixer.key_dim
    values = mixer.value_heads * mixer.value_dim
    channels = values + 2 * keys
    heads = batch.floats(mixer.value_heads)
    graph.compute(normed)
    mixed_in = View(graph.op(batch.floats(channels), normed))
    gate = View(graph.op(batch.floats(values), normed))
    past = _state_rows(batch, mixer, hidden, convolution=True)
    joined = _join(batch, past, mixed_in, channels, mixer.conv)
    state = View(_state_rows(batch, mixer, hidden, convolution=False))
    size = batch.floats(channels)
    convolved = View(graph.op(size, joined))
    query = graph.op(batch.floats(keys), convolved)
    key = graph.op(batch.floats(keys), convolved)
    if not mixer.split and mixer.key_heads != mixer.value_heads:
        repeated = batch.floats(mixer.value_heads * mixer.key_dim)
        query = graph.op(repeated, View(query))
        key = graph.op(repeated, View(key))
    if mixer.split:
        decay_in: Operand = View(graph.op(heads, normed))
        strength = graph.op(heads, View(graph.op(heads, normed)), in_place=True)
    else:
        both = View(graph.op(2 * heads, normed))
        decay_in = graph.op(heads, both)
        strength = graph.op(heads, both)
    decay = graph.op(heads, decay_in, in_place=True)
    recurrence = F32 * mixer_state(mixer, hidden=hidden).recurrence * batch.sequences
    result = graph.op(
        batch.floats(values) + recurrence,
        View(query), View(key), convolved, View(decay), View(strength), state,
    )  # fmt: skip
    graph.store(View(result))
    normed_out = norm(batch, View(result), values)
    gated = graph.op(batch.floats(values), gate, in_place=True)
    total = graph.op(batch.floats(values), normed_out, gated, in_place=True)
    return View(graph.op(batch.floats(hidden), View(total)))


def kimi_delta(batch: Batch, mixer: KimiDelta, normed: Node, hidden: int) -> Node:
    """Add a Kimi delta attention layer: three convolutions, the delta rule, a gated norm."""
    graph, inner = batch.graph, mixer.heads * mixer.head_dim
    size, heads = batch.floats(inner), batch.floats(mixer.heads)
    graph.compute(normed)
    past = _state_rows(batch, mixer, hidden, convolution=True)
    joined = [_join(batch, past, View(graph.op(size, normed)), inner, mixer.conv) for _ in range(3)]
    state = View(_state_rows(batch, mixer, hidden, convolution=False))
    query, key, value = [View(graph.op(size, View(graph.op(size, one)))) for one in joined]
    decay = _through(batch, normed, 0 if mixer.full_decay else mixer.head_dim, inner)
    recurrence = F32 * mixer_state(mixer, hidden=hidden).recurrence * batch.sequences
    result = graph.op(
        size + recurrence,
        graph.op(size, query), graph.op(size, key), value, View(graph.op(size, View(decay))),
        graph.op(heads, View(graph.op(heads, normed))), state,
    )  # fmt: skip
    graph.store(View(result))
    normed_out = norm(batch, View(graph.op(size, View(result))), inner)
    gate = _through(batch, normed, 0 if mixer.full_gate else mixer.head_dim, inner)
    gated = graph.op(size, normed_out, graph.op(size, View(gate)), in_place=True)
    return graph.op(batch.floats(hidden), graph.op(size, gated))


def _through(batch: Batch, operand: Node, rank: int, width: int) -> Node:
    """Add a map, through `rank` values a token if there is one."""
    if rank:
        operand = batch.graph.op(batch.floats(rank), operand)
    return batch.graph.op(batch.floats(width), operand)


def short_convolution(batch: Batch, mixer: ShortConv, normed: Node, hidden: int) -> View:
    """Add LFM2's gated short convolution."""
    graph = batch.graph
    size = batch.floats(hidden)
    projected = View(graph.op(3 * size, normed))
    gated = graph.op(size, projected)
    past = _state_rows(batch, mixer, hidden, convolution=True)
    convolved = _convolve(batch, past, View(gated), hidden, mixer.kernel)
    mixed = graph.op(size, projected, convolved, in_place=True)
    return View(graph.op(size, mixed))


def _state_rows(batch: Batch, mixer: object, hidden: int, *, convolution: bool) -> Node:
    """Copy the sequences' states out of the cache."""
    state = mixer_state(mixer, hidden=hidden)  # type: ignore[arg-type]  # a Mixer of this module
    width = state.convolution if convolution else state.recurrence
    node = batch.graph.op(F32 * width * batch.sequences, state_rows(batch))
    copy_states(batch, node)
    return node


def state_rows(batch: Batch) -> Node:
    """Take in which states of the cache are the sequences'."""
    return batch.input("state rows", F32 * batch.sequences)


def copy_states(batch: Batch, states: Node) -> None:
    """Order the reading of states, then the copy of those no sequence uses: of none, in no bytes.

    Source: build_rs in src/llama-graph.cpp.
    """
    batch.graph.compute(states)
    batch.graph.store(batch.graph.op(0, batch.input("other state rows", 0)))


def _join(batch: Batch, past: Node, operand: View, channels: int, taps: int) -> Node:
    """Put the past tokens before the new ones, and keep the last for the next micro-batch."""
    size = F32 * channels * (batch.tokens + (taps - 1) * batch.sequences)
    joined = batch.graph.op(size, View(past), operand)
    batch.graph.store(View(joined))
    return joined


def _convolve(batch: Batch, past: Node, operand: View, channels: int, taps: int) -> Node:
    joined = _join(batch, past, operand, channels, taps)
    return batch.graph.op(batch.floats(channels), joined)
