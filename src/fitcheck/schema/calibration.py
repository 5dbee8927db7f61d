"""The authored form of the calibration: written by `tools/calibrate.py`, reviewed, never typed."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

_CONFIG = ConfigDict(extra="forbid", frozen=True)


class FactorRow(BaseModel):
    """A fitted factor of one quantity in one scope, with the evidence behind it."""

    model_config = _CONFIG

    quantity: str = Field(min_length=1, description="what it multiplies the cost of")
    scope: str = Field(
        default="", pattern=r"^$|^[a-z-]+:.+$", description="whom it applies to; empty: everyone"
    )
    factor: float = Field(gt=0, lt=1e5)
    points: int = Field(default=0, ge=0, description="measurements in this scope")
    error: float | None = Field(
        default=None, ge=0, le=10, description="median absolute relative error of those points"
    )

    def key(self) -> str:
        """Return the run-time key: the quantity, and the scope after a bar."""
        return f"{self.quantity}|{self.scope}" if self.scope else self.quantity


class RangeRow(BaseModel):
    """Percentiles of measured ÷ estimated speed over held-out points of one kind of question."""

    model_config = _CONFIG

    kind: str = Field(min_length=1)
    level: str = Field(default="", pattern=r"^(card|architecture|vendor|global|path:\S+)?$")
    low: float = Field(gt=0, le=1)
    high: float = Field(ge=1, le=10)
    points: int = Field(default=0, ge=0)

    def key(self) -> str:
        """Return the run-time key: the kind, and the level of evidence after a bar."""
        return f"{self.kind}|{self.level}" if self.level else self.kind


class CalibrationDocument(BaseModel):
    """The whole of `data/calibration.yaml`."""

    model_config = _CONFIG

    fitted: str
    points: int = Field(ge=0)
    source: str = Field(min_length=1, description="where the measurements are, and the script")
    decode: tuple[FactorRow, ...]
    prefill: tuple[FactorRow, ...]
    decode_points: dict[str, int] = Field(default={}, description="measurements by scope")
    prefill_points: dict[str, int] = Field(default={}, description="measurements by scope")
    decode_ranges: tuple[RangeRow, ...]
    prefill_ranges: tuple[RangeRow, ...]

    def compile(self) -> dict[str, object]:
        """Return the run-time document: factors by key, and [low, high] of the ranges.

        The evidence behind a constant is for those who review the table.
        """
        return {
            "fitted": self.fitted,
            "decode": {row.key(): row.factor for row in self.decode},
            "prefill": {row.key(): row.factor for row in self.prefill},
            "decode_points": self.decode_points,
            "prefill_points": self.prefill_points,
            "decode_ranges": {row.key(): [row.low, row.high] for row in self.decode_ranges},
            "prefill_ranges": {row.key(): [row.low, row.high] for row in self.prefill_ranges},
        }
