"""The authored form of a held-out estimate: one row of `data/held_out.csv`, written by a script."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class HeldOutRow(BaseModel):
    """A measurement and its estimates by constants that never saw its card, or its source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phase: Literal["decode", "prefill"]
    gpu: str = Field(min_length=1)
    model: str = Field(min_length=1)
    parameters_b: float = Field(gt=0)
    moe: bool
    format: str = Field(min_length=1)
    runtime: str = Field(min_length=1)
    backend: str
    depth: int = Field(ge=0)
    prompt_tokens: int = Field(ge=0)
    source: str = Field(min_length=1)
    judged: bool
    measured: float = Field(gt=0)
    by_card: float = Field(gt=0)
    by_source: float = Field(gt=0)
    low: float = Field(gt=0)
    high: float = Field(gt=0)

    def compile(self) -> dict[str, object]:
        """Give the run-time record's fields."""
        return self.model_dump()
