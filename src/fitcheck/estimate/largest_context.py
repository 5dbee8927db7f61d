"""The largest context that fits: the need, which only grows with the context, turned round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitcheck.estimate.buffers import compute_buffer
from fitcheck.estimate.kv_cache import kv_cache

if TYPE_CHECKING:
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

    Found by bisection: cache + state + compute buffers never shrinks as the context grows.
    0 where not even one token fits.
    """

    def need(context: int) -> int:
        cache = kv_cache(architecture, context=context, **run)
        buffer = compute_buffer(architecture, context=context, several_cards=cards > 1, **run)
        return cache.total_bytes + buffer.on_cards(cards)

    if need(limit) <= budget_bytes:
        return limit
    low, high = 0, limit  # low fits (0: nothing to hold), high does not
    while high - low > 1:
        middle = (low + high) // 2
        if need(middle) <= budget_bytes:
            low = middle
        else:
            high = middle
    return low
