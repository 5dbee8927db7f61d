"""The largest context that fits: the need, which only grows with the context, turned round."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fitcheck.estimator.runtimes.old_buffers import compute_buffer
from fitcheck.estimator.runtimes.old_kv_cache import kv_cache

if TYPE_CHECKING:
    from collections.abc import Callable

    from fitcheck.records.architecture import Architecture


def largest_context(
    architecture: Architecture,
    *,
    budget_bytes: int,
    limit: int,
    cards: int = 1,
    **run: Any,  # noqa: ANN401  # the arguments `kv_cache` and `compute_buffer` share
) -> int:
    """Give the most tokens, up to `limit`, whose cache, state and buffers fit `budget_bytes`.

    need(c) = cache(c) + buffers(c), neither of which shrinks as c grows. The cache is cheap to work
    out, the buffers are not: the buffers of one token and of `limit` tokens bound the answer from
    both sides by bisection of the cache alone, and only what lies between is searched by the need.
    0 where not even one token fits.
    """

    @lru_cache(maxsize=64)
    def cache_at(context: int) -> int:
        return kv_cache(architecture, context=context, **run).total_bytes

    @lru_cache(maxsize=64)
    def buffers_at(context: int) -> int:
        buffer = compute_buffer(architecture, context=context, several_cards=cards > 1, **run)
        return buffer.on_cards(cards)

    def spare(context: int) -> int:
        return budget_bytes - cache_at(context) - buffers_at(context)

    if spare(limit) >= 0:
        return limit
    most = _last(lambda c: cache_at(c) + buffers_at(1) <= budget_bytes, low=0, high=limit)
    low = _last(lambda c: cache_at(c) + buffers_at(limit) <= budget_bytes, low=0, high=most + 1)
    high = most + 1  # does not fit, nor does anything beyond
    middle = most
    while high - low > 1:
        if spare(middle) >= 0:
            low = middle
        else:
            high = middle
        middle = _between(low, high, spare) if low else (low + high) // 2
    return low


def _last(fits: Callable[[int], bool], *, low: int, high: int) -> int:
    """Bisect for the last number that fits, between `low` (fits) and `high` (does not)."""
    while high - low > 1:
        middle = (low + high) // 2
        if fits(middle):
            low = middle
        else:
            high = middle
    return low


def _between(low: int, high: int, spare: Callable[[int], int]) -> int:
    """Guess where the need crosses the budget, by a straight line, but never near an end only.

    Both ends are moved in by a sixteenth, so that the search ends even where the line is bent.
    """
    over, under = -spare(high), spare(low)
    guess = low + (high - low) * under // max(1, under + over)
    margin = max(1, (high - low) // 16)
    return min(max(guess, low + margin), high - margin)
