"""Working memory beside weights and cache: the compute buffer and the runtime's own overhead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fitcheck.estimator.runtimes.cuda_context import runtime_overhead, share_limit
from fitcheck.estimator.runtimes.llama_cpp.compute_buffer import llama_cpp_compute_buffer
from fitcheck.estimator.runtimes.llama_cpp.pipeline import llama_cpp_split_buffers
from fitcheck.estimator.runtimes.plain.compute_buffer import (
    mlx_compute_buffer,
    plain_compute_buffer,
)
from fitcheck.estimator.runtimes.vllm.compute_buffer import vllm_compute_buffer

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.buffers import ComputeBuffer
    from fitcheck.records.format import StorageType

__all__ = ["compute_buffer", "runtime_overhead", "share_limit"]

_SPLIT_CARDS = 3  # a first, a middle and a last one stand for any number


def compute_buffer(
    architecture: Architecture,
    *,
    rule: str,
    context: int,
    key_storage: StorageType,
    value_storage: StorageType,
    concurrency: int = 1,
    slots: int | None = None,
    unified: bool = False,
    ubatch: int = 512,
    flash_attention: bool = True,
    swa_full: bool = False,
    all_outputs: bool = False,
    backend: str = "cuda",
    several_cards: bool = False,
) -> ComputeBuffer:
    """Size activations and logits by a runtime's `memory_rule`; arguments as of `kv_cache`.

    `all_outputs`: logits of every token of a micro-batch are kept, as llama-bench and builds before
    v0.5.0 do; llama-server keeps those of one token a slot. `several_cards`: also size the buffers
    of cards that share the layers.
    """
    if rule == "llama.cpp":
        run: dict[str, Any] = {
            "context": context if slots else context * concurrency,
            "sequences": slots or concurrency,
            "key_storage": key_storage,
            "value_storage": value_storage,
            "unified": unified,
            "ubatch": ubatch,
            "flash_attention": flash_attention,
            "swa_full": swa_full,
            "outputs": ubatch if all_outputs else 0,
            "backend": backend,
        }
        buffer = llama_cpp_compute_buffer(architecture, **run)
        if not several_cards or len(architecture.layout) < _SPLIT_CARDS:
            return buffer
        first, middle, last = llama_cpp_split_buffers(architecture, cards=_SPLIT_CARDS, **run)
        return replace(buffer, split_bytes=(first, middle, last))
    if rule in ("vllm", "sglang", "tensorrt-llm"):
        return vllm_compute_buffer(architecture)
    if rule == "mlx":
        return mlx_compute_buffer()
    chunk = 2048 if rule.startswith("exllama") else context * concurrency
    return plain_compute_buffer(architecture, tokens=min(context * concurrency, chunk))
