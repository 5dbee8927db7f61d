"""What an answer says of a GPU that shares the RAM: how much RAM was taken, what lends it more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.devices.usable_memory import usable_memory
from fitcheck.units import GIB

if TYPE_CHECKING:
    from fitcheck.answers.query import Query
    from fitcheck.records.gpu import Device


def notes_on_ram(device: Device, query: Query, *, verdict: str) -> tuple[str, ...]:
    """Say which RAM was assumed where nobody chose it, and, where it is short, how to lend more."""
    gpu = next((gpu for gpu in device.gpus if gpu.unified_memory), None)
    if gpu is None or gpu.driver_memory_bytes is not None:
        return ()
    notes = []
    others = [size for size in gpu.memory_options_bytes if size != gpu.memory_bytes]
    assumed = gpu.memory_bytes == max(gpu.memory_options_bytes, default=0)
    if query.unified_memory_bytes is None and others and assumed:
        sizes = " or ".join(f"{size / GIB:g}" for size in others)
        notes.append(
            f"taken with {gpu.memory_bytes / GIB:g} GB of RAM, the most it is sold with; "
            f"`--unified-memory` says {sizes}"
        )
    if verdict != "fits":
        notes += usable_memory(gpu, system=query.system or "linux").notes
    return tuple(notes)
