"""How fast a card computes: shader units and matrix units."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.records.gpu import Gpu

_FLOPS_PER_BANDWIDTH = 40.0  # FP32 FLOP a byte of bandwidth: the middle of the cards that tell


def shader_flops(gpu: Gpu) -> float:
    """FP32 rate of the shader units (cores × clock × 2); unknown: a usual ratio to bandwidth."""
    return gpu.fp32_flops or _FLOPS_PER_BANDWIDTH * gpu.bandwidth_bytes_per_s


def matrix_flops(gpu: Gpu) -> float:
    """Rate of 16-bit matrix products with FP32 accumulation, or of the fastest unit there is."""
    return (
        gpu.fp16_tensor_fp32_accumulate_flops
        or gpu.bf16_tensor_flops
        or gpu.fp16_tensor_flops
        or gpu.fp16_flops
        or shader_flops(gpu)
    )
