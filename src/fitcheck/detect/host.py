"""The machine around the GPUs: operating system, RAM, and how fast the RAM can be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fitcheck.detect.probe import number
from fitcheck.units import KIB, MB

if TYPE_CHECKING:
    from fitcheck.detect.probe import Probe

_CHANNEL_BITS = 64  # a DDR4 module; a DDR5 module has two of 32
_WINDOWS_RAM = (
    "powershell",
    "-NoProfile",
    "-Command",
    "$o = Get-CimInstance Win32_OperatingSystem; $o.TotalVisibleMemorySize; $o.FreePhysicalMemory",
)


def operating_system(probe: Probe) -> str:
    """Name the system as `--system` does: `linux`, `wsl`, `windows`, `macos-26`."""
    if probe.platform == "darwin":
        version = (probe.run(("sw_vers", "-productVersion")) or "").strip().split(".")[0]
        return f"macos-{version}" if version.isdigit() else "macos"
    if probe.platform == "win32":
        return "windows"
    kernel = (probe.read("/proc/version") or "").casefold()
    return "wsl" if "microsoft" in kernel else "linux"


def ram(probe: Probe) -> tuple[int | None, int | None]:
    """Give total RAM and what programs can still get of it, in bytes."""
    if probe.platform == "darwin":
        total = number(probe.run(("sysctl", "-n", "hw.memsize")))
        return total, _free_on_macos(probe.run(("vm_stat",)))
    if probe.platform == "win32":
        sizes = [number(text) for text in (probe.run(_WINDOWS_RAM) or "").split()]
        known = [size * KIB for size in sizes if size is not None]
        return (known[0], known[1]) if len(known) > 1 else (None, None)
    lines = (probe.read("/proc/meminfo") or "").splitlines()
    fields = {name: number(rest.strip()) for name, _, rest in (x.partition(":") for x in lines)}
    total, free = fields.get("MemTotal"), fields.get("MemAvailable")
    return (
        None if total is None else total * KIB,
        None if free is None else free * KIB,
    )


def _free_on_macos(printed: str | None) -> int | None:
    """Count the pages nobody needs: free, inactive, speculative and purgeable."""
    page = re.search(r"page size of (\d+) bytes", printed or "")
    pages = dict(re.findall(r"Pages ([a-z ]+):\s+(\d+)\.", printed or ""))
    if not page or "free" not in pages:
        return None
    kinds = ("free", "inactive", "speculative", "purgeable")
    return int(page[1]) * sum(int(pages.get(kind, 0)) for kind in kinds)


def ram_speed(probe: Probe) -> tuple[str, int | None]:
    """Give the kind of RAM (`DDR5-5600, 2 channels`) and its bandwidth, where it can be read.

    bandwidth = channels × 8 bytes × transfers/s. `dmidecode` needs root; without it nothing is
    claimed. Channels are told by the modules' locators, else one a module up to two.
    """
    printed = probe.run(("dmidecode", "-t", "memory")) if probe.platform == "linux" else None
    modules = []
    for block in (printed or "").split("Memory Device")[1:]:
        fields = dict(re.findall(r"^\s+([A-Za-z ]+): (.+)$", block, re.MULTILINE))
        speed = number(fields.get("Configured Memory Speed", fields.get("Speed")))
        if speed and fields.get("Type", "").startswith(("DDR", "LPDDR")):
            modules.append((fields["Type"], speed, fields.get("Locator", "")))
    if not modules:
        return "", None
    kind, speed, _ = modules[0]
    letters = {
        m[1] for _, _, place in modules if (m := re.search(r"Channel ?([A-Z])|_([A-Z])\d", place))
    }
    channels = len(letters) if letters and None not in letters else min(len(modules), 2)
    bandwidth = channels * _CHANNEL_BITS // 8 * speed * MB
    return f"{kind}-{speed}, {channels} channel{'' if channels == 1 else 's'}", bandwidth
