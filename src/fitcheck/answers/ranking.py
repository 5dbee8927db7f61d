"""Which results a table keeps, and in which order it shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitcheck.errors import UsageError
from fitcheck.estimator.assess import RUNNING
from fitcheck.records.result import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fitcheck.answers.query import Query
    from fitcheck.answers.runs import Run
    from fitcheck.records.result import Estimate

NEAREST = 8  # rows shown of a ranking in which nothing fits


def keep(runs: Sequence[Run], query: Query, *, ranked: bool) -> tuple[list[Run], int]:
    """Keep what a table shows; also gives how many were left out.

    A ranking (a noun left out) shows what fits and runs; where nothing does, the nearest few.
    `--only` keeps one verdict; `--all` keeps everything.
    """
    if query.only is not None:
        if query.only not in VERDICTS:
            raise UsageError(
                f"unknown verdict `{query.only}`", f"`--only` takes {', '.join(VERDICTS)}"
            )
        return [run for run in runs if run.estimate.verdict == query.only], 0
    if not ranked or query.show_all:
        return list(runs), 0
    fitting = [run for run in runs if _runs_here(run.estimate)]
    if fitting:
        return fitting, len(runs) - len(fitting)
    nearest = sorted(runs, key=lambda run: -run.estimate.memory.free_bytes)[:NEAREST]
    return nearest, len(runs) - len(nearest)


def order(runs: Sequence[Run], query: Query, *, varies: tuple[str, ...], ranked: bool) -> list[Run]:
    """Order results: by `--sort`; a ranking by its noun; a list as it was typed.

    A ranking puts cards from the smallest up, formats and models from the largest that fits down.
    """
    if query.sort is not None:
        from fitcheck.answers.sorting import order_named

        key, reverse = order_named(query.sort, SORTS, what="answers")
        ordered = _sorted(runs, key)
        return ordered[::-1] if reverse else ordered
    if not ranked:
        return list(runs)
    if varies == ("gpu",):
        return _sorted(runs, lambda e: (e.memory.capacity_bytes, -_speed(e), e.gpu.id))
    if varies == ("format",):
        return _sorted(runs, lambda e: (_rank(e), -e.format.bits_per_weight, e.format.id))
    if varies == ("model",):
        return _sorted(runs, lambda e: (-e.model.total_params, e.model.id))
    return list(runs)


def _sorted(runs: Sequence[Run], key: Callable[[Estimate], Any]) -> list[Run]:
    return sorted(runs, key=lambda run: key(run.estimate))


def _runs_here(estimate: Estimate) -> bool:
    return estimate.verdict in RUNNING


def _rank(estimate: Estimate) -> int:
    return not _runs_here(estimate)


def _speed(estimate: Estimate) -> float:
    return estimate.decode.tokens_per_s if estimate.decode else 0.0


def _first_token(estimate: Estimate) -> float:
    return estimate.prefill.ttft_s if estimate.prefill else float("inf")


# Each puts the best first, as `--sort NAME`; `--sort -NAME` turns it round.
SORTS: dict[str, Callable[[Estimate], Any]] = {
    "speed": lambda e: -_speed(e),
    "verdict": lambda e: (VERDICTS.index(e.verdict), -_speed(e)),
    "free": lambda e: -e.memory.free_bytes,
    "needed": lambda e: e.memory.needed_bytes,
    "memory": lambda e: e.memory.capacity_bytes,
    "bits": lambda e: -e.format.bits_per_weight,
    "params": lambda e: -e.model.total_params,
    "prefill": lambda e: -(e.prefill.tokens_per_s if e.prefill else 0.0),
    "ttft": _first_token,
    "context": lambda e: -(e.max_context_tokens or 0),
    "model": lambda e: e.model.id,
    "gpu": lambda e: e.gpu.id,
    "format": lambda e: e.format.id,
}
