"""A device under a runtime: the memory it offers and what a unit of work costs on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitcheck.estimator.devices.usable_memory import usable_memory
from fitcheck.estimator.runtimes.old_buffers import runtime_overhead, share_limit
from fitcheck.estimator.speed import (
    decode_costs,
    layer_shares,
    prefill_costs,
)
from fitcheck.estimator.speed.costs import DEFAULT_BACKENDS

if TYPE_CHECKING:
    from fitcheck.estimator.speed import DecodeCosts, PrefillCosts
    from fitcheck.records.calibration import Calibration
    from fitcheck.records.gpu import Device
    from fitcheck.records.runtime import Runtime
    from fitcheck.records.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a device offers a runtime. Sizes are summed over its cards, costs are a card each.

    `shares` is the part of the layers each card takes.
    """

    device: Device
    backend: str
    capacity_bytes: int
    usable_bytes: int
    overhead_bytes: int
    decode_costs: tuple[DecodeCosts, ...]
    prefill_costs: tuple[PrefillCosts, ...]
    shares: tuple[float, ...]
    bandwidth_bytes_per_s: float


def prepare_target(
    device: Device, runtime: Runtime, settings: Settings, calibration: Calibration
) -> Target:
    """Work out what a device offers under a runtime.

    Several cards hold one layer each after another (layer split), so the bandwidth a token sees is
    the harmonic mean of the cards', weighted by their share of the layers.
    """
    gpus = device.gpus
    backend = settings.backend or DEFAULT_BACKENDS.get(gpus[0].vendor, "cuda")
    shares = layer_shares(gpus)
    usable = [
        usable_memory(
            gpu,
            system=settings.system,
            display=settings.display,
            unified_memory_bytes=settings.unified_memory_bytes,
        )
        for gpu in gpus
    ]
    return Target(
        device=device,
        backend=backend,
        capacity_bytes=sum(memory.capacity_bytes for memory in usable),
        usable_bytes=sum(
            share_limit(
                runtime,
                gpu,
                usable_bytes=memory.bytes,
                utilization=settings.gpu_memory_utilization,
            )
            for gpu, memory in zip(gpus, usable, strict=True)
        ),
        overhead_bytes=sum(
            runtime_overhead(runtime, gpu, backend=backend).overhead_bytes for gpu in gpus
        ),
        decode_costs=tuple(decode_costs(gpu, runtime.id, backend, calibration) for gpu in gpus),
        prefill_costs=tuple(prefill_costs(gpu, runtime.id, backend, calibration) for gpu in gpus),
        shares=shares,
        bandwidth_bytes_per_s=1.0
        / sum(share / gpu.bandwidth_bytes_per_s for share, gpu in zip(shares, gpus, strict=True)),
    )
