"""Speed: decode and prefill time as a sum of named parts, with the ceiling and a likely range."""

from __future__ import annotations

from fitcheck.estimator.speed.costs import DecodeCosts, decode_costs
from fitcheck.estimator.speed.decode import (
    batch_seconds,
    bound_by,
    ceiling_seconds,
    decode_parts,
    decode_seconds,
    split_decode_seconds,
)
from fitcheck.estimator.speed.prefill import (
    PrefillCosts,
    PrefillTime,
    PrefillWork,
    prefill,
    prefill_costs,
    prefill_work,
)
from fitcheck.estimator.speed.ranges import likely_range
from fitcheck.estimator.speed.work import DecodeWork, decode_work

__all__ = [
    "DecodeCosts",
    "DecodeWork",
    "PrefillCosts",
    "PrefillTime",
    "PrefillWork",
    "batch_seconds",
    "bound_by",
    "ceiling_seconds",
    "decode_costs",
    "decode_parts",
    "decode_seconds",
    "decode_work",
    "likely_range",
    "prefill",
    "prefill_costs",
    "prefill_work",
    "split_decode_seconds",
]
