"""Apple GPUs: the chip, its GPU cores and a limit set by hand, from macOS's own tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fitcheck.detect.probe import number
from fitcheck.records.machine import DetectedGpu
from fitcheck.units import MIB

if TYPE_CHECKING:
    from fitcheck.detect.probe import Probe


def find(probe: Probe) -> list[DetectedGpu]:
    """Give the Mac's GPU; none on a Mac with an Intel processor."""
    chip = (probe.run(("sysctl", "-n", "machdep.cpu.brand_string")) or "").strip()
    cores, model = _cores(probe.run(("system_profiler", "SPDisplaysDataType", "-json")))
    name = model or chip
    if not name.startswith("Apple"):
        probe.tried.append("system_profiler: no Apple GPU")
        return []
    probe.tried.append(f"system_profiler: {name}" + (f", {cores} GPU cores" if cores else ""))
    limit = number(probe.run(("sysctl", "-n", "iogpu.wired_limit_mb")))
    return [
        DetectedGpu(
            names=(name,),
            vendor="apple",
            found_by="system_profiler",
            unified_memory=True,
            limit_bytes=limit * MIB if limit else None,
            cores=cores,
        )
    ]


def _cores(printed: str | None) -> tuple[int | None, str]:
    try:
        displays = json.loads(printed or "")["SPDisplaysDataType"]
    except (ValueError, KeyError, TypeError):
        return None, ""
    for display in displays:
        model = str(display.get("sppci_model", display.get("_name", "")))
        if model.startswith("Apple"):
            return number(str(display.get("sppci_cores", ""))), model
    return None, ""
