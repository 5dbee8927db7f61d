"""What a runtime takes beside its own buffers: the CUDA context, then libraries, graphs, NCCL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.buffers import Overhead
from fitcheck.units import GIB, MIB

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.rules import Card
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.runtime import Runtime

# MiB of a bare context for each streaming multiprocessor: 107 on an RTX 4060 Ti (34), 256 on an
# RTX 3090 (82), 426 on an RTX 6000 Ada (142), 555 on an RTX PRO 6000 (188): 2.95 to 3.15.
# https://github.com/ggml-org/llama.cpp/pull/23604, https://github.com/invoke-ai/InvokeAI/issues/9413
_CONTEXT_BYTES_PER_MULTIPROCESSOR = 3.05 * MIB
_CONTEXT_BYTES_UNKNOWN = (
    300 * MIB
)  # PyTorch since CUDA 11.7, github.com/pytorch/pytorch/issues/107667
_CONTEXT_SPREAD = (0.75, 1.35)  # a B200 shows 612 for 148

# FP32 FLOP/s of one multiprocessor: 2 × lanes × boost clock (NVIDIA's architecture papers).
_MULTIPROCESSOR_FLOPS = {
    "pascal": 2 * 128 * 1.58e9,
    "volta": 2 * 64 * 1.53e9,
    "turing": 2 * 64 * 1.60e9,
    "ampere": 2 * 128 * 1.70e9,
    "ampere datacenter": 2 * 64 * 1.41e9,
    "ada": 2 * 128 * 2.50e9,
    "hopper": 2 * 128 * 1.98e9,
    "blackwell": 2 * 128 * 2.45e9,
    "blackwell datacenter": 2 * 128 * 1.96e9,
}


def context_overhead(runtime: Runtime, card: Card, names: tuple[str, ...] = ()) -> Overhead:
    """Size the context of a card and the runtime's constants of these names on top of it.

    overhead = context(card) + `overhead_<backend>` + Σ named constants, where a CUDA context takes
    about 3 MiB for each of the card's multiprocessors. A backend without a constant of its own
    takes nothing on top.
    """
    context = context_bytes(card.gpu) if card.backend == "cuda" else 0
    low, high = (context * _CONTEXT_SPREAD[0], context * _CONTEXT_SPREAD[1])
    value: float = context
    own = (f"overhead_{card.backend}",)
    for name in (*(own if own[0] in runtime.constants else ()), *names):
        constant = runtime.constants[name]
        value += constant.value
        low += constant.value if constant.low is None else constant.low
        high += constant.value if constant.high is None else constant.high
    return Overhead(overhead_bytes=int(value), low_bytes=int(low), high_bytes=int(high))


def context_bytes(gpu: Gpu) -> int:
    """Size a bare CUDA context on a card: 3.05 MiB × multiprocessors, else 300 MiB."""
    multiprocessors = _multiprocessors(gpu)
    if not multiprocessors:
        return _CONTEXT_BYTES_UNKNOWN
    return int(multiprocessors * _CONTEXT_BYTES_PER_MULTIPROCESSOR)


def _multiprocessors(gpu: Gpu) -> int:
    """Estimate how many multiprocessors a card has, from its FP32 rate and its architecture."""
    if not gpu.fp32_flops or gpu.vendor != "nvidia":
        return 0
    name = gpu.architecture.lower()
    if gpu.segment == "datacenter" and f"{name} datacenter" in _MULTIPROCESSOR_FLOPS:
        high_end = gpu.memory_bytes >= 40 * GIB and gpu.bandwidth_bytes_per_s > 1_200e9
        name = f"{name} datacenter" if high_end else name
    rate = _MULTIPROCESSOR_FLOPS.get(name)
    return round(gpu.fp32_flops / rate) if rate else 0
