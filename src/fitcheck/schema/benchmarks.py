"""The authored form of a published measurement: one row of `data/benchmarks.csv`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from fitcheck.units import GIB


class BenchmarkRow(BaseModel):
    """A measurement as published. Empty cells are unknown. Numbers are read from text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gpu: str = Field(min_length=1, description="id in gpus.yaml")
    count: int = Field(default=1, ge=1, le=1024)
    model: str = Field(min_length=1, description="id in models, or the name as published")
    parameters_b: float = Field(gt=0, description="parameters in billions, all of them")
    active_b: float = Field(gt=0, description="parameters in billions, of one token")
    published_as: str = Field(default="", description="the model as the source names it")
    format: str = Field(min_length=1, description="id in formats.yaml, or the name as published")
    runtime: str = Field(min_length=1)
    backend: str = ""
    build: str = ""
    date: str = Field(default="", pattern=r"^$|^(<=)?\d{4}(-\d{2}(-\d{2})?)?$")
    flash_attention: bool | None = None
    kv_format: str = ""
    phase: Literal["decode", "prefill"]
    depth: int = Field(default=0, ge=0, le=20_000_000)
    prompt_tokens: int = Field(default=0, ge=0)
    generated_tokens: int = Field(default=0, ge=0)
    concurrency: int = Field(default=1, ge=1)
    tokens_per_s: float = Field(gt=0, lt=1e7)
    spread: float | None = Field(default=None, ge=0)
    file_gib: float | None = Field(default=None, gt=0, lt=4096)
    source: str = Field(min_length=1)
    url: str = Field(pattern=r"^https?://\S+$")
    mark: str = ""
    note: str = ""

    def compile(self) -> dict[str, object]:
        """Give the record's fields that are not the default, file size in bytes."""
        row = self.model_dump(exclude_defaults=True, exclude={"file_gib"})
        if self.file_gib is not None:
            row["file_bytes"] = round(self.file_gib * GIB)
        return row
