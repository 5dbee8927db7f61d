"""One card as written in `data/gpus.yaml`: sizes in GiB and MiB, rates in GB/s and TFLOP/s."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fitcheck.schema.gpu_names import short_names
from fitcheck.units import GB, GIB, MIB, TERA

_CONFIG = ConfigDict(extra="forbid", frozen=True, strict=True)

Text = Annotated[str, Field(min_length=1)]
Rate = Annotated[float, Field(gt=0, le=200_000)]
Date = Annotated[str, Field(pattern=r"^20\d\d(-[01]\d(-[0-3]\d)?)?$")]

# What a driver reports lies within these shares of the marketed capacity: ECC takes 1/16, a B300
# of 288 GB shows 93 %, decimal gigabytes would be 93 %; a few drivers show a little more.
_DRIVER_LEAST, _DRIVER_MOST = 0.85, 1.02


class SourceRow(BaseModel):
    """Where figures come from; `of` says which (`memory, bandwidth`)."""

    model_config = _CONFIG

    of: Text
    title: Text
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None


class GpuRow(BaseModel):
    """One card. Rates are dense; leave out what no source gives."""

    model_config = _CONFIG

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.+-]*$")]
    name: Text
    vendor: Annotated[str, Field(pattern=r"^[a-z]+$")]
    architecture: Text
    compute_capability: Annotated[str, Field(pattern=r"^(\d+\.\d|gfx[0-9a-f]+|metal)$")] | None = (
        None
    )
    segment: Literal["consumer", "laptop", "workstation", "datacenter", "soc"]
    die: Text | None = None
    released: Date | None = None
    memory_gib: Annotated[float, Field(gt=0, le=2048)]
    memory_options_gib: tuple[Annotated[float, Field(gt=0, le=2048)], ...] = Field(
        default=(), strict=False
    )
    unified_memory: bool = False
    driver_memory_mib: Annotated[int, Field(gt=0)] | None = None
    runtime_memory_mib: Annotated[int, Field(gt=0)] | None = None
    memory_type: Text | None = None
    bus_bits: Annotated[int, Field(ge=16, le=16384)] | None = None
    bandwidth_gb_s: Annotated[float, Field(ge=5, le=50_000)]
    l2_mib: Annotated[float, Field(gt=0, le=1024)] | None = None
    infinity_cache_mib: Annotated[float, Field(gt=0, le=1024)] | None = None
    fp32_tflops: Rate | None = None
    fp16_tflops: Rate | None = None
    fp16_tensor_tflops: Rate | None = None
    fp16_tensor_fp32_accumulate_tflops: Rate | None = None
    bf16_tensor_tflops: Rate | None = None
    fp8_tensor_tflops: Rate | None = None
    fp8_tensor_fp32_accumulate_tflops: Rate | None = None
    int8_tensor_tops: Rate | None = None
    fp4_tensor_tflops: Rate | None = None
    tdp_w: Annotated[int, Field(ge=3, le=5000)] | None = None
    pcie_generation: Annotated[int, Field(ge=1, le=8)] | None = None
    pcie_lanes: Literal[1, 2, 4, 8, 16] | None = None
    nvlink_gb_s: Annotated[float, Field(gt=0, le=10_000)] | None = None
    launch_price_usd: Annotated[int, Field(ge=20, le=1_000_000)] | None = None
    ecc: Literal["default on", "optional", "free", "none"] | None = None
    cores: Annotated[int, Field(ge=1, le=1000)] | None = None
    board_gpus: Annotated[int, Field(ge=1, le=8)] = 1
    confidence: Literal["high", "medium", "low"] = "high"
    driver_names: tuple[Text, ...] = Field(default=(), strict=False)
    aliases: tuple[Text, ...] = Field(default=(), strict=False)
    shared_aliases: tuple[Text, ...] = Field(default=(), strict=False)
    sources: tuple[SourceRow, ...] = Field(strict=False, min_length=1)
    notes: tuple[Text, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _plausible(self) -> GpuRow:
        for field in ("driver_memory_mib", "runtime_memory_mib"):
            reported = getattr(self, field)
            if reported is None or self.unified_memory:
                continue
            share = reported / 1024 / self.memory_gib
            if not _DRIVER_LEAST <= share <= _DRIVER_MOST:
                raise ValueError(
                    f"`{field}` {reported} is {share:.0%} of `memory_gib`; "
                    f"{_DRIVER_LEAST:.0%} to {_DRIVER_MOST:.0%} is plausible"
                )
        if self.memory_options_gib and self.memory_gib not in self.memory_options_gib:
            raise ValueError("`memory_gib` must be one of `memory_options_gib`")
        cited = {of.strip() for source in self.sources for of in source.of.split(",")}
        for figure in ("memory", "bandwidth"):
            if figure not in cited:
                raise ValueError(f"`sources` must hold one `of: {figure}`")
        return self

    def compile(self) -> dict[str, object]:
        """Give the run-time record's fields in base units, and the names it may share."""
        row: dict[str, object] = {
            field: value
            for field in _AS_WRITTEN
            if (value := getattr(self, field)) not in (None, (), False)
        }
        for field, (target, unit) in _IN_BASE_UNITS.items():
            value = getattr(self, field)
            if value is not None:
                row[target] = round(value * unit)
        if self.memory_options_gib:
            row["memory_options_bytes"] = [round(size * GIB) for size in self.memory_options_gib]
        if self.board_gpus == 1:
            del row["board_gpus"]
        if self.confidence == "high":
            del row["confidence"]
        row["sources"] = [[s.of, s.title, *([s.url] if s.url else [])] for s in self.sources]
        row["shared_names"] = [*self.driver_names, *self.shared_aliases]
        row["short_names"] = short_names(
            self.name,
            vendor=self.vendor,
            numbers_alone=self.segment in ("consumer", "laptop"),
        )
        return row


_AS_WRITTEN = (
    "id",
    "name",
    "vendor",
    "architecture",
    "compute_capability",
    "segment",
    "die",
    "released",
    "unified_memory",
    "memory_type",
    "bus_bits",
    "tdp_w",
    "pcie_generation",
    "pcie_lanes",
    "launch_price_usd",
    "ecc",
    "cores",
    "board_gpus",
    "confidence",
    "driver_names",
    "aliases",
    "notes",
)
_IN_BASE_UNITS = {
    "memory_gib": ("memory_bytes", GIB),
    "driver_memory_mib": ("driver_memory_bytes", MIB),
    "runtime_memory_mib": ("runtime_memory_bytes", MIB),
    "bandwidth_gb_s": ("bandwidth_bytes_per_s", GB),
    "l2_mib": ("l2_bytes", MIB),
    "infinity_cache_mib": ("infinity_cache_bytes", MIB),
    "nvlink_gb_s": ("nvlink_bytes_per_s", GB),
    "fp32_tflops": ("fp32_flops", TERA),
    "fp16_tflops": ("fp16_flops", TERA),
    "fp16_tensor_tflops": ("fp16_tensor_flops", TERA),
    "fp16_tensor_fp32_accumulate_tflops": ("fp16_tensor_fp32_accumulate_flops", TERA),
    "bf16_tensor_tflops": ("bf16_tensor_flops", TERA),
    "fp8_tensor_tflops": ("fp8_tensor_flops", TERA),
    "fp8_tensor_fp32_accumulate_tflops": ("fp8_tensor_fp32_accumulate_flops", TERA),
    "int8_tensor_tops": ("int8_tensor_ops", TERA),
    "fp4_tensor_tflops": ("fp4_tensor_flops", TERA),
}
