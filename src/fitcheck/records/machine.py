"""What was found on a machine: its GPUs as their drivers name them, its RAM."""

from __future__ import annotations

from fitcheck.records.record import record


@record
class Occupant:
    """A program that holds memory of a GPU; `memory_bytes` is None where the driver hides it."""

    name: str
    pid: int
    memory_bytes: int | None = None


@record
class DetectedGpu:
    """A GPU as found. `names` are what the driver calls it, the surest first.

    `total_bytes` is None where it shares the RAM and the driver gives no total. `limit_bytes` is a
    limit set by hand (a Mac's `iogpu.wired_limit_mb`). `found_by` names the tool that told.
    """

    names: tuple[str, ...]
    vendor: str
    found_by: str
    total_bytes: int | None = None
    free_bytes: int | None = None
    limit_bytes: int | None = None
    unified_memory: bool = False
    bandwidth_bytes_per_s: int | None = None
    compute_capability: str = ""
    cores: int | None = None
    drives_display: bool | None = None
    driver_version: str = ""
    occupants: tuple[Occupant, ...] = ()

    @property
    def name(self) -> str:
        """The name the driver gives first."""
        return self.names[0]


@record
class Machine:
    """A machine as found. `system` is `linux`, `wsl`, `windows`, `macos-26` …; RAM in bytes.

    `ram_kind` and `ram_bandwidth_bytes_per_s` are known where the modules could be read. `tried`
    tells what was looked for and what came of it, a line each.
    """

    system: str
    gpus: tuple[DetectedGpu, ...] = ()
    ram_bytes: int | None = None
    ram_free_bytes: int | None = None
    ram_kind: str = ""
    ram_bandwidth_bytes_per_s: int | None = None
    tried: tuple[str, ...] = ()
