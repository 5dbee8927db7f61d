"""Decode time: a step's work times a card's costs, never below the ceiling."""

from __future__ import annotations

from operator import mul
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.estimator.speed.costs import DecodeCosts
    from fitcheck.estimator.speed.work import DecodeWork

OVERLAP = 2.5  # how sharply the slower of reading and unpacking wins: 1 adds them, ∞ is the maximum
_HOP_SECONDS = 20e-6  # handing the hidden state to the next card


def decode_seconds(work: DecodeWork, costs: DecodeCosts) -> float:
    """Seconds of one decode step (of every sequence at once).

    t = (m^p + u^p)^(1/p) + Σ added, with m = Σ bytes × cost and u = Σ unpacked × cost: reading the
    weights and unpacking them overlap, launches, attention and the cache come on top. With several
    sequences u is at least the time of their matrix products. Never below bytes ÷ bandwidth.
    """
    memory: float = sum(map(mul, work.memory, costs.memory))
    compute: float = sum(map(mul, work.compute, costs.compute))
    added: float = sum(map(mul, work.added, costs.added))
    if work.concurrency > 1:
        compute = max(compute, work.flops * costs.seconds_per_flop)
    seconds = overlapped(memory, compute) + added
    return max(seconds, work.read_bytes / costs.bandwidth_bytes_per_s)


def overlapped(memory: float, compute: float) -> float:
    """Time of two things done at once: close to the longer, a little more when they are alike."""
    return float((memory**OVERLAP + compute**OVERLAP) ** (1 / OVERLAP))


def ceiling_seconds(
    work: DecodeWork, costs: Sequence[DecodeCosts], shares: Sequence[float]
) -> float:
    """Return the least time of a step: bytes read ÷ peak bandwidth, nothing else counted.

    Cards that hold layers one after another read their share each in turn.
    """
    return sum(
        share * work.read_bytes / cost.bandwidth_bytes_per_s
        for cost, share in zip(costs, shares, strict=True)
    )


def batch_seconds(
    together: DecodeWork, alone: DecodeWork, costs: Sequence[DecodeCosts], shares: Sequence[float]
) -> float:
    """Return the seconds of a step of all sequences: at most those of serving them in turn."""
    seconds = split_decode_seconds(together, costs, shares)
    if together.concurrency == 1:
        return seconds
    return min(seconds, together.concurrency * split_decode_seconds(alone, costs, shares))


def split_decode_seconds(
    work: DecodeWork, costs: Sequence[DecodeCosts], shares: Sequence[float]
) -> float:
    """Return the seconds of a step over cards that hold a share of the layers each, in turn.

    The cards work one after the other, so the times add; each hand-over costs a copy.
    """
    if len(costs) == 1:
        return decode_seconds(work, costs[0])
    parts = (share * decode_seconds(work, cost) for cost, share in zip(costs, shares, strict=True))
    return sum(parts) + _HOP_SECONDS * (len(costs) - 1)


def decode_parts(work: DecodeWork, costs: DecodeCosts) -> dict[str, float]:
    """Seconds of a step by part: weights, unpacking beyond it, KV cache, attention, launches."""
    memory: float = sum(map(mul, work.memory, costs.memory))
    compute: float = sum(map(mul, work.compute, costs.compute))
    if work.concurrency > 1:
        compute = max(compute, work.flops * costs.seconds_per_flop)
    added = tuple(map(mul, work.added, costs.added))
    return {
        "weights": memory,
        "unpacking": overlapped(memory, compute) - memory,
        "kv_cache": added[0],
        "attention": added[1] + added[2],
        "launches": sum(added[3:]),
    }


def bound_by(work: DecodeWork, costs: DecodeCosts) -> str:
    """Name what most of a step's time goes to: memory_bandwidth, compute or overhead."""
    parts = decode_parts(work, costs)
    memory = parts["weights"] + parts["kv_cache"]
    compute = parts["unpacking"] + parts["attention"]
    if memory >= compute and memory >= parts["launches"]:
        return "memory_bandwidth"
    return "compute" if compute >= parts["launches"] else "overhead"
