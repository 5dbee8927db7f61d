"""How much of the RAM a GPU that shares it may take: Macs, Strix Halo, DGX Spark, Jetson."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.devices.driver_memory import LEVEL_ZERO, mib
from fitcheck.records.result import Quantity, Step
from fitcheck.units import GIB

if TYPE_CHECKING:
    from fitcheck.records.gpu import Gpu

METAL = "https://developer.apple.com/documentation/metal/mtldevice/recommendedmaxworkingsetsize"
GTT = "https://docs.kernel.org/gpu/amdgpu/module-parameters.html"

# Share of the RAM that Metal recommends as working set, by RAM up to that many GiB, from the logs
# of llama.cpp on Macs. macOS 26 raised the shares; 90.6 % was seen once at 512 GB and may have been
# set by hand, so the last share is kept from 128 GB on.
MACOS_UP_TO_15 = ((32, 2 / 3), (float("inf"), 0.75))
MACOS_FROM_26 = ((24, 0.74), (48, 0.78), (96, 0.81), (float("inf"), 0.84))
_FIRST_WITH_MORE = 26

GB10 = "https://github.com/ai-dynamo/aiconfigurator"  # systems/gb10.yaml: 119.7 GiB

GTT_SHARE = 0.487  # amdgpu lends half of what the kernel counts: 63967 of 131072 MiB
LEVEL_ZERO_SHARE = 0.91  # 62631 of 68719 MB of RAM on a UHD 750
WINDOWS_SHARE = 0.5  # Windows lends a GPU half of the RAM
CUDA_SHARE = 0.935  # CUDA counts 122573 of the 131072 MiB of a DGX Spark


def unified_memory(gpu: Gpu, *, ram_bytes: int, system: str) -> tuple[int, list[Step], list[str]]:
    """Give what the GPU may take of `ram_bytes`, the steps to it, and what can be changed about it.

    Apple: RAM × Metal's share (2/3 to 32 GB and 3/4 above up to macOS 15; 74 to 84 % from macOS
    26). AMD: half of the RAM (GTT). NVIDIA and Intel: what CUDA and Level Zero count. `system` is
    `macos`, `macos-15`, `linux`, `windows` …
    """
    total = Step(what="RAM", formula=("shared by CPU and GPU",), result=(mib(ram_bytes),))
    if gpu.vendor == "apple":
        share, since = _metal_share(ram_bytes, system)
        usable = round(ram_bytes * share)
        step = Step(
            what=f"Metal's limit, {since}",
            formula=(mib(ram_bytes), " × ", Quantity(share, "factor")),
            result=(mib(usable),),
            source=METAL,
        )
        return usable, [total, step], ["`sudo sysctl iogpu.wired_limit_mb=…` raises Metal's limit"]
    if gpu.vendor == "amd":
        usable = round(ram_bytes * GTT_SHARE)
        step = Step(
            what="lent to the GPU by default",
            formula=(mib(ram_bytes), " × ", Quantity(GTT_SHARE, "factor"), " (GTT)"),
            result=(mib(usable),),
            source=GTT,
        )
        note = "the BIOS setting or `ttm.pages_limit` lends the GPU more; `--vram` says how much"
        return usable, [total, step], [note]
    share = CUDA_SHARE
    if gpu.vendor == "intel":
        share = WINDOWS_SHARE if system == "windows" else LEVEL_ZERO_SHARE
    usable = round(ram_bytes * share)
    step = Step(
        what="counted by the driver",
        formula=(mib(ram_bytes), " × ", Quantity(share, "factor")),
        result=(mib(usable),),
        source=LEVEL_ZERO if gpu.vendor == "intel" else GB10,
    )
    return usable, [total, step], ["the system and other programs share this memory"]


def _metal_share(ram_bytes: int, system: str) -> tuple[float, str]:
    _, _, version = system.partition("-")
    old = version.isdigit() and int(version) < _FIRST_WITH_MORE
    shares = MACOS_UP_TO_15 if old else MACOS_FROM_26
    share = next(share for most, share in shares if ram_bytes <= most * GIB)
    return share, "macOS up to 15" if old else "macOS 26"
