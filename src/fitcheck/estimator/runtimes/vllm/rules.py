"""vLLM's rules: a share of each card, a pool of blocks, every layer on every card.

Source: vLLM 0.33.0, v1/worker/gpu_worker.py, engine/arg_utils.py, config/cache.py
https://github.com/vllm-project/vllm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.cuda_context import context_bytes, context_overhead
from fitcheck.estimator.runtimes.rules import Rules
from fitcheck.estimator.runtimes.vllm.compute_buffer import vllm_compute_buffer
from fitcheck.estimator.runtimes.vllm.kv_cache import vllm_kv_cache
from fitcheck.units import GIB

if TYPE_CHECKING:
    from collections.abc import Hashable

    from fitcheck.estimator.runtimes.rules import Ask, Card
    from fitcheck.records.buffers import ComputeBuffer, Overhead
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.kv_cache import KvCache
    from fitcheck.records.runtime import Runtime

_LARGE_CARD_BYTES = 70 * GIB
_LARGEST_CARD_BYTES = 160 * GIB


class Vllm(Rules):
    """The rules of vLLM."""

    splits = ("tensor",)
    host_layers = False  # its CPU offload streams weights over PCIe at every step

    def card_class(self, card: Card) -> Hashable:
        """Return whether the card is small, large, or largest: its batch depends on that."""
        small = card.gpu.memory_bytes < _LARGE_CARD_BYTES or "a100" in card.gpu.name.casefold()
        return small, card.gpu.memory_bytes >= _LARGEST_CARD_BYTES

    def kv_cache(self, ask: Ask, card: Card, *, ranks: int = 1) -> KvCache:
        """Size the blocks of the pool that the sequences fill, on one rank."""
        return vllm_kv_cache(
            ask.architecture,
            context=ask.settings.context,
            sequences=ask.settings.concurrency,
            key_storage=ask.key_storage,
            value_storage=ask.value_storage,
            tensor_parallel=ranks,
            batched_tokens=batched_tokens(ask.runtime, card.gpu),
            block_tokens=ask.runtime.amount("block"),
        )

    def compute_buffer(self, ask: Ask, card: Card, *, ranks: int = 1) -> ComputeBuffer:
        """Size the activations of the profile run, on one rank."""
        return vllm_compute_buffer(
            ask.architecture,
            tokens=batched_tokens(ask.runtime, card.gpu),
            tensor_parallel=ranks,
        )

    def overhead(
        self, runtime: Runtime, card: Card, *, ranks: int = 1, position: int = 0
    ) -> Overhead:
        """Size context, CUDA graphs, and what is outside PyTorch, NCCL's buffers among it."""
        outside = "non_torch_parallel" if ranks > 1 else "non_torch"
        return context_overhead(runtime, card, ("cuda_graphs", outside))

    def budget(self, ask: Ask, card: Card, *, usable_bytes: int, fixed_bytes: int) -> int:
        """Return its share of the card (`gpu_memory_utilization`), and the CUDA context on top.

        min(usable, share × usable + context)
        https://github.com/vllm-project/vllm/blob/main/vllm/v1/worker/gpu_worker.py
        """
        share = ask.settings.gpu_memory_utilization or ask.runtime.share("gpu_memory_utilization")
        context = context_bytes(card.gpu) if card.backend == "cuda" else 0
        return min(usable_bytes, int(share * usable_bytes) + context)


def batched_tokens(runtime: Runtime, gpu: Gpu) -> int:
    """Return `max_num_batched_tokens` of a card: by its memory, and the A100 as a small one.

    https://github.com/vllm-project/vllm/blob/main/vllm/engine/arg_utils.py (get_batch_defaults)
    """
    if gpu.memory_bytes >= _LARGEST_CARD_BYTES:
        return runtime.amount("max_batched_tokens_from_160_gib")
    if gpu.memory_bytes >= _LARGE_CARD_BYTES and "a100" not in gpu.name.casefold():
        return runtime.amount("max_batched_tokens_from_70_gib")
    return runtime.amount("max_batched_tokens")


RULES = Vllm()
