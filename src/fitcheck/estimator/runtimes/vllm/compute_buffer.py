"""The peak of activations in vLLM: its largest batch through one layer, and the sampler's logits.

peak = tokens × 2 bytes × widths of the widest layer + sequences × vocabulary × 28 bytes, where a
dense layer is 3 × feed-forward + 2.5 × hidden wide, and a mixture of experts k × (max(2 × size,
hidden) + size) + 2.5 × hidden. Two published runs of Llama-3.1-8B (2.07 GiB at 20,000 tokens, 2.99
at 29,000) give 107 kB a token, the formula 106. Per sequence and word the sampler holds logits in
16 and 32 bits, probabilities, a sort with its indices, and sums: published peaks of 0.90 (T4,
Llama-3.2-3B), 0.94 (14B of 100,352 words) and 1.35 GiB (RTX A5000, 8B) against 0.99, 0.92, 1.07.

Source: vLLM, v1/worker/gpu_worker.py (determine_available_memory),
https://github.com/vllm-project/vllm/issues/10517, https://github.com/vllm-project/vllm/pull/10511
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.plain.compute_buffer import ONE_LAYER, feed_forward_width
from fitcheck.records.buffers import ComputeBuffer

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture

_ACTIVATION_BYTES = 2
_LOGIT_BYTES = 28
_STREAM_WIDTHS = 2.5


def vllm_compute_buffer(
    architecture: Architecture,
    *,
    tokens: int,
    sequences: int = 256,
    tensor_parallel: int = 1,
) -> ComputeBuffer:
    """Size the activations of vLLM's profile run on each card."""
    hidden = architecture.hidden
    widest = max(feed_forward_width(block, hidden) for block in architecture.blocks)
    width = widest / tensor_parallel + _STREAM_WIDTHS * hidden
    layer = int(tokens * _ACTIVATION_BYTES * width)
    logits = sequences * architecture.vocabulary * _LOGIT_BYTES // tensor_parallel
    bound = "logits" if logits > layer else ONE_LAYER
    return ComputeBuffer(device_bytes=layer + logits, bound_by=bound)
