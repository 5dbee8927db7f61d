"""NVIDIA GPUs: through NVML, else through `nvidia-smi`; Jetson boards through their device tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitcheck.detect.probe import number
from fitcheck.records.machine import DetectedGpu, Occupant
from fitcheck.units import MIB

if TYPE_CHECKING:
    from fitcheck.detect.probe import Probe

_FIELDS = (
    "index,uuid,name,memory.total,memory.free,compute_cap,clocks.max.memory,display_active,"
    "driver_version"
)
_OLD_FIELDS = "index,uuid,name,memory.total,memory.free"  # drivers that know no compute_cap
_APP_FIELDS = "gpu_uuid,pid,process_name,used_memory"
_PATH = ("nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi")


def find(probe: Probe) -> list[DetectedGpu]:
    """List the NVIDIA GPUs. NVML: https://docs.nvidia.com/deploy/nvml-api/."""
    nvml = probe.nvml()
    if nvml is not None:
        try:
            found = _through_nvml(nvml)
        except nvml.NVMLError as error:
            probe.tried.append(f"NVML: {error}")
        else:
            probe.tried.append(f"NVML: {len(found)} GPU{'' if len(found) == 1 else 's'}")
            return found
    else:
        probe.tried.append("NVML: package nvidia-ml-py is not installed (optional)")
    found = _through_nvidia_smi(probe)
    return found or _jetson(probe)


def _through_nvml(nvml: Any) -> list[DetectedGpu]:  # noqa: ANN401  # a module without types
    nvml.nvmlInit()
    try:
        driver = _text(nvml.nvmlSystemGetDriverVersion())
        handles = [nvml.nvmlDeviceGetHandleByIndex(i) for i in range(nvml.nvmlDeviceGetCount())]
        return [_nvml_gpu(nvml, handle, driver) for handle in handles]
    finally:
        nvml.nvmlShutdown()


def _nvml_gpu(nvml: Any, handle: Any, driver: str) -> DetectedGpu:  # noqa: ANN401
    def ask(name: str, *arguments: object) -> Any:  # noqa: ANN401
        """Give what a function answers; `None` where this card or this driver cannot."""
        try:
            return getattr(nvml, name)(handle, *arguments)
        except (nvml.NVMLError, AttributeError):
            return None

    memory = ask("nvmlDeviceGetMemoryInfo")
    capability = ask("nvmlDeviceGetCudaComputeCapability")
    clock_mhz = ask("nvmlDeviceGetMaxClockInfo", getattr(nvml, "NVML_CLOCK_MEM", 2))
    bus_bits = ask("nvmlDeviceGetMemoryBusWidth")
    programs = {
        process.pid: process
        for kind in (
            "nvmlDeviceGetComputeRunningProcesses",
            "nvmlDeviceGetGraphicsRunningProcesses",
        )
        for process in ask(kind) or ()
    }
    bandwidth = 2 * clock_mhz * 10**6 * bus_bits // 8 if clock_mhz and bus_bits else None
    display = ask("nvmlDeviceGetDisplayActive")
    return DetectedGpu(
        names=(_text(nvml.nvmlDeviceGetName(handle)),),
        vendor="nvidia",
        found_by="NVML",
        total_bytes=memory.total if memory else None,
        free_bytes=memory.free if memory else None,
        unified_memory=memory is None,
        bandwidth_bytes_per_s=bandwidth,
        compute_capability=".".join(str(part) for part in capability or ()),
        drives_display=None if display is None else bool(display),
        driver_version=driver,
        occupants=tuple(
            Occupant(
                name=_program(nvml, process.pid),
                pid=process.pid,
                memory_bytes=getattr(process, "usedGpuMemory", None),
            )
            for process in programs.values()
        ),
    )


def _program(nvml: Any, pid: int) -> str:  # noqa: ANN401
    try:
        return _base_name(_text(nvml.nvmlSystemGetProcessName(pid)))
    except (nvml.NVMLError, AttributeError):
        return "a program"


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value


def _base_name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1].strip()


def _through_nvidia_smi(probe: Probe) -> list[DetectedGpu]:
    for program in _PATH:
        for fields in (_FIELDS, _OLD_FIELDS):
            printed = probe.run((program, f"--query-gpu={fields}", "--format=csv,noheader"))
            rows = _rows(printed, fields)
            if rows:
                apps = probe.run(
                    (program, f"--query-compute-apps={_APP_FIELDS}", "--format=csv,noheader")
                )
                probe.tried.append(f"nvidia-smi: {len(rows)} GPU{'' if len(rows) == 1 else 's'}")
                return [_smi_gpu(row, _rows(apps, _APP_FIELDS)) for row in rows]
    probe.tried.append("nvidia-smi: not found, or it found no GPU")
    return []


def _rows(printed: str | None, fields: str) -> list[dict[str, str]]:
    """Read lines of comma-separated fields; a line with fewer or more fields is no answer."""
    names = fields.split(",")
    rows = []
    for line in (printed or "").splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) == len(names):
            rows.append(dict(zip(names, cells, strict=True)))
    return rows


def _smi_gpu(row: dict[str, str], apps: list[dict[str, str]]) -> DetectedGpu:
    total_mib, free_mib = number(row["memory.total"]), number(row["memory.free"])
    return DetectedGpu(
        names=(row["name"],),
        vendor="nvidia",
        found_by="nvidia-smi",
        total_bytes=None if total_mib is None else total_mib * MIB,
        free_bytes=None if free_mib is None else free_mib * MIB,
        unified_memory=total_mib is None,
        compute_capability=_known(row.get("compute_cap", "")),
        drives_display={"Enabled": True, "Disabled": False}.get(row.get("display_active", "")),
        driver_version=_known(row.get("driver_version", "")),
        occupants=tuple(
            Occupant(
                name=_base_name(app["process_name"]),
                pid=number(app["pid"]) or 0,
                memory_bytes=_mib(app["used_memory"]),
            )
            for app in apps
            if app["gpu_uuid"] == row["uuid"]
        ),
    )


def _mib(text: str) -> int | None:
    value = number(text)
    return None if value is None else value * MIB


def _known(text: str) -> str:
    return "" if text.startswith("[") else text


def _jetson(probe: Probe) -> list[DetectedGpu]:
    """Name a Jetson by its device tree: its GPU shares the RAM and has no NVML of its own."""
    model = (probe.read("/proc/device-tree/model") or "").strip()
    if "jetson" not in model.casefold():
        return []
    probe.tried.append(f"device tree: {model}")
    short = model.split(" Developer Kit")[0].split(" Engineering Reference")[0]
    super_mode = " Super" if model.endswith("Super") and not short.endswith("Super") else ""
    chip = "NVIDIA Thor" if "Thor" in model else "Orin (nvgpu)"
    return [
        DetectedGpu(
            names=(f"{short}{super_mode}", chip),
            vendor="nvidia",
            found_by="device tree",
            unified_memory=True,
        )
    ]
