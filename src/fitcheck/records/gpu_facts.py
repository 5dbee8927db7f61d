"""What a card is, as data: a row of the list of cards, a column of a comparison, a description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.record import field, record

if TYPE_CHECKING:
    from fitcheck.records.result import Step
    from fitcheck.records.sources import Source


@record
class FormatOnGpu:
    """What a card makes of a kind of format: `native`, `emulated`, `unsupported`, `unknown`."""

    kind: str
    runtime: str
    level: str
    how: str = ""


@record
class GpuFacts:
    """One card. Bytes, bytes/s, dense FLOP/s, watts, US dollars; `None` is unknown.

    `half_flops` is the rate that serves a model in 16 bits: BF16 or FP16 on tensor units with FP32
    accumulation, else the vector units. `bandwidth_per_dollar` is bytes/s a dollar of the launch
    price, `bandwidth_per_watt` bytes/s a watt of the board's power.
    """

    id: str
    name: str
    vendor: str
    architecture: str
    compute_capability: str
    segment: str
    die: str
    released: str | None
    memory_bytes: int
    usable_bytes: int
    memory_options_bytes: tuple[int, ...]
    unified_memory: bool
    driver_memory_bytes: int | None
    memory_type: str | None
    bus_bits: int | None
    bandwidth_bytes_per_s: int
    l2_bytes: int | None
    infinity_cache_bytes: int | None
    half_flops: float | None
    fp32_flops: float | None
    fp16_flops: float | None
    fp16_tensor_flops: float | None
    fp16_tensor_fp32_accumulate_flops: float | None
    bf16_tensor_flops: float | None
    fp8_tensor_flops: float | None
    int8_tensor_ops: float | None
    fp4_tensor_flops: float | None
    tdp_w: int | None
    pcie_generation: int | None
    pcie_lanes: int | None
    nvlink_bytes_per_s: int | None
    launch_price_usd: int | None
    bandwidth_per_dollar: float | None
    bandwidth_per_watt: float | None
    ecc: str
    board_gpus: int
    confidence: str
    formats: tuple[FormatOnGpu, ...] = ()
    driver_names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    usable_steps: tuple[Step, ...] = field(default=(), repr=False)
