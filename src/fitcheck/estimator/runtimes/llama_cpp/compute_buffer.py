"""llama.cpp's compute buffer: its graph of operations for the worst micro-batch, laid out.

The graph is built from the architecture's layers as llama.cpp builds it (`model_graph.py`), and
laid out by the rules of its allocator (`layout.py`).

Source: llama_context::sched_reserve in src/llama-context.cpp of v0.5.0,
https://github.com/ggml-org/llama.cpp/blob/master/src/llama-context.cpp
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fitcheck.estimator.cache.shapes import cache_shapes
from fitcheck.estimator.runtimes.llama_cpp.batch import F32, INDEX
from fitcheck.estimator.runtimes.llama_cpp.kv_cache import CELL_PADDING
from fitcheck.estimator.runtimes.llama_cpp.layout import peak_bytes
from fitcheck.estimator.runtimes.llama_cpp.model_graph import build_graph, representative, words
from fitcheck.estimator.runtimes.llama_cpp.worst_batch import worst_batch
from fitcheck.records.buffers import ComputeBuffer
from fitcheck.records.parts import Attention, LatentAttention
from fitcheck.units import round_up

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.llama_cpp.batch import Batch
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import StorageType


def llama_cpp_compute_buffer(
    architecture: Architecture,
    *,
    context: int,
    sequences: int,
    key_storage: StorageType,
    value_storage: StorageType,
    unified: bool = False,
    ubatch: int = 512,
    flash_attention: bool = True,
    swa_full: bool = False,
    outputs: int = 0,
    backend: str = "cuda",
) -> ComputeBuffer:
    """Return the buffer on the card with all layers on it, and the host's.

    `context` is all sequences' together; `outputs` is how many tokens' logits a micro-batch keeps
    (0: one a sequence, as llama-server does). It changes with the context in steps of 256 tokens,
    and a size worked out once is remembered.
    """
    return _sized(
        architecture,
        round_up(context, CELL_PADDING),
        sequences,
        key_storage,
        value_storage,
        unified=unified,
        ubatch=ubatch,
        flash_attention=flash_attention,
        swa_full=swa_full,
        outputs=outputs,
        backend=backend,
    )


@lru_cache(maxsize=4096)
def _sized(
    architecture: Architecture,
    context: int,
    sequences: int,
    key_storage: StorageType,
    value_storage: StorageType,
    *,
    backend: str,
    **run: Any,  # noqa: ANN401  # the settings above
) -> ComputeBuffer:
    batch = worst_batch(
        architecture,
        context=context,
        sequences=sequences,
        key_storage=key_storage,
        value_storage=value_storage,
        backend=backend,
        **run,
    )
    return buffer_of(architecture, batch, backend=backend)


def buffer_of(architecture: Architecture, batch: Batch, *, backend: str) -> ComputeBuffer:
    """Size the buffers of one micro-batch, whose graph is built in it."""
    tokens = batch.tokens
    built, order = representative(architecture, architecture.layout)
    embeddings = build_graph(architecture, batch, built)
    host = _host_bytes(architecture, batch, ubatch=tokens)
    if backend == "cpu":
        unread = (F32 * tokens, F32 * tokens * architecture.hidden)  # word ids, given embeddings
        peak = peak_bytes(batch.graph, order, unused=unread, computed=embeddings)
    else:
        peak = peak_bytes(batch.graph, order)
    bound = _bound_by(architecture, batch, peak, all_tokens=tokens)
    return ComputeBuffer(device_bytes=peak, host_bytes=host, bound_by=bound)


def _bound_by(
    architecture: Architecture,
    batch: Batch,
    peak: int,
    *,
    all_tokens: int,
) -> str:
    """Name what fills most of the buffer at its fullest."""
    if 2 * F32 * batch.outputs * words(architecture) > peak:
        return "logits"
    if not batch.flash_attention and cache_shapes(architecture):
        heads = max(
            (mixer.heads for block in architecture.blocks for mixer in block.mixers
             if isinstance(mixer, Attention | LatentAttention)),
            default=0,
        )  # fmt: skip
        if 2 * F32 * heads * batch.cells * all_tokens > peak:
            return "attention scores"
    return "activations of one layer"


def _host_bytes(architecture: Architecture, batch: Batch, *, ubatch: int) -> int:
    """Size the host's side: embeddings, masks, indices, and one row of logits for each sequence.

    tokens × (2 embeddings × 4 + mask cells × 2, or 4 without flash attention) + sequences × words
    × 4;
    without flash attention the host also says where each value goes, in 8 bytes.
    """
    caches = [batch.cells, *batch.window_cells.values()]
    if not batch.widest_value and not any(s.key_width for s in cache_shapes(architecture)):
        caches = []
    element = 2 if batch.flash_attention else F32
    token = 2 * F32 * architecture.hidden + element * sum(caches)
    if not batch.flash_attention:
        token += INDEX * batch.widest_value * len(caches)
    return ubatch * token + F32 * batch.sequences * words(architecture)
