"""AMD and Intel GPUs on Windows: names and memory from the registry of display adapters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fitcheck.records.machine import DetectedGpu
from fitcheck.units import GIB

if TYPE_CHECKING:
    from fitcheck.detect.probe import Probe

# The class of display adapters: https://learn.microsoft.com/windows-hardware/drivers/install/
_CLASS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
_NAME, _MEMORY = "DriverDesc", "HardwareInformation.qwMemorySize"
_LEAST_BYTES = 2 * GIB  # graphics inside a processor reports a carve-out below this
_MAKERS = {"AMD": "amd", "Radeon": "amd", "Intel": "intel"}


def find(probe: Probe) -> list[DetectedGpu]:
    """List the AMD and Intel cards. The registry tells the total, not what is free of it."""
    names = _values(probe, _NAME)
    sizes = _values(probe, _MEMORY)
    found = []
    for adapter, name in names.items():
        vendor = next((v for word, v in _MAKERS.items() if name.startswith(word)), "")
        size = sizes.get(adapter, "")
        total = int(size, 16) if re.fullmatch(r"0x[0-9a-fA-F]+", size) else 0
        if vendor and total >= _LEAST_BYTES:
            found.append(
                DetectedGpu(names=(name,), vendor=vendor, found_by="registry", total_bytes=total)
            )
    probe.tried.append(f"registry: {len(found)} GPU{'' if len(found) == 1 else 's'}")
    return found


def _values(probe: Probe, value: str) -> dict[str, str]:
    """Read one value of every adapter, by the adapter's number; `reg` prints key, then value."""
    found: dict[str, str] = {}
    adapter = ""
    for line in (probe.run(("reg", "query", _CLASS, "/s", "/v", value)) or "").splitlines():
        if line.startswith("HKEY"):
            adapter = line.strip().rsplit("\\", 1)[-1]
        parts = line.split(None, 2)
        if len(parts) == len(("name", "type", "value")) and parts[0] == value and adapter:
            found.setdefault(adapter, parts[2].strip())
    return found
