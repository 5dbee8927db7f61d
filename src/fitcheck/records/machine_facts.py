"""A machine as described: each GPU as found, beside the card the table knows it as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.record import record

if TYPE_CHECKING:
    from fitcheck.records.machine import Occupant


@record
class FoundCard:
    """A detected GPU. `id` is the table's; "" where the table does not know it. Bytes, bytes/s."""

    id: str
    name: str  # the driver's
    vendor: str
    found_by: str
    total_bytes: int | None
    free_bytes: int | None
    usable_bytes: int | None
    unified_memory: bool
    bandwidth_bytes_per_s: int | None
    compute_capability: str
    drives_display: bool | None
    driver_version: str
    occupants: tuple[Occupant, ...] = ()


@record
class MachineFacts:
    """What a machine has: GPUs, RAM, and what was asked to find out."""

    system: str
    gpus: tuple[FoundCard, ...]
    ram_bytes: int | None
    ram_free_bytes: int | None
    ram_kind: str
    ram_bandwidth_bytes_per_s: int | None
    tried: tuple[str, ...]
