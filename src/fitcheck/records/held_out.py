"""A measurement beside what was estimated for it without having seen its card, or its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitcheck.records.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping


@record
class HeldOut:
    """One measured speed and its held-out estimates, tok/s.

    `by_card` was estimated with constants fitted on all other cards, `by_source` on all other
    sources; `low` and `high` are the likely range of `by_card`. `judged` marks the runtimes and
    backends the accuracy is stated for.
    """

    phase: str
    gpu: str
    model: str
    parameters_b: float
    moe: bool
    format: str
    runtime: str
    backend: str
    depth: int
    prompt_tokens: int
    source: str
    judged: bool
    measured: float
    by_card: float
    by_source: float
    low: float
    high: float

    @classmethod
    def from_text(cls, row: Mapping[str, str]) -> HeldOut:
        """Read a row whose cells are text."""
        return cls(
            phase=row["phase"],
            gpu=row["gpu"],
            model=row["model"],
            parameters_b=float(row["parameters_b"]),
            moe=row["moe"] == "true",
            format=row["format"],
            runtime=row["runtime"],
            backend=row["backend"],
            depth=int(row["depth"]),
            prompt_tokens=int(row["prompt_tokens"]),
            source=row["source"],
            judged=row["judged"] == "true",
            measured=float(row["measured"]),
            by_card=float(row["by_card"]),
            by_source=float(row["by_source"]),
            low=float(row["low"]),
            high=float(row["high"]),
        )


def read_held_out(row: dict[str, Any]) -> HeldOut:
    """Decode a compiled row."""
    return HeldOut(**row)
