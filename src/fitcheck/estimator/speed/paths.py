"""Which units a matrix product really runs on, and their peak rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.speed.rates import matrix_flops, shader_flops, sustained_share

if TYPE_CHECKING:
    from fitcheck.records.gpu import Gpu

_MATRIX_DEMAND = 1.2  # matrix units draw more than unpacking does
_DP4A_GAIN = 4.0  # four 8-bit products an instruction, against one in FP32
_QUANTIZED = frozenset({"eight", "four", "k", "i"})


def matmul_rate(gpu: Gpu, storage: str, *, integer_products: bool) -> float:
    """Rate a prompt's products run at: the peak of their path, at the clock the power allows."""
    return _peak(gpu, storage, integer_products=integer_products) * sustained_share(
        gpu, demand=_MATRIX_DEMAND
    )


def _peak(gpu: Gpu, storage: str, *, integer_products: bool) -> float:
    """Peak rate, in FLOP/s, of the products of a prompt with weights of a storage class.

    With `integer_products` (llama.cpp) quantized weights meet 8-bit activations: on tensor cores
    from compute capability 7.5 (MMQ), with dp4a on 6.1, in half precision on Volta and AMD's CDNA.
    On other AMD and Intel GPUs its published speeds follow the packed half-precision rate of the
    shaders (a quarter to two thirds of it, from RDNA 2 to RDNA 4), not that of their matrix units.
    Half-precision weights use the matrix units with 16-bit accumulation, bfloat16 with 32-bit.
    GPU runtimes unpack to half precision (Marlin), but multiply FP8 and FP4 natively where the
    card can. Apple's GPUs multiply at their FP32 rate.
    Sources: llama.cpp, ggml_cuda_should_use_mmq in ggml/src/ggml-cuda/mmq.cu
    https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-cuda/mmq.cu
    vLLM, supported hardware of quantization kernels
    https://docs.vllm.ai/en/latest/features/quantization/
    """
    if gpu.vendor == "apple":
        return gpu.fp16_tensor_flops or shader_flops(gpu)
    if integer_products and gpu.vendor in {"amd", "intel"} and not _is_accelerator(gpu):
        return gpu.fp16_flops or 2 * shader_flops(gpu)
    half = gpu.fp16_tensor_flops or matrix_flops(gpu)
    if integer_products:
        if storage not in _QUANTIZED:
            return half if storage == "half" else gpu.bf16_tensor_flops or matrix_flops(gpu)
        if gpu.int8_tensor_ops and _has_int8_units(gpu):
            return gpu.int8_tensor_ops
        if gpu.fp16_tensor_flops:
            return gpu.fp16_tensor_flops
        return max(_DP4A_GAIN * shader_flops(gpu) / 2, gpu.fp16_flops or 0.0)
    if storage == "eight" and gpu.fp8_tensor_flops:
        return gpu.fp8_tensor_fp32_accumulate_flops or gpu.fp8_tensor_flops
    if storage == "fp4" and gpu.fp4_tensor_flops:
        return gpu.fp4_tensor_flops
    return matrix_flops(gpu)


def _has_int8_units(gpu: Gpu) -> bool:
    if gpu.vendor != "nvidia" or not gpu.compute_capability:
        return gpu.vendor != "apple"
    return float(gpu.compute_capability) >= 7.5


def _is_accelerator(gpu: Gpu) -> bool:
    return gpu.architecture.startswith("cdna") or gpu.segment == "datacenter"
