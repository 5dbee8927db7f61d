"""This machine as a device: what was detected, with the table's rates where the card is known."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from fitcheck.catalog.driver_names import has_memory, match_driver_name
from fitcheck.catalog.names import normalise
from fitcheck.errors import FitcheckError
from fitcheck.estimator.devices.unified_memory import unified_memory
from fitcheck.records.gpu import Device, Gpu
from fitcheck.records.record import replace

if TYPE_CHECKING:
    from fitcheck.answers.query import Query
    from fitcheck.catalog import Catalog
    from fitcheck.records.machine import DetectedGpu, Machine

# A total further from the marketed size than ECC explains is another board (a 4090 with 48 GB).
_ANOTHER_BOARD = 0.08


@lru_cache(maxsize=1)
def this_machine() -> Machine:
    """Look at this machine, once: a driver's tool may take a second to answer."""
    from fitcheck.detect import local_machine

    return local_machine()


def with_local_machine(query: Query) -> Query:
    """Give the question with this machine's system, and its free RAM for what a card cannot hold.

    What was said (`--ram`, `--system`) stays. RAM that the GPU shares is counted once, as the
    GPU's.
    """
    machine = this_machine()
    shared = any(gpu.unified_memory for gpu in machine.gpus)
    ram_bytes = query.ram_bytes
    if ram_bytes is None and machine.gpus and not shared:
        ram_bytes = machine.ram_free_bytes
    return replace(query, ram_bytes=ram_bytes, system=query.system or machine.system)


def local_device(catalog: Catalog, machine: Machine | None = None) -> Device:
    """Give the GPUs of this machine as one device. Raises FitcheckError where there is none.

    Totals and what is free are as detected, never the table's. Where two makers' cards are in it,
    those of the one with more memory.
    """
    if machine is None:
        machine = this_machine()
    if not machine.gpus:
        raise FitcheckError(
            "no GPU was found on this machine",
            "name one: `--gpu rtx4090`; `fitcheck detect` shows what was looked for",
        )
    vendor = _main_vendor(machine)
    return Device(
        tuple(
            local_card(found, machine, catalog) for found in machine.gpus if found.vendor == vendor
        )
    )


def _main_vendor(machine: Machine) -> str:
    """Give the maker with the most memory: no runtime uses cards of two makers by default."""
    totals: dict[str, int] = {}
    for found in machine.gpus:
        totals[found.vendor] = totals.get(found.vendor, 0) + (found.total_bytes or 0)
    return max(totals, key=lambda vendor: totals[vendor])


def local_card(found: DetectedGpu, machine: Machine, catalog: Catalog) -> Gpu:
    """Give a detected GPU as a card. Raises FitcheckError where its bandwidth is not known."""
    known = known_card(found, machine, catalog)
    if known is not None:
        return _as_found(known, found, machine)
    if found.bandwidth_bytes_per_s is None or found.total_bytes is None:
        raise FitcheckError(
            f"no table knows the GPU `{found.name}`",
            "describe it: `--vram 24 --bandwidth 1008`, in GB and GB/s",
        )
    return Gpu(
        id=normalise(found.name),
        name=found.name,
        vendor=found.vendor,
        architecture="",
        segment="detected",
        compute_capability=found.compute_capability,
        memory_bytes=found.total_bytes,
        driver_memory_bytes=found.total_bytes,
        free_memory_bytes=found.free_bytes,
        bandwidth_bytes_per_s=found.bandwidth_bytes_per_s,
    )


def known_card(found: DetectedGpu, machine: Machine, catalog: Catalog) -> Gpu | None:
    """Give the catalogue's record of a detected GPU; `None` where no name or several match."""
    size = machine.ram_bytes if found.unified_memory else found.total_bytes
    cards = [
        match_driver_name(
            name,
            catalog.gpus,
            memory_bytes=size,
            cores=found.cores,
            bandwidth_bytes_per_s=found.bandwidth_bytes_per_s,
        )
        for name in found.names
    ]
    known = [card for card in cards if card is not None]
    fitting = [card for card in known if size is None or has_memory(card, size)]
    return next(iter(fitting or known), None)


def _as_found(card: Gpu, found: DetectedGpu, machine: Machine) -> Gpu:
    if found.unified_memory:
        return _sharing_ram(card, found, machine)
    if found.total_bytes is None:
        return card
    memory_bytes = card.memory_bytes
    if abs(found.total_bytes - memory_bytes) > _ANOTHER_BOARD * memory_bytes:
        memory_bytes = found.total_bytes
    return replace(
        card,
        memory_bytes=memory_bytes,
        driver_memory_bytes=found.total_bytes,
        runtime_memory_bytes=None,
        free_memory_bytes=found.free_bytes,
    )


def _sharing_ram(card: Gpu, found: DetectedGpu, machine: Machine) -> Gpu:
    """Give a GPU that shares the RAM what its system lends it, as detected or by the rule."""
    ram_bytes = machine.ram_bytes or card.memory_bytes
    sizes = sorted({*card.memory_options_bytes, card.memory_bytes})
    memory_bytes = next((size for size in sizes if size >= ram_bytes * 0.999), ram_bytes)
    lent = found.limit_bytes or found.total_bytes
    if lent is None:
        lent = unified_memory(card, ram_bytes=memory_bytes, system=machine.system)[0]
    free = found.free_bytes
    if free is None and card.vendor == "nvidia":
        free = machine.ram_free_bytes  # CUDA offers what the system could give
    return replace(
        card,
        memory_bytes=memory_bytes,
        driver_memory_bytes=lent,
        runtime_memory_bytes=None,
        free_memory_bytes=None if free is None else min(lent, free),
    )
