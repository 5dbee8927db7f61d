"""Fitted constants of speed: factors by scope, and likely ranges by kind of question."""

from __future__ import annotations

from typing import Any

from fitcheck.records.record import field, record


@record(kw_only=False)
class Correction:
    """A user's own factor on the seconds of their card: value, tests behind it, file and day."""

    value: float
    points: int = 0
    origin: str = ""
    date: str = ""


@record(kw_only=False)
class Range:
    """Measured ÷ estimated speed: the 10th and 90th percentile over held-out points."""

    low: float
    high: float


@record
class Calibration:
    """All fitted constants.

    `decode` and `prefill` map a scope ("" for all cards) to the factors of quantities there: the
    cost of a quantity is its physical unit (s/byte at peak bandwidth, s/FLOP at peak, 1 µs a
    launch) times the factors of every scope that applies. `decode_points` and `prefill_points`
    count the measurements of a vendor, architecture or card. `decode_ranges` and `prefill_ranges`
    map a kind of question to its likely range. `backends` are those with a measurement of some
    card. `corrections` are the user's own: `card|kernels|phase` to a factor on seconds.
    """

    fitted: str = ""
    decode: dict[str, dict[str, float]] = field(default_factory=dict)
    prefill: dict[str, dict[str, float]] = field(default_factory=dict)
    decode_points: dict[str, int] = field(default_factory=dict)
    prefill_points: dict[str, int] = field(default_factory=dict)
    decode_ranges: dict[str, Range] = field(default_factory=dict)
    prefill_ranges: dict[str, Range] = field(default_factory=dict)
    corrections: dict[str, Correction] = field(default_factory=dict)
    backends: frozenset[str] = frozenset()


def read_calibration(document: dict[str, Any]) -> Calibration:
    """Decode the compiled document: factors by key, and [low, high] of the ranges."""
    decode, prefill = by_scope(document.get("decode", {})), by_scope(document.get("prefill", {}))
    return Calibration(
        backends=frozenset(
            scope.rpartition("/")[2] for scope in (*decode, *prefill) if scope.startswith("path:")
        ),
        fitted=document.get("fitted", ""),
        decode=decode,
        prefill=prefill,
        decode_points=document.get("decode_points", {}),
        prefill_points=document.get("prefill_points", {}),
        decode_ranges={key: Range(*row) for key, row in document.get("decode_ranges", {}).items()},
        prefill_ranges={
            key: Range(*row) for key, row in document.get("prefill_ranges", {}).items()
        },
    )


def by_scope(factors: dict[str, float]) -> dict[str, dict[str, float]]:
    """Sort factors by key, `quantity` or `quantity|scope`, by their scope."""
    scopes: dict[str, dict[str, float]] = {}
    for key, factor in factors.items():
        quantity, _, scope = key.partition("|")
        scopes.setdefault(scope, {})[quantity] = factor
    return scopes
