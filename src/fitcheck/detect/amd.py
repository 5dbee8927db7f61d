"""AMD GPUs: through `rocm-smi`, else through what the kernel's driver shows under /sys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fitcheck.detect.pci import card_names, names_in
from fitcheck.detect.probe import number
from fitcheck.records.machine import DetectedGpu
from fitcheck.units import GIB

if TYPE_CHECKING:
    from fitcheck.detect.probe import Probe

_COMMAND = ("rocm-smi", "--showproductname", "--showmeminfo", "all", "--json")
_VENDOR = "0x1002"
# GPUs inside a processor: a small carve-out of their own, and RAM lent to them (GTT).
_INTEGRATED = (
    "gfx90c",
    "gfx1035",
    "gfx1036",
    "gfx1103",
    "gfx1150",
    "gfx1151",
    "gfx1152",
    "gfx1153",
)
_SMALL_BYTES = 2 * GIB


def find(probe: Probe) -> list[DetectedGpu]:
    """List the AMD GPUs; one inside the processor only where there is no other."""
    found = _through_rocm_smi(probe) or _through_sysfs(probe)
    cards = [gpu for gpu in found if not gpu.unified_memory]
    return cards or found


def _through_rocm_smi(probe: Probe) -> list[DetectedGpu]:
    printed = probe.run(_COMMAND)
    try:
        cards = json.loads((printed or "")[(printed or "").index("{") :])
    except ValueError:
        probe.tried.append("rocm-smi: not found, or it found no GPU")
        return []
    found = [_smi_gpu(card) for key, card in sorted(cards.items()) if key.startswith("card")]
    found = [gpu for gpu in found if gpu.total_bytes]
    probe.tried.append(f"rocm-smi: {len(found)} GPU{'' if len(found) == 1 else 's'}")
    return found


def _smi_gpu(card: dict[str, str]) -> DetectedGpu:
    lower = {key.casefold(): str(value) for key, value in card.items()}
    series = lower.get("card series", lower.get("device name", "AMD GPU"))
    target = lower.get("gfx version", "")
    return _gpu(
        names=(*names_in(series), series, *names_in(lower.get("card model", ""))),
        found_by="rocm-smi",
        target="" if target == "N/A" else target,
        vram=number(lower.get("vram total memory (b)")) or 0,
        vram_used=number(lower.get("vram total used memory (b)")) or 0,
        gtt=number(lower.get("gtt total memory (b)")) or 0,
        gtt_used=number(lower.get("gtt total used memory (b)")) or 0,
    )


def _through_sysfs(probe: Probe) -> list[DetectedGpu]:
    """Read the amdgpu driver's files: https://docs.kernel.org/gpu/amdgpu/driver-misc.html."""
    found = []
    for path in probe.files("/sys/class/drm/card*/device/vendor"):
        folder = path.removesuffix("/vendor")
        if (probe.read(path) or "").strip() != _VENDOR:
            continue
        sizes = {
            name: number(probe.read(f"{folder}/mem_info_{name}")) or 0
            for name in ("vram_total", "vram_used", "gtt_total", "gtt_used")
        }
        product = (probe.read(f"{folder}/product_name") or "").strip()
        uevent = probe.read(f"{folder}/uevent") or ""
        slots = [line[14:] for line in uevent.splitlines() if line.startswith("PCI_SLOT_NAME=")]
        names = card_names(probe, slots[0]) if slots else ()
        if sizes["vram_total"]:
            found.append(
                _gpu(
                    names=(*([product] if product else []), *names) or ("AMD GPU",),
                    found_by="/sys (amdgpu)",
                    target="",
                    vram=sizes["vram_total"],
                    vram_used=sizes["vram_used"],
                    gtt=sizes["gtt_total"],
                    gtt_used=sizes["gtt_used"],
                )
            )
    probe.tried.append(f"/sys (amdgpu): {len(found)} GPU{'' if len(found) == 1 else 's'}")
    return found


def _gpu(
    *,
    names: tuple[str, ...],
    found_by: str,
    target: str,
    vram: int,
    vram_used: int,
    gtt: int,
    gtt_used: int,
) -> DetectedGpu:
    """Make the record. One inside the processor may take the greater of carve-out and lent RAM."""
    integrated = target in _INTEGRATED or (not target and vram < _SMALL_BYTES)
    lent = integrated and gtt > vram
    total, used = (gtt, gtt_used) if lent else (vram, vram_used)
    return DetectedGpu(
        names=tuple(dict.fromkeys(names)),
        vendor="amd",
        found_by=found_by,
        total_bytes=total,
        free_bytes=total - used,
        unified_memory=integrated,
        compute_capability=target,
    )
