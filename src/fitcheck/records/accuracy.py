"""How far estimates were from measurements, by group."""

from __future__ import annotations

from fitcheck.records.record import record


@record
class ErrorLine:
    """The error of one group of measurements, cards counted alike.

    `median_error` is the median of |estimated ÷ measured − 1| with the card left out, `within_20`
    the share of measurements within ±20 %, `bias` the median of estimated ÷ measured − 1,
    `coverage` the share inside the likely range; `median_error_by_source` with the source left out.
    """

    group: str
    rows: int
    cards: int
    median_error: float
    within_20: float
    bias: float
    coverage: float
    median_error_by_source: float
    within_20_by_source: float


@record
class Point:
    """One measurement for the scatter plot, tok/s."""

    measured: float
    estimated: float
    group: str


@record
class Accuracy:
    """The whole of `fitcheck accuracy`: a table for decode and one for prefill, and the points."""

    fitted: str
    decode: tuple[ErrorLine, ...]
    prefill: tuple[ErrorLine, ...]
    points: tuple[Point, ...] = ()
