"""A GPU (or a system whose GPU shares the RAM), and the device a model is placed on."""

from __future__ import annotations

from typing import Any

from fitcheck.records.record import record
from fitcheck.records.sources import Source


@record
class Gpu:
    """One card. Rates are dense; `None` is unknown. Bytes, bytes/s, FLOP/s, watts, US dollars.

    `memory_bytes` is the marketed capacity, `driver_memory_bytes` what the driver reports in total
    (with ECC as the card is delivered), `runtime_memory_bytes` what CUDA, ROCm or Metal lets one
    process see. `memory_options_bytes` are the sizes a unified-memory system is sold with.
    `driver_names` are what drivers print for it; other cards may print the same. `cores` counts
    GPU cores where the maker tells variants apart by them (Apple). `board_gpus` is how many such
    GPUs sit on one board.
    """

    id: str
    name: str
    vendor: str  # nvidia, amd, intel, apple, google, aws …
    architecture: str  # ada, ampere, rdna3, m3 …
    segment: str  # consumer, laptop, workstation, datacenter, soc …
    memory_bytes: int
    bandwidth_bytes_per_s: int
    compute_capability: str = ""  # "8.9" (CUDA) or "gfx1100" (ROCm)
    die: str = ""  # the chip: AD102, Navi 31 …
    released: str | None = None
    driver_memory_bytes: int | None = None
    runtime_memory_bytes: int | None = None
    unified_memory: bool = False
    memory_options_bytes: tuple[int, ...] = ()
    memory_type: str | None = None
    bus_bits: int | None = None
    l2_bytes: int | None = None
    infinity_cache_bytes: int | None = None
    fp32_flops: float | None = None
    fp16_flops: float | None = None  # vector (shader) units
    fp16_tensor_flops: float | None = None  # FP16 accumulate
    fp16_tensor_fp32_accumulate_flops: float | None = None
    bf16_tensor_flops: float | None = None
    fp8_tensor_flops: float | None = None
    fp8_tensor_fp32_accumulate_flops: float | None = None
    int8_tensor_ops: float | None = None
    fp4_tensor_flops: float | None = None
    tdp_w: int | None = None
    pcie_generation: int | None = None
    pcie_lanes: int | None = None
    nvlink_bytes_per_s: int | None = None
    launch_price_usd: int | None = None
    ecc: str = ""  # "default on" or "optional" (costs 1/16 when on), "free" (HBM), "none", ""
    free_memory_bytes: int | None = None  # of a detected card: free now
    cores: int | None = None
    board_gpus: int = 1
    driver_names: tuple[str, ...] = ()
    confidence: str = "high"
    aliases: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()


def read_gpu(row: dict[str, Any]) -> Gpu:
    """Decode a compiled record: lists become tuples, sources become `Source`s."""
    fields = dict(row)
    for name in ("memory_options_bytes", "driver_names", "aliases", "notes"):
        if name in fields:
            fields[name] = tuple(fields[name])
    if "sources" in fields:
        fields["sources"] = tuple(Source(*source) for source in fields["sources"])
    return Gpu(**fields)


@record(kw_only=False)
class Device:
    """The cards a model is placed on; a single card is a device of one."""

    gpus: tuple[Gpu, ...]

    @property
    def count(self) -> int:
        """How many cards."""
        return len(self.gpus)

    @property
    def id(self) -> str:
        """Name as typed back at us: `rtx-4090`, `2x rtx-3090`, `rtx-4090+rtx-3090`."""
        return self._joined(tuple(gpu.id for gpu in self.gpus))

    @property
    def name(self) -> str:
        """Name for people: `GeForce RTX 4090`, `2x GeForce RTX 3090`."""
        return self._joined(tuple(gpu.name for gpu in self.gpus))

    @staticmethod
    def _joined(names: tuple[str, ...]) -> str:
        runs: list[list[object]] = []
        for name in names:
            if runs and runs[-1][0] == name:
                runs[-1][1] = int(str(runs[-1][1])) + 1
            else:
                runs.append([name, 1])
        return " + ".join(str(n) if c == 1 else f"{c}x {n}" for n, c in runs)
