"""How far the estimates are from published measurements they have not seen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fitcheck.catalog import load
from fitcheck.estimator.speed.scopes import chip
from fitcheck.records.accuracy import Accuracy, ErrorLine, Point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fitcheck.records.held_out import HeldOut

DEEP = 16_000  # tokens in the cache that make a context deep
SHORT = 2_048
_NEAR = 0.2
_FEWEST_ROWS = 5  # groups with fewer say nothing
_SIZES = ((4.0, "up to 4B"), (16.0, "4B to 16B"), (48.0, "16B to 48B"), (1e9, "over 48B"))


def accuracy(folders: tuple[str, ...] = ()) -> Accuracy:
    """Sum up the committed held-out estimates by vendor, runtime, size and more.

    Every measurement is compared with an estimate by constants fitted without its card
    (leave-one-card-out) and without its source. Cards count alike, however many measurements they
    have: a group's medians and shares weigh each row by 1 ÷ its card's rows.
    """
    catalog = load(folders)
    rows = [row for card in catalog.held_out.all() for row in card]

    def architecture(gpu: str) -> str:
        return catalog.gpus.get(gpu).architecture

    def vendor(gpu: str) -> str:
        return catalog.gpus.get(gpu).vendor

    return Accuracy(
        fitted=catalog.calibration.fitted,
        decode=error_table(rows, phase="decode", architecture_of=architecture, vendor_of=vendor),
        prefill=error_table(rows, phase="prefill", architecture_of=architecture, vendor_of=vendor),
        points=tuple(
            Point(measured=row.measured, estimated=row.by_card, group=vendor(row.gpu))
            for row in rows
            if row.phase == "decode" and row.judged
        ),
    )


def error_table(
    rows: Iterable[HeldOut],
    *,
    phase: str,
    architecture_of: Callable[[str], str],
    vendor_of: Callable[[str], str],
) -> tuple[ErrorLine, ...]:
    """List the error of one phase: overall, then by the groups a reader would ask for."""
    judged = [row for row in rows if row.phase == phase and row.judged]
    groups: dict[str, list[HeldOut]] = {}
    for row in judged:
        for group in _groups(row, architecture_of(row.gpu), vendor_of(row.gpu)):
            groups.setdefault(group, []).append(row)
    order = {name: position for position, name in enumerate(_ORDER)}
    names = sorted(groups, key=lambda name: (order.get(name.split(":")[0], len(order)), name))
    return tuple(
        _line(name, groups[name])
        for name in names
        if name == "all" or len(groups[name]) >= _FEWEST_ROWS
    )


_ORDER = (
    "all", "dense, short context", "deep context (16K and more)", "dense", "MoE", "vendor",
    "runtime", "size", "format", "architecture",
)  # fmt: skip


def _groups(row: HeldOut, architecture: str, vendor: str) -> Iterator[str]:
    yield "all"
    yield "MoE" if row.moe else "dense"
    if row.depth >= DEEP:
        yield "deep context (16K and more)"
    if not row.moe and row.depth <= SHORT:
        yield "dense, short context"
    yield f"vendor: {vendor}"
    if architecture:
        yield f"architecture: {architecture}"
    yield f"runtime: {row.runtime}, {row.backend}"
    yield f"size: {next(name for most, name in _SIZES if row.parameters_b <= most)}"
    yield f"format: {_format_group(row.format)}"


def _format_group(name: str) -> str:
    short = name.removeprefix("ud-").removeprefix("gguf-")
    if short in {"f16", "bf16", "f32"}:
        return "16-bit"
    if "4bit" in short or short.startswith(("q4", "iq4", "mxfp4", "nvfp4", "exl2-4")):
        return "4-bit"
    if "8bit" in short or short.startswith(("q8", "fp8")):
        return "8-bit"
    return "other"


def _line(name: str, rows: Sequence[HeldOut]) -> ErrorLine:
    count = Counter(chip(row.gpu) for row in rows)
    weights = [1 / count[chip(row.gpu)] for row in rows]
    total = sum(weights)
    by_card = [row.by_card / row.measured - 1 for row in rows]
    by_source = [row.by_source / row.measured - 1 for row in rows]

    def share(chosen: Iterable[bool]) -> float:
        return sum(weight for weight, ok in zip(weights, chosen, strict=True) if ok) / total

    return ErrorLine(
        group=name,
        rows=len(rows),
        cards=len(count),
        median_error=_median([abs(error) for error in by_card], weights),
        within_20=share(abs(error) <= _NEAR for error in by_card),
        bias=_median(by_card, weights),
        coverage=share(row.low <= row.measured <= row.high for row in rows),
        median_error_by_source=_median([abs(error) for error in by_source], weights),
        within_20_by_source=share(abs(error) <= _NEAR for error in by_source),
    )


def _median(values: Sequence[float], weights: Sequence[float]) -> float:
    """Weighted median: the value at which half the weight is reached."""
    half = sum(weights) / 2
    reached = 0.0
    for value, weight in sorted(zip(values, weights, strict=True)):
        reached += weight
        if reached >= half:
            return value
    return 0.0
