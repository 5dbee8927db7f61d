"""The likely range (80 %) of a speed: the estimate times residuals of comparable points."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitcheck.records.calibration import Range

_UNKNOWN = (0.55, 1.5)  # where nothing comparable was measured


def likely_range(
    tokens_per_s: float,
    *,
    kind: str,
    ranges: Mapping[str, tuple[float, float]],
    ceiling_tokens_per_s: float,
) -> tuple[float, float]:
    """Give the low and high end of the likely speed, never above the ceiling.

    low = estimate × r10, high = estimate × r90, with r the 10th and 90th percentile of measured ÷
    estimated speed on cards left out of the fit (split conformal prediction on ratios,
    https://arxiv.org/abs/1604.04173).
    """
    low, high = ranges.get(kind, _UNKNOWN)
    speed = min(tokens_per_s, ceiling_tokens_per_s)
    return speed * low, max(speed, min(tokens_per_s * high, ceiling_tokens_per_s))


def ranges_at(rows: Mapping[str, Range], level: str, path: str) -> dict[str, tuple[float, float]]:
    """Pick each kind's range for a level of evidence, or the kind's own where it has none.

    A path (runtime and backend) whose estimates were farther off widens the range, unless the card
    itself was measured.
    """
    found = {}
    for kind in {key.split("|")[0] for key in rows}:
        row = rows.get(f"{kind}|{level}") or rows.get(kind)
        if row is None:
            continue
        low, high = row.low, row.high
        wide = rows.get(f"{kind}|path:{path}")
        if wide and level != "card":
            low, high = min(low, wide.low), max(high, wide.high)
        found[kind] = (low, high)
    return found
