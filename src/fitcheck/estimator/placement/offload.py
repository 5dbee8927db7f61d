"""Layers in system RAM: how many stay on the cards, and what a step takes on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.placement.shares import shares_of
from fitcheck.estimator.placement.split import dealt_layers
from fitcheck.records.result import Decode

if TYPE_CHECKING:
    from fitcheck.estimator.placement.shares import Share
    from fitcheck.estimator.speed import DecodeWork
    from fitcheck.estimator.target import Target
    from fitcheck.estimator.workload import Workload

# What is not detected is taken as a desktop with two channels of DDR4-3200: 2 × 3200 MT/s × 8 B.
RAM_BANDWIDTH_BYTES_PER_S = 51.2e9
# Share of that peak reached: 0.25–0.5 is usual on desktops, 0.87 the best seen (7950X, ik_llama).
# https://github.com/ikawrakow/ik_llama.cpp/pull/232
RAM_EFFICIENCY = 0.5
RAM_EFFICIENCY_LOW = 0.25
RAM_EFFICIENCY_HIGH = 0.87


def offloaded(workload: Workload, target: Target, *, ram_bytes: int) -> list[Share] | None:
    """Keep as many layers on the cards as fit, the rest in system RAM; `None` if nothing can.

    The way of llama.cpp's `-ngl`: the output first, then the last layers; the cache follows its
    layer. Each card keeps free what the runtime's own fit leaves (`Rules.spare_bytes`), and the
    compute buffer of all layers. One layer at least stays on a card, and what lies in RAM must fit
    `ram_bytes`.
    https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
    """
    layers = len(workload.weights.layer_bytes)
    spare = workload.rules.spare_bytes(workload.runtime)
    usable = [card.usable_bytes for card in target.cards]

    def with_layers(on_cards: int) -> list[Share]:
        first = layers - on_cards
        dealt = [
            range(part.start + first, part.stop + first) for part in dealt_layers(usable, on_cards)
        ]
        return shares_of(workload, target, dealt)

    def fit(shares: list[Share]) -> bool:
        return all(share.memory(workload).free_bytes >= spare for share in shares)

    low, high = 0, layers  # so many fit, so many do not
    while high - low > 1:
        middle = (low + high) // 2
        if fit(with_layers(middle)):
            low = middle
        else:
            high = middle
    if not low:
        return None
    shares = with_layers(low)
    return shares if _in_ram(workload, shares) <= ram_bytes else None


def _in_ram(workload: Workload, shares: list[Share]) -> int:
    """Return what no card holds: weights, cache and state."""
    weights = workload.weights
    cache = workload.run.cache(shares[0].card.card)
    held = sum(
        share.weights_bytes + share.kv_cache_bytes + share.recurrent_state_bytes for share in shares
    )
    return weights.host_bytes + weights.device_bytes + (cache.total_bytes if cache else 0) - held


def offloaded_decode(
    work: DecodeWork, *, on_cards: float, seconds: float, ceiling: float, depth: int
) -> Decode:
    """Estimate a step whose layers lie on both sides; `on_cards` is the part on the cards.

    t = on_cards × t_cards(all) + (1 − on_cards) × bytes ÷ (RAM bandwidth × efficiency). On a dense
    32B the sum predicts 4.01 tok/s at half and half where 4.00 was measured.
    """
    host_bytes = (1 - on_cards) * work.read_bytes

    def speed(efficiency: float) -> float:
        host_seconds = host_bytes / (RAM_BANDWIDTH_BYTES_PER_S * efficiency)
        return min(work.concurrency / (on_cards * seconds + host_seconds), ceiling)

    least_seconds = on_cards * work.concurrency / ceiling + host_bytes / RAM_BANDWIDTH_BYTES_PER_S
    return Decode(
        depth_tokens=depth,
        tokens_per_s=speed(RAM_EFFICIENCY),
        tokens_per_s_low=speed(RAM_EFFICIENCY_LOW),
        tokens_per_s_high=speed(RAM_EFFICIENCY_HIGH),
        tokens_per_s_ceiling=work.concurrency / least_seconds,
        bytes_per_token=round(work.read_bytes / work.concurrency),
        bound_by="memory_bandwidth",
    )
