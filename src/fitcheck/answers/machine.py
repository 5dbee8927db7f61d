"""This machine described: what was detected, and the cards the table knows it as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.answers.local import known_card, local_card, this_machine
from fitcheck.catalog import load
from fitcheck.errors import FitcheckError
from fitcheck.estimator.devices.usable_memory import usable_memory
from fitcheck.records.machine_facts import FoundCard, MachineFacts

if TYPE_CHECKING:
    from fitcheck.catalog import Catalog
    from fitcheck.records.machine import DetectedGpu, Machine


def describe_machine(
    data_folders: tuple[str, ...] = (), machine: Machine | None = None
) -> MachineFacts:
    """Describe a machine, by default this one. A card no table knows is described as found."""
    machine = machine or this_machine()
    catalog = load(data_folders)
    return MachineFacts(
        system=machine.system,
        gpus=tuple(_card(found, machine, catalog) for found in machine.gpus),
        ram_bytes=machine.ram_bytes,
        ram_free_bytes=machine.ram_free_bytes,
        ram_kind=machine.ram_kind,
        ram_bandwidth_bytes_per_s=machine.ram_bandwidth_bytes_per_s,
        tried=machine.tried,
    )


def _card(found: DetectedGpu, machine: Machine, catalog: Catalog) -> FoundCard:
    known = known_card(found, machine, catalog)
    try:
        gpu = local_card(found, machine, catalog)
    except FitcheckError:
        gpu = None
    return FoundCard(
        id=known.id if known else "",
        name=found.name,
        vendor=found.vendor,
        found_by=found.found_by,
        total_bytes=gpu.driver_memory_bytes if gpu else found.total_bytes,
        free_bytes=found.free_bytes,
        usable_bytes=usable_memory(gpu, system=machine.system).bytes if gpu else None,
        unified_memory=found.unified_memory,
        bandwidth_bytes_per_s=gpu.bandwidth_bytes_per_s if gpu else found.bandwidth_bytes_per_s,
        compute_capability=found.compute_capability,
        drives_display=found.drives_display,
        driver_version=found.driver_version,
        occupants=found.occupants,
    )
