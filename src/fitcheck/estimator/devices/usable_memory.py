"""How much of a card's memory a model may take: what the driver keeps, what the display takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.devices.driver_memory import driver_memory, mib, source_of
from fitcheck.records.record import record
from fitcheck.records.result import Step
from fitcheck.units import GIB, MIB

if TYPE_CHECKING:
    from fitcheck.records.gpu import Gpu

CUDA_TOTAL = "https://docs.nvidia.com/cuda/cuda-runtime-api/group__CUDART__MEMORY.html"
WDDM = "https://github.com/ollama/ollama/issues/8723"  # desktops of Windows and Linux
HIP_FREE = "https://github.com/ggml-org/llama.cpp/pull/25123"

# cudaMemGetInfo's total is this much below NVML's on Linux: 200 MiB on 4 GB, 373 on 8, 379 on 12,
# 461 on 16 (Blackwell), 354-484 on 24, 498 on 32, 600-640 on 96, 729 on 180 (published logs).
CUDA_KEPT_BYTES = 370 * MIB
CUDA_KEPT_BYTES_A_GIB = 2 * MIB
AMD_KEPT_BYTES = 162 * MIB  # sysfs shows 16206 of 16368 MiB free on an idle RX 7900 GRE
WINDOWS_KEPT_BYTES = round(1.1 * GIB)  # WDDM and the desktop: 6.9 of 8.0 GiB are left
WINDOWS_BUSY_BYTES = round(0.4 * GIB)  # a busy desktop takes 1.4 to 1.5 GiB in all
DISPLAY_BYTES = 831 * MIB  # an idle Linux desktop; 0.6 GiB bare X, 1.6 with a browser


@record(kw_only=False)
class UsableMemory:
    """`bytes` one process may take of `capacity_bytes`, the marketed size; one step a deduction."""

    bytes: int
    capacity_bytes: int
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()


def usable_memory(
    gpu: Gpu,
    *,
    system: str = "linux",
    display: bool = False,
    ecc: bool | None = None,
    unified_memory_bytes: int | None = None,
) -> UsableMemory:
    """Give the memory one process may take of a card, with a step for each deduction.

    usable = driver total - kept by the driver - display; for a GPU that shares the RAM the share
    its system lends it; for a detected card what is free now. `system` is `linux`, `windows`,
    `wsl`, `macos` (26 and later) or `macos-15` and earlier; `display` says the card also drives a
    screen; `ecc` switches error correction; `unified_memory_bytes` is the RAM of a unified system.
    """
    notes: list[str] = []
    if gpu.free_memory_bytes is not None:
        step = Step(what="free now", formula=("as detected",), result=(mib(gpu.free_memory_bytes),))
        return UsableMemory(gpu.free_memory_bytes, gpu.memory_bytes, (step,))
    if gpu.unified_memory:
        capacity = unified_memory_bytes or gpu.memory_bytes
        if gpu.driver_memory_bytes is not None:
            usable = gpu.driver_memory_bytes
            steps = [Step(what="lent to the GPU", formula=("as given",), result=(mib(usable),))]
        else:
            from fitcheck.estimator.devices.unified_memory import unified_memory

            usable, steps, notes = unified_memory(gpu, ram_bytes=capacity, system=system)
        if display and gpu.vendor != "apple":
            usable = _less(usable, DISPLAY_BYTES, "display", WDDM, steps)
        return UsableMemory(usable, capacity, tuple(steps), tuple(notes))
    usable, steps = driver_memory(gpu, ecc=ecc)
    if system in ("windows", "wsl"):
        usable = _less(usable, WINDOWS_KEPT_BYTES, "kept by Windows", WDDM, steps)
        if display:
            usable = _less(usable, WINDOWS_BUSY_BYTES, "busy desktop", WDDM, steps)
        return UsableMemory(usable, gpu.memory_bytes, tuple(steps))
    usable = _as_programs_see(gpu, usable, steps, as_delivered=ecc is None)
    if display:
        usable = _less(usable, DISPLAY_BYTES, "display", WDDM, steps)
    return UsableMemory(usable, gpu.memory_bytes, tuple(steps))


def _as_programs_see(gpu: Gpu, total: int, steps: list[Step], *, as_delivered: bool) -> int:
    """Take off what CUDA or ROCm does not offer a program of the driver's total."""
    if gpu.runtime_memory_bytes is not None and as_delivered:
        seen = gpu.runtime_memory_bytes
        steps.append(
            Step(
                what="offered to programs",
                formula=("as published logs show",),
                result=(mib(seen),),
                source=source_of(gpu, "driver memory"),
            )
        )
        return seen
    if gpu.vendor == "amd":
        return _less(total, AMD_KEPT_BYTES, "kept by the driver", HIP_FREE, steps)
    if gpu.vendor in ("intel", "google", "aws"):
        return total
    gibs = total / GIB
    kept = min(CUDA_KEPT_BYTES + round(CUDA_KEPT_BYTES_A_GIB * gibs), total // 20)
    return _less(total, kept, "kept by the driver", CUDA_TOTAL, steps)


def _less(total: int, taken: int, what: str, source: str, steps: list[Step]) -> int:
    left = max(0, total - taken)
    steps.append(
        Step(
            what=what,
            formula=(mib(total), " - ", mib(taken)),
            result=(mib(left),),
            source=source,
        )
    )
    return left
