"""Which published measurements lie nearest to a question."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from fitcheck.records.record import record
from fitcheck.records.result import Measured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fitcheck.records.benchmark import Benchmark

SAME_MODEL = "same card and model"
SAME_SIZE = "same card and size"
SAME_ARCHITECTURE = "same architecture"
_ALIKE = 0.15  # how far sizes may differ and still count as the same, as a logarithm


@record
class Question:
    """What measurements are compared with.

    `cousins` are the ids of cards of the same architecture, the card itself left out; `models` are
    the ids of models of the same shape, the model itself among them.
    """

    gpu: str
    cousins: frozenset[str]
    models: frozenset[str]
    parameters_b: float
    active_b: float
    format: str
    runtime: str
    backend: str
    depth: int
    count: int = 1
    phase: str = "decode"


def nearest(
    question: Question,
    measurements: Iterable[Benchmark],
    *,
    kernels: Callable[[str], str],
    limit: int = 3,
) -> tuple[Measured, ...]:
    """Give the measurements nearest to a question, nearest first, one for each kind of nearness.

    A measurement is near if it is of the same card and model, of the same card and a model of like
    size (total and active parameters within 15 %), or of the same model on a card of the same
    architecture. Among those, the same format, runtime, backend and depth come first, then what is
    clean, then the newest; `kernels` tells whose kernels a runtime runs. With `limit` above three,
    the next best follow.
    """
    ranked: list[tuple[tuple[float, float, float], Benchmark, str]] = []
    for row in measurements:
        match = _match(question, row)
        if match:
            ranked.append((_distance(question, row, match, kernels), row, match))
    ranked.sort(key=lambda item: item[0])
    best: dict[str, Measured] = {}
    rest: list[Measured] = []
    seen: set[tuple[str, str, str, str, int]] = set()
    for _, row, match in ranked:
        key = (row.gpu, row.model, row.format, row.runtime, row.depth)
        if key in seen:
            continue
        seen.add(key)
        if match in best:
            rest.append(_measured(row, match))
        else:
            best[match] = _measured(row, match)
    return (*best.values(), *rest)[:limit]


def may_be_near(
    question: Question, phase: str, model: str, parameters_b: float, active_b: float
) -> bool:
    """Tell whether measurements of a phase and a model can be near a question at all."""
    if phase != question.phase:
        return False
    return model in question.models or _alike(question, parameters_b, active_b)


def is_exact(question: Question, row: Benchmark, *, kernels: Callable[[str], str]) -> bool:
    """Tell whether a measurement answers the question itself: card, model, format and runtime."""
    return (
        _match(question, row) == SAME_MODEL
        and row.format == question.format
        and kernels(row.runtime) == kernels(question.runtime)
        and row.backend == question.backend
        and not row.mark
        and abs(log((row.depth + 1024) / (question.depth + 1024))) < log(2)
    )


def _match(question: Question, row: Benchmark) -> str:
    if row.phase != question.phase or row.count != question.count or row.concurrency != 1:
        return ""
    same_model = row.model in question.models
    if row.gpu == question.gpu:
        if same_model:
            return SAME_MODEL
        return SAME_SIZE if _alike(question, row.parameters_b, row.active_b) else ""
    return SAME_ARCHITECTURE if same_model and row.gpu in question.cousins else ""


def _distance(
    question: Question, row: Benchmark, match: str, kernels: Callable[[str], str]
) -> tuple[float, float, float]:
    order = (SAME_MODEL, SAME_SIZE, SAME_ARCHITECTURE).index(match)
    apart = abs(log((row.depth + 1024) / (question.depth + 1024)))
    other = (
        2.0 * (row.format != question.format)
        + 1.0 * (kernels(row.runtime) != kernels(question.runtime))
        + 0.5 * (row.backend != question.backend)
        + 0.7 * bool(row.mark)
        + 0.5 * apart
    )
    return float(order), other, -_newness(row.date)


def _alike(question: Question, parameters_b: float, active_b: float) -> bool:
    sizes = (parameters_b, question.parameters_b), (active_b, question.active_b)
    return all(_apart(measured, asked) <= _ALIKE for measured, asked in sizes)


def _apart(a: float, b: float) -> float:
    return abs(log(a / b)) if a > 0 and b > 0 else 9.0


def _newness(date: str) -> float:
    digits = date.removeprefix("<=").split("-")
    try:
        return float(digits[0]) + (float(digits[1]) / 12 if len(digits) > 1 else 0.0)
    except ValueError:
        return 0.0


def _measured(row: Benchmark, match: str) -> Measured:
    return Measured(
        gpu=row.gpu,
        model=row.model,
        format=row.format,
        runtime=row.runtime,
        tokens_per_s=row.tokens_per_s,
        depth_tokens=row.depth,
        date=row.date,
        url=row.url,
        match=match,
    )
