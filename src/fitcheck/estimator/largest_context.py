"""The largest context that fits: the need, which only grows with the context, turned round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.placement.plan import plan_on_cards
from fitcheck.records.record import replace

if TYPE_CHECKING:
    from fitcheck.estimator.target import Target
    from fitcheck.estimator.workload import Workload


def largest_context(workload: Workload, target: Target, *, limit: int) -> int:
    """Return the most tokens, up to `limit`, with which every card has room for its part.

    Cache and buffers grow with the context by the runtime's own step, so the last step that fits is
    found by bisection. What was sized for one card is remembered by the workload, and bisection
    asks every card for the same contexts first. 0 where not even one token fits.
    """
    step = workload.rules.context_step(workload.settings)

    def fits(context: int) -> bool:
        at = replace(workload, run=workload.run.at_context(context))
        return plan_on_cards(at, target).verdict != "too_big"

    if fits(limit):
        return limit
    low, high = 0, -(-limit // step)  # steps: so many fit, so many do not
    while high - low > 1:
        middle = (low + high) // 2
        if fits(middle * step):
            low = middle
        else:
            high = middle
    if low or step == 1:
        return low * step
    return 0
