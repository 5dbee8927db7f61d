"""What the driver of a card with its own memory reports as its total, ECC as delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.result import Quantity, Step
from fitcheck.units import GIB, MIB

if TYPE_CHECKING:
    from fitcheck.records.gpu import Gpu

NVML = "https://docs.nvidia.com/deploy/nvml-api/structnvmlMemory__t.html"
ECC_SHARE = 16  # in-band ECC of GDDR keeps its check bits in the memory itself: one byte in 16

_HBM_SHARES = {"volta": 0.99, "hopper": 0.9956, "blackwell": 0.9946}

# Intel's Level Zero offers 17/18 of the memory: 16225 MB on an Arc A770 16 GB, 12168 MB on a B580.
LEVEL_ZERO = "https://github.com/ggml-org/llama.cpp/blob/master/docs/backend/SYCL.md"


def driver_memory(gpu: Gpu, *, ecc: bool | None = None) -> tuple[int, list[Step]]:
    """Give the total the driver reports, in bytes, and the steps to it.

    A total seen in published logs is taken as it is; where none is known the maker's rule gives it,
    as `expected_bytes` tells. `ecc` turns error correction of a GDDR card on or off (it costs
    1/16; that of GDDR7 and HBM has room of its own); `None` leaves it as delivered. Source: https://docs.nvidia.com/deploy/nvml-api/
    """
    if gpu.driver_memory_bytes is not None:
        total = gpu.driver_memory_bytes
        steps = [
            Step(
                what="driver total",
                formula=("as the driver reports",),
                result=(mib(total),),
                source=source_of(gpu, "driver memory"),
            )
        ]
    else:
        total, formula, source = expected_bytes(gpu)
        steps = [Step(what="driver total", formula=formula, result=(mib(total),), source=source)]
    change = 0
    if ecc is True and gpu.ecc == "optional" and gpu.memory_type != "GDDR7":
        change = -gpu.memory_bytes // ECC_SHARE
    if ecc is False and gpu.ecc == "default on":
        change = gpu.memory_bytes // ECC_SHARE
    if change:
        total += change
        sign = "+" if change > 0 else "-"
        steps.append(
            Step(
                what=f"ECC {'on' if ecc else 'off'}",
                formula=(f"{sign} ", mib(gpu.memory_bytes), " ÷ 16"),
                result=(mib(total),),
                source="https://docs.nvidia.com/deploy/nvml-api/group__nvmlDeviceQueries.html",
            )
        )
    return total, steps


def expected_bytes(gpu: Gpu) -> tuple[int, tuple[str | Quantity, ...], str]:
    """Give the total the driver would report for a card without a published one.

    Fitted to the totals of every card of the table that has one (within 4 MiB; the test holds it):
    GDDR5 and GDDR6 GeForce up to Ampere show all of it; Ada and the professional Ampere cards keep
    1 MiB a 32-bit channel; Blackwell 4 MiB a GiB and 2.1 MiB a channel; AMD 16 MiB, RDNA4 4 MiB a
    GiB more. In-band ECC, where it is delivered switched on, takes 1/16 first.
    """
    size = gpu.memory_bytes
    ecc_on = gpu.ecc == "default on"
    formula: tuple[str | Quantity, ...] = (mib(size),)
    if ecc_on:
        size -= size // ECC_SHARE
        formula += (" × 15 ÷ 16 (ECC)",)
    channels = (gpu.bus_bits or 0) / 32
    gibs = gpu.memory_bytes / GIB
    if gpu.vendor == "nvidia" and (gpu.memory_type or "").startswith("HBM"):
        share = _HBM_SHARES.get(gpu.architecture, 1.0)
        return round(size * share), (*formula, f" × {share:g}"), NVML
    if gpu.vendor == "nvidia" and gpu.architecture.startswith("blackwell"):
        kept = 4 * gibs + 2.1 * channels
        formula += (f" - 4 MiB × {gibs:g} - 2.1 MiB × {channels:g} channels",)
    elif gpu.architecture == "ada" or (gpu.architecture == "ampere" and gpu.ecc != "none"):
        kept = channels
        formula += (f" - 1 MiB × {channels:g} channels",)
    elif gpu.vendor == "amd":
        kept = 16 + (4 * gibs if gpu.architecture == "rdna4" else 0)
        formula += (f" - {kept:g} MiB",)
    elif gpu.vendor == "intel" and gpu.architecture != "gaudi":
        return size * 17 // 18, (*formula, " × 17 ÷ 18"), LEVEL_ZERO
    else:
        kept = 0.0
    return size - round(kept * MIB), formula, NVML if gpu.vendor == "nvidia" else ""


def source_of(gpu: Gpu, figure: str) -> str:
    """Give where a card's figure is from: the URL, or the title where there is none."""
    return next((s.url or s.title for s in gpu.sources if figure in s.of), "")


def mib(size_bytes: int) -> Quantity:
    """Return a size to be told in MiB."""
    return Quantity(size_bytes, "MiB")
