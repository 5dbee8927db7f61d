"""Decode speed with part of the layers in system RAM: the two sides' times add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.result import Decode

if TYPE_CHECKING:
    from fitcheck.estimator.placement.verdict import Offload
    from fitcheck.estimator.speed import DecodeWork

# What is not detected is taken as a desktop with two channels of DDR4-3200: 2 × 3200 MT/s × 8 B.
RAM_BANDWIDTH_BYTES_PER_S = 51.2e9
# Share of that peak reached: 0.25–0.5 is usual on desktops, 0.87 the best seen (7950X, ik_llama).
# https://github.com/ikawrakow/ik_llama.cpp/pull/232
RAM_EFFICIENCY = 0.5
RAM_EFFICIENCY_LOW = 0.25
RAM_EFFICIENCY_HIGH = 0.87


def offloaded_decode(
    work: DecodeWork, *, seconds: float, ceiling: float, depth: int, placed: Offload
) -> Decode:
    """Estimate a step whose layers lie on both sides.

    t = share_gpu × t_gpu(all) + (1 − share_gpu) × bytes ÷ (RAM bandwidth × efficiency). On a dense
    32B the sum predicts 4.01 tok/s at half and half where 4.00 was measured.
    """
    on_gpu = placed.share_on_gpu
    host_bytes = (1 - on_gpu) * work.read_bytes

    def speed(efficiency: float) -> float:
        host_seconds = host_bytes / (RAM_BANDWIDTH_BYTES_PER_S * efficiency)
        return min(work.concurrency / (on_gpu * seconds + host_seconds), ceiling)

    least_seconds = on_gpu * work.concurrency / ceiling + host_bytes / RAM_BANDWIDTH_BYTES_PER_S
    return Decode(
        depth_tokens=depth,
        tokens_per_s=speed(RAM_EFFICIENCY),
        tokens_per_s_low=speed(RAM_EFFICIENCY_LOW),
        tokens_per_s_high=speed(RAM_EFFICIENCY_HIGH),
        tokens_per_s_ceiling=work.concurrency / least_seconds,
        bytes_per_token=round(work.read_bytes / work.concurrency),
        bound_by="memory_bandwidth",
    )
