"""How fast a card computes: shader units in floating point and in integers, and matrix units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.units import TERA

if TYPE_CHECKING:
    from fitcheck.records.gpu import Gpu

_FLOPS_PER_BANDWIDTH = 40.0  # FP32 FLOP a byte of bandwidth: the middle of the cards that tell

# Designs whose published FP32 rate counts lanes that do no integer work: two FP32 operations for
# each integer lane. CUDA C++ programming guide, arithmetic instructions (FP32 and 32-bit integer
# results a clock a multiprocessor: 128 and 64 on 8.6, 8.7, 8.9 and 9.0, equal elsewhere),
# https://docs.nvidia.com/cuda/cuda-c-programming-guide/#arithmetic-instructions; RDNA 3 counts
# dual-issued FP32, AMD RDNA3 ISA guide, VOPD.
_HALF_INTEGER_CUDA = frozenset({"8.6", "8.7", "8.9", "9.0", "10.0", "10.3"})
_HALF_INTEGER_DESIGNS = frozenset({"rdna3", "rdna3.5", "rdna4"})


# Watts a TFLOP/s of FP32 needs to be held: six tenths of what the desktop cards of a design are
# given. Cards given less (T4, A10, L4 …) cannot hold their boost clock in work that is all
# arithmetic.
_WATTS_PER_TFLOP = {"pascal": 13.0, "turing": 12.0, "ampere": 6.0, "ada": 3.6, "blackwell": 3.3}


def shader_flops(gpu: Gpu) -> float:
    """FP32 rate of the shader units (cores × clock × 2); unknown: a usual ratio to bandwidth."""
    return gpu.fp32_flops or _FLOPS_PER_BANDWIDTH * gpu.bandwidth_bytes_per_s


def integer_ops(gpu: Gpu) -> float:
    """Rate of integer work of the shader units, on the scale of their FP32 rate."""
    halved = (
        gpu.compute_capability in _HALF_INTEGER_CUDA
        if gpu.vendor == "nvidia"
        else gpu.architecture in _HALF_INTEGER_DESIGNS
    )
    return shader_flops(gpu) * (0.5 if halved else 1.0) * sustained_share(gpu)


def sustained_share(gpu: Gpu, *, demand: float = 1.0) -> float:
    """Share of the boost clock a card's power limit lets it hold, by what its design needs.

    `demand` compares the work with unpacking weights; matrix products need all that desktop cards
    are given.
    """
    needed = _WATTS_PER_TFLOP.get(gpu.architecture)
    if needed is None or not gpu.fp32_flops or not gpu.tdp_w or gpu.vendor != "nvidia":
        return 1.0
    return min(1.0, gpu.tdp_w / (demand * needed * gpu.fp32_flops / TERA))


def matrix_flops(gpu: Gpu) -> float:
    """Rate of 16-bit matrix products with FP32 accumulation, or of the fastest unit there is."""
    return (
        gpu.fp16_tensor_fp32_accumulate_flops
        or gpu.bf16_tensor_flops
        or gpu.fp16_tensor_flops
        or gpu.fp16_flops
        or shader_flops(gpu)
    )


def attention_flops_per_s(gpu: Gpu) -> float:
    """Rate attention is measured by: a quarter of the matrix units', or that of the shaders."""
    return max(shader_flops(gpu), matrix_flops(gpu) / 4)
