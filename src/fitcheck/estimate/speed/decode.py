"""Decode time: the dot product of a step's work and a card's costs, never below the ceiling."""

from __future__ import annotations

from operator import mul
from typing import TYPE_CHECKING

from fitcheck.estimate.speed.ceiling import ceiling_seconds
from fitcheck.estimate.speed.work import BYTE_QUANTITIES, WEIGHT_QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.estimate.speed.costs import DecodeCosts
    from fitcheck.estimate.speed.work import DecodeWork
    from fitcheck.records.gpu import Gpu

_HOP_SECONDS = 20e-6  # handing the hidden state to the next card


def decode_seconds(work: DecodeWork, costs: DecodeCosts) -> float:
    """Seconds of one decode step (of every sequence at once).

    t = Σ quantity × cost. With several sequences, reading the weights and multiplying by them
    overlap: the slower of the two counts.
    """
    seconds = sum(map(mul, work.amounts, costs.seconds))
    if work.concurrency > 1:
        weights = sum(map(mul, work.amounts[:WEIGHT_QUANTITIES], costs.seconds))
        seconds += max(0.0, work.flops * costs.seconds_per_flop - weights)
    return max(seconds, work.read_bytes / costs.bandwidth_bytes_per_s)


def split_decode_seconds(
    work: DecodeWork, costs: Sequence[DecodeCosts], shares: Sequence[float]
) -> float:
    """Seconds of a step over several cards by layer split: each card's time for its share, in turn.

    The cards work one after the other, so the times add; each hand-over costs a copy.
    """
    if len(costs) == 1:
        return decode_seconds(work, costs[0])
    seconds = sum(
        share * decode_seconds(work, cost) for cost, share in zip(costs, shares, strict=True)
    )
    return seconds + _HOP_SECONDS * (len(costs) - 1)


def layer_shares(gpus: Sequence[Gpu]) -> tuple[float, ...]:
    """Share of the layers each card takes: in proportion to its memory, as llama.cpp splits."""
    total = sum(gpu.memory_bytes for gpu in gpus)
    return tuple(gpu.memory_bytes / total for gpu in gpus)


def decode_parts(work: DecodeWork, costs: DecodeCosts) -> dict[str, float]:
    """Seconds of a step by part: weights, unpacking, KV cache, launches, batch compute."""
    times = tuple(map(mul, work.amounts, costs.seconds))
    weights = sum(times[:WEIGHT_QUANTITIES])
    return {
        "weights": sum(times[:BYTE_QUANTITIES]),
        "unpacking": sum(times[BYTE_QUANTITIES:WEIGHT_QUANTITIES]),
        "kv_cache": times[WEIGHT_QUANTITIES],
        "launches": sum(times[WEIGHT_QUANTITIES + 1 :]),
        "compute": max(0.0, work.flops * costs.seconds_per_flop - weights)
        if work.concurrency > 1
        else 0.0,
    }


def bound_by(work: DecodeWork, costs: DecodeCosts) -> str:
    """Name what most of a step's time goes to: memory_bandwidth, compute or overhead."""
    parts = decode_parts(work, costs)
    least = ceiling_seconds(work, costs.bandwidth_bytes_per_s)
    memory = max(least, parts["weights"] + parts["kv_cache"])
    compute = parts["unpacking"] + parts["compute"]
    overhead = parts["launches"]
    if memory >= compute and memory >= overhead:
        return "memory_bandwidth"
    return "compute" if compute >= overhead else "overhead"
