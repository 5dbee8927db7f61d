"""What a driver prints → the card it is, told apart by memory, cores or bandwidth where needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.catalog.catalog import Table
    from fitcheck.records.gpu import Gpu

_MEMORY_TOLERANCE = 0.08  # a driver may show 1/16 less than is marketed (ECC), and a little more


def match_driver_name(
    name: str,
    gpus: Table[Gpu],
    *,
    memory_bytes: int | None = None,
    cores: int | None = None,
    bandwidth_bytes_per_s: int | None = None,
) -> Gpu | None:
    """Give the card a driver calls `name`; `None` where no card or still several have that name.

    Drivers print one name for several cards (`NVIDIA GeForce RTX 3060` has 8 or 12 GB, `Apple M3
    Max` 30 or 40 GPU cores): the total they report, the GPU cores or the bandwidth decide. Cards
    that differ in none of these are taken as one.
    """
    candidates = [gpus.get(key) for key in gpus.choices(name)]
    if cores is not None:
        candidates = [gpu for gpu in candidates if gpu.cores == cores] or candidates
    if memory_bytes is not None:
        candidates = [gpu for gpu in candidates if has_memory(gpu, memory_bytes)] or candidates
        candidates.sort(key=lambda gpu: abs(gpu.memory_bytes - memory_bytes))
    if bandwidth_bytes_per_s is not None and candidates:
        differences = [abs(gpu.bandwidth_bytes_per_s - bandwidth_bytes_per_s) for gpu in candidates]
        least = min(differences)
        candidates = [gpu for gpu, d in zip(candidates, differences, strict=True) if d == least]
    kinds = {(gpu.bandwidth_bytes_per_s, gpu.fp32_flops) for gpu in candidates}
    return candidates[0] if len(kinds) == 1 else None


def has_memory(gpu: Gpu, memory_bytes: int) -> bool:
    """Tell whether a card is sold with this much memory, give or take ECC."""
    sizes = gpu.memory_options_bytes or (gpu.memory_bytes,)
    return any(abs(memory_bytes - size) <= _MEMORY_TOLERANCE * size for size in sizes)
