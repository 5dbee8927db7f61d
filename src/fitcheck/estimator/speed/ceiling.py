"""The ceiling: no step can be faster than reading its bytes at peak bandwidth."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.estimator.speed.work import DecodeWork


def ceiling_seconds(work: DecodeWork, bandwidth_bytes_per_s: float) -> float:
    """Give the least time of a decode step: bytes read ÷ peak bandwidth, nothing else counted."""
    return work.read_bytes / bandwidth_bytes_per_s
