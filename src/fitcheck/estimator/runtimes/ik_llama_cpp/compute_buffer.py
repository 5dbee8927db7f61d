"""ik_llama.cpp's compute buffer: llama.cpp's graph with all logits and the fork's merged steps.

The fork's tools keep the logits of a whole micro-batch, compute gate, up and activation in one step
(`-fmoe`, on by default), weigh and sum experts in one, and unpack MLA's latents for prompts a few
heads at a time (`-mla 3`, `-amb`). Builds until mid-2025 unpacked all heads before the first
attended.

Source: llama_new_context_with_model in src/llama.cpp, llm_build_moe_ffn in
src/llama-build-context.cpp, src/graphs/build_deepseek2.cpp, defaults in common/common.h of commit
8337e4cd, https://github.com/ikawrakow/ik_llama.cpp/tree/8337e4cd3861406fc04e0854b1409cd1b027fbc9
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitcheck.estimator.runtimes.llama_cpp.attention import attention_mask, norm
from fitcheck.estimator.runtimes.llama_cpp.batch import F16, F32, INDEX
from fitcheck.estimator.runtimes.llama_cpp.compute_buffer import buffer_of
from fitcheck.estimator.runtimes.llama_cpp.graph import View
from fitcheck.estimator.runtimes.llama_cpp.kv_cache import cells_per_stream
from fitcheck.estimator.runtimes.llama_cpp.latent_attention import latent_attention
from fitcheck.estimator.runtimes.llama_cpp.worst_batch import worst_batch
from fitcheck.records.parts import LatentAttention
from fitcheck.records.record import replace
from fitcheck.units import MIB

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.llama_cpp.batch import Batch
    from fitcheck.estimator.runtimes.llama_cpp.graph import Node, Operand
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.buffers import ComputeBuffer

ATTENTION_STEP_BYTES = 256 * MIB  # `-amb` where nobody sets it


def ik_compute_buffer(
    architecture: Architecture,
    *,
    ubatch: int = 512,
    outputs: int = 0,
    backend: str = "cuda",
    attention_step_bytes: int = ATTENTION_STEP_BYTES,
    **run: Any,  # noqa: ANN401  # the other arguments of `llama_cpp_compute_buffer`
) -> ComputeBuffer:
    """Return the buffer on the card with all layers on it, and the host's.

    `outputs` is how many tokens' logits a micro-batch keeps (0: all). `attention_step_bytes` bounds
    the keys and values unpacked from latents at a time, in f32; 0: all at once.
    """
    batch = worst_batch(
        architecture, ubatch=ubatch, outputs=outputs or ubatch, backend=backend, **run
    )

    def unpacked(batch: Batch, mixer: LatentAttention, normed: Node, hidden: int) -> Node:
        if not batch.flash_attention:
            return latent_attention(batch, mixer, normed, hidden)
        return _in_steps(batch, mixer, normed, hidden, limit=attention_step_bytes)

    ours = replace(
        batch, fused=False, merged=True, key_copied=False, value_copied=False, latent=unpacked
    )
    return buffer_of(architecture, ours, backend=backend)


def ik_compute_buffer_range(
    architecture: Architecture,
    *,
    ubatch: int = 512,
    attention_step_bytes: int = ATTENTION_STEP_BYTES,
    **run: Any,  # noqa: ANN401  # the other arguments of `ik_compute_buffer`
) -> tuple[int, int]:
    """Return the least and the most that builds of the fork have reserved on the card, in bytes.

    At least what today's graph needs. At most another result as wide as the stream more, as where
    experts lie in RAM, and for MLA in flash attention the keys and values of all heads in f16 at
    once, as builds until mid-2025 kept them: heads × (nope + 2 × rope + value) × cells × 2 bytes.

    Source: load logs in https://github.com/ikawrakow/ik_llama.cpp/discussions/357 and
    https://github.com/ikawrakow/ik_llama.cpp/issues/450
    """
    run |= {"ubatch": ubatch, "attention_step_bytes": attention_step_bytes}
    low = ik_compute_buffer(architecture, **run).device_bytes
    high = low + F32 * architecture.hidden * ubatch
    if attention_step_bytes and run.get("flash_attention", True):
        widths = [
            mixer.heads * (mixer.nope_dim + 2 * mixer.rope_dim + mixer.value_dim)
            for block in architecture.blocks
            for mixer in block.mixers
            if isinstance(mixer, LatentAttention) and mixer.absorbed
        ]
        cells = cells_per_stream(
            run["context"], sequences=run["sequences"], unified=run.get("unified", False)
        )
        high += F16 * cells * max(widths, default=0)
    return low, high


def _in_steps(
    batch: Batch, mixer: LatentAttention, normed: Node, hidden: int, *, limit: int
) -> Node:
    """Add latent attention that unpacks keys and values for some heads after another."""
    graph, heads, cells = batch.graph, mixer.heads, batch.cells
    positions = batch.input("positions", F32 * batch.positions * batch.tokens)
    low = normed
    if mixer.q_rank:
        low = norm(batch, graph.op(batch.floats(mixer.q_rank), normed), mixer.q_rank)
    width = mixer.nope_dim + mixer.rope_dim
    query = View(graph.op(batch.floats(heads * width), low))
    rotated = graph.op(batch.floats(heads * mixer.rope_dim), query, positions)
    latent = mixer.kv_rank + mixer.rope_dim
    compressed = View(graph.op(batch.floats(latent), normed))
    key_position = graph.op(batch.floats(mixer.rope_dim), compressed, positions)
    content = View(norm(batch, compressed, mixer.kv_rank))
    key = graph.op(batch.floats(latent), key_position, content)
    graph.store(key, batch.input("key indices", INDEX * batch.tokens))
    joined = View(graph.op(batch.floats(heads * width), rotated, query))
    graph.compute(joined)
    mask = attention_mask(batch, 0, cells)
    some = _heads_at_once(heads, F32 * cells * heads * (mixer.nope_dim + mixer.value_dim), limit)
    repeated = graph.op(F16 * cells * some * mixer.rope_dim)
    whole: Operand | None = None
    for step in range(heads // some):
        both = View(graph.op(F32 * cells * some * (mixer.nope_dim + mixer.value_dim)))
        keys = graph.op(F16 * cells * some * mixer.nope_dim, both)
        values = graph.op(F16 * cells * some * mixer.value_dim, both)
        graph.compute(keys)
        graph.compute(values)
        joined_keys = graph.op(F16 * cells * some * width, repeated, keys)
        size = batch.floats(some * mixer.value_dim)
        mixed = View(graph.op(size, joined, joined_keys, values, mask))
        whole = mixed if whole is None else graph.op((step + 1) * size, whole, mixed)
        graph.compute(whole)
    assert whole is not None  # noqa: S101  # there is a head
    return graph.op(batch.floats(hidden), whole)


def _heads_at_once(heads: int, total_bytes: int, limit: int) -> int:
    """Return for how many heads keys and values are unpacked at a time: a divisor of all."""
    total_mib = total_bytes // MIB
    if limit <= 0 or total_mib <= limit // MIB:
        return heads
    for steps in range(2, heads):
        if heads % steps == 0 and total_mib // steps <= limit // MIB:
            return heads // steps
    return 1
