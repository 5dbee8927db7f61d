"""SGLang's rules: a static share of each card for weights and cache, the rest kept for activations.

mem_fraction_static = (memory − reserved) ÷ memory, with reserved = 512 MiB + 1.5 MiB a token of a
chunk of the prompt + 1 GiB for each 8 cards, and at least 10 GiB on cards above 60 GB. The chunk
grows with the card.
Source: SGLang 0.5.23, python/sglang/srt/server_args.py (_handle_gpu_memory_settings)
https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/server_args.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.cuda_context import context_overhead
from fitcheck.estimator.runtimes.plain.compute_buffer import ONE_LAYER
from fitcheck.estimator.runtimes.plain.kv_cache import plain_kv_cache
from fitcheck.estimator.runtimes.rules import Rules
from fitcheck.records.buffers import ComputeBuffer
from fitcheck.units import GB

if TYPE_CHECKING:
    from collections.abc import Hashable

    from fitcheck.estimator.runtimes.rules import Ask, Card
    from fitcheck.records.buffers import Overhead
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.kv_cache import KvCache
    from fitcheck.records.runtime import Runtime

# The chunk of a card with less memory than this; the last has no end.
_CHUNKS = (
    (20 * GB, "chunk_below_20_gb"),
    (60 * GB, "chunk_below_60_gb"),
    (160 * GB, "chunk_below_160_gb"),
    (float("inf"), "chunk_above"),
)
_LARGE_CARD_BYTES = 60 * GB


class Sglang(Rules):
    """The rules of SGLang."""

    splits = ("tensor",)

    def card_class(self, card: Card) -> Hashable:
        """Return the memory: chunk and reserve depend on it."""
        return card.gpu.memory_bytes

    def kv_cache(self, ask: Ask, card: Card, *, ranks: int = 1) -> KvCache:
        """Size a cache of whole pages of one token, on one rank."""
        return plain_kv_cache(ask, step=ask.runtime.amount("block"), ranks=ranks)

    def compute_buffer(self, ask: Ask, card: Card, *, ranks: int = 1) -> ComputeBuffer:
        """Return what is kept for activations and graphs: the reserve less its constant part."""
        runtime = ask.runtime
        size = chunk_tokens(runtime, card.gpu) * runtime.amount("reserved_per_chunk_token")
        size += runtime.amount("reserved_for_8_ranks") * ranks // 8 if ranks > 1 else 0
        if card.gpu.memory_bytes > _LARGE_CARD_BYTES:
            size = max(size, runtime.amount("reserved_above_60_gb") - runtime.amount("reserved"))
        return ComputeBuffer(device_bytes=size, bound_by=ONE_LAYER)

    def overhead(
        self, runtime: Runtime, card: Card, *, ranks: int = 1, position: int = 0
    ) -> Overhead:
        """Size the context and the constant part of the reserve."""
        return context_overhead(runtime, card, ("reserved",))


def chunk_tokens(runtime: Runtime, gpu: Gpu) -> int:
    """Return how many tokens of a prompt are passed at once on a card."""
    return runtime.amount(next(name for below, name in _CHUNKS if gpu.memory_bytes < below))


RULES = Sglang()
