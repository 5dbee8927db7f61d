"""Intel GPUs: through what the kernel's drivers (i915, xe) show under /sys, named by `lspci`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.detect.pci import card_names
from fitcheck.detect.probe import number
from fitcheck.records.machine import DetectedGpu

if TYPE_CHECKING:
    from fitcheck.detect.probe import Probe

_VENDOR = "0x8086"
_INSIDE = "00:02.0"  # where graphics inside an Intel processor always sits


def find(probe: Probe) -> list[DetectedGpu]:
    """List the Intel cards; graphics inside a processor that `lspci` gives no Arc name is left out.

    i915 shows `lmem_total_bytes` and `lmem_avail_bytes` of a card with memory of its own; xe shows
    no total, so the table's is used.
    """
    found = []
    for path in probe.files("/sys/class/drm/card*/device/vendor"):
        folder = path.removesuffix("/vendor")
        card = folder.removesuffix("/device")
        if (probe.read(path) or "").strip() != _VENDOR:
            continue
        uevent = probe.read(f"{folder}/uevent") or ""
        slots = [line[14:] for line in uevent.splitlines() if line.startswith("PCI_SLOT_NAME=")]
        names = card_names(probe, slots[0]) if slots else ()
        total = number(probe.read(f"{card}/lmem_total_bytes"))
        if not any("Arc" in name or "Data Center GPU" in name for name in names) and not total:
            continue
        found.append(
            DetectedGpu(
                names=names or ("Intel GPU",),
                vendor="intel",
                found_by="/sys",
                total_bytes=total,
                free_bytes=number(probe.read(f"{card}/lmem_avail_bytes")),
                unified_memory=any(slot.endswith(_INSIDE) for slot in slots),
            )
        )
    probe.tried.append(f"/sys (Intel): {len(found)} GPU{'' if len(found) == 1 else 's'}")
    return found
