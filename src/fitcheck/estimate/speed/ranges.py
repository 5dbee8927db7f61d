"""The likely range (80 %) of a speed: the estimate times residuals of comparable points."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNKNOWN = (0.6, 1.3)  # where nothing comparable was measured: as wide as the first-principles fit


def likely_range(
    tokens_per_s: float,
    *,
    kind: str,
    ranges: Mapping[str, tuple[float, float]],
    ceiling_tokens_per_s: float,
) -> tuple[float, float]:
    """Give the low and high end of the likely speed, never above the ceiling.

    low = estimate × r10, high = estimate × r90, with r the 10th and 90th percentile of measured ÷
    estimated speed on cards left out of the fit (split conformal prediction,
    https://arxiv.org/abs/1905.03222, on ratios).
    """
    low, high = ranges.get(kind, _UNKNOWN)
    most = ceiling_tokens_per_s
    return (
        min(tokens_per_s * min(low, 1.0), most),
        max(min(tokens_per_s * max(high, 1.0), most), min(tokens_per_s, most)),
    )
