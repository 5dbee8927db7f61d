"""A device under a runtime: the memory each card offers, and what a unit of work costs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.devices.backends import backend_for
from fitcheck.estimator.devices.usable_memory import usable_memory
from fitcheck.estimator.runtimes.rules import Card
from fitcheck.estimator.speed import decode_costs, prefill_costs
from fitcheck.records.record import record

if TYPE_CHECKING:
    from fitcheck.estimator.speed import DecodeCosts, PrefillCosts
    from fitcheck.records.calibration import Calibration
    from fitcheck.records.gpu import Device, Gpu
    from fitcheck.records.runtime import Runtime
    from fitcheck.records.settings import Settings


@record
class TargetCard:
    """One card: its marketed and its usable memory, and the costs of a unit of work."""

    card: Card
    capacity_bytes: int
    usable_bytes: int
    decode_costs: DecodeCosts
    prefill_costs: PrefillCosts

    @property
    def gpu(self) -> Gpu:
        """The card's record."""
        return self.card.gpu


@record
class Target:
    """What a device offers a runtime, card by card.

    `measured`: some card's speed was measured under this backend.
    """

    device: Device
    backend: str
    cards: tuple[TargetCard, ...]
    measured: bool

    @property
    def bandwidth_bytes_per_s(self) -> int:
        """The bandwidth of all cards together."""
        return sum(card.gpu.bandwidth_bytes_per_s for card in self.cards)


def prepare_target(
    device: Device, runtime: Runtime, settings: Settings, calibration: Calibration
) -> Target:
    """Work out what a device offers under a runtime; equal cards are worked out once."""
    backend = backend_for(runtime, device.gpus[0], settings.backend)
    known: dict[int, TargetCard] = {}
    for gpu in device.gpus:
        if id(gpu) not in known:
            known[id(gpu)] = _card(gpu, backend, runtime, settings, calibration)
    return Target(
        device=device,
        backend=backend,
        cards=tuple(known[id(gpu)] for gpu in device.gpus),
        measured=backend in calibration.backends,
    )


def _card(
    gpu: Gpu, backend: str, runtime: Runtime, settings: Settings, calibration: Calibration
) -> TargetCard:
    memory = usable_memory(
        gpu,
        system=settings.system,
        display=settings.display,
        unified_memory_bytes=settings.unified_memory_bytes,
    )
    return TargetCard(
        card=Card(gpu, backend),
        capacity_bytes=memory.capacity_bytes,
        usable_bytes=memory.bytes,
        decode_costs=decode_costs(gpu, runtime, backend, calibration),
        prefill_costs=prefill_costs(gpu, runtime, backend, calibration),
    )
