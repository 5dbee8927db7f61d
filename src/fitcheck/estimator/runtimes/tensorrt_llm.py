"""TensorRT-LLM's rules: engine and activations first, then 90 % of what is free for the cache.

activations = 2 bytes × tokens × hidden × width, at least 70 MiB, with widths by kind of model and
number of cards; NCCL's buffers and a safe figure for everything else come on top.
Source: NVIDIA's own model of its memory, aiconfigurator (sdk/backends/trtllm_backend.py)
https://github.com/ai-dynamo/aiconfigurator
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.cuda_context import context_overhead
from fitcheck.estimator.runtimes.plain.compute_buffer import ONE_LAYER
from fitcheck.estimator.runtimes.plain.kv_cache import plain_kv_cache
from fitcheck.estimator.runtimes.rules import Rules
from fitcheck.records.buffers import ComputeBuffer
from fitcheck.records.parts import MixtureOfExperts

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.rules import Ask, Card
    from fitcheck.records.buffers import Overhead
    from fitcheck.records.kv_cache import KvCache
    from fitcheck.records.runtime import Runtime

_ACTIVATION_BYTES = 2
# Widths of the hidden state that are alive at once, on 1, 2, 4 and 8 cards.
_DENSE_WIDTHS = {1: 11.0, 2: 6.5, 4: 5.0, 8: 5.0}
_MOE_WIDTHS = {1: 22.0, 2: 13.0, 4: 10.0, 8: 10.0}
_FEW_RANKS = 2


class TensorRtLlm(Rules):
    """The rules of TensorRT-LLM."""

    splits = ("tensor",)

    def kv_cache(self, ask: Ask, card: Card, *, ranks: int = 1) -> KvCache:
        """Size a cache of whole blocks, on one rank."""
        return plain_kv_cache(ask, step=ask.runtime.amount("block"), ranks=ranks)

    def compute_buffer(self, ask: Ask, card: Card, *, ranks: int = 1) -> ComputeBuffer:
        """Size the activations of the largest batch, on one rank."""
        architecture = ask.architecture
        sparse = any(
            isinstance(part, MixtureOfExperts)
            for block in architecture.blocks
            for part in block.feed_forwards
        )
        widths = _MOE_WIDTHS if sparse else _DENSE_WIDTHS
        width = widths[max(count for count in widths if count <= ranks)]
        tokens = ask.runtime.amount("max_tokens")
        size = int(_ACTIVATION_BYTES * tokens * architecture.hidden * width)
        floor = ask.runtime.amount("activation_floor")
        return ComputeBuffer(device_bytes=max(size, floor), bound_by=ONE_LAYER)

    def overhead(
        self, runtime: Runtime, card: Card, *, ranks: int = 1, position: int = 0
    ) -> Overhead:
        """Size context, NCCL's buffers where there are several cards, and everything else."""
        nccl = () if ranks == 1 else ("nccl_2",) if ranks == _FEW_RANKS else ("nccl_4",)
        return context_overhead(runtime, card, ("other", *nccl))

    def budget(self, ask: Ask, card: Card, *, usable_bytes: int, fixed_bytes: int) -> int:
        """Return what is there before the cache, and 90 % of what that leaves free."""
        free = max(0, usable_bytes - fixed_bytes)
        return fixed_bytes + int(ask.runtime.share("free_memory_share") * free)


RULES = TensorRtLlm()
