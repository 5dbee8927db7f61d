"""Asking this machine: which GPUs it has, how much of their memory is free, how much RAM.

Nothing here knows the table of cards: a total that was detected stands as it is.
"""

from __future__ import annotations

from fitcheck.detect import amd, apple, host, intel, nvidia, windows
from fitcheck.detect.probe import Probe
from fitcheck.records.machine import Machine

__all__ = ["Probe", "local_machine"]


def local_machine(probe: Probe | None = None) -> Machine:
    """Tell what this machine has. Never raises: what cannot be found out is left out."""
    probe = probe or Probe()
    if probe.platform == "darwin":
        gpus = apple.find(probe)
    else:
        gpus = nvidia.find(probe)
        if probe.platform == "win32":
            gpus += windows.find(probe)
        if probe.platform == "linux":
            gpus += amd.find(probe)
            gpus += intel.find(probe)
            # Graphics inside the processor is no device to run on beside a card.
            gpus = [gpu for gpu in gpus if not gpu.unified_memory] or gpus
    total, free = host.ram(probe)
    kind, bandwidth = host.ram_speed(probe)
    return Machine(
        system=host.operating_system(probe),
        gpus=tuple(gpus),
        ram_bytes=total,
        ram_free_bytes=free,
        ram_kind=kind,
        ram_bandwidth_bytes_per_s=bandwidth,
        tried=tuple(probe.tried),
    )
