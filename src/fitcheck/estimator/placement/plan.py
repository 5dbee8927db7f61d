"""A workload on a device: what lies on each card and in system RAM, by named part.

One card holds everything. Several share the layers, or a part of every layer, as the runtime does
by itself. Where that is too much and layers may be computed from system RAM, as many as fit stay on
the cards (`offload.py`). The verdict is that of the card that is worst off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.placement.shares import Share, layer_shares, whole_share
from fitcheck.estimator.placement.verdict import worst_verdict
from fitcheck.records.record import record, replace
from fitcheck.records.result import CardMemory, HostMemory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.estimator.target import Target
    from fitcheck.estimator.workload import Workload


_ALL_LAYERS = 1 - 1e-9  # shares are fractions, and their sum is rounded


@record
class Plan:
    """Where a workload lies.

    `split` is "" on one card, else "layer" or "tensor". `layer_shares` is the part of the layers
    each card computes; they sum to less than one where the host computes some. `refusal` says why
    the runtime cannot spread the model so; the verdict is then not to be trusted.
    """

    split: str
    cards: tuple[CardMemory, ...]
    host: HostMemory
    layer_shares: tuple[float, ...]
    verdict: str
    refusal: str = ""


def plan(workload: Workload, target: Target) -> Plan:
    """Place a workload on a device, in system RAM too where it must and may."""
    placed = plan_on_cards(workload, target)
    ram_bytes = workload.settings.ram_bytes
    may = workload.rules.host_layers and ram_bytes and not placed.refusal
    if placed.verdict == "too_big" and may and workload.weights.layer_bytes:
        from fitcheck.estimator.placement.offload import offloaded

        shares = offloaded(workload, target, ram_bytes=ram_bytes or 0)
        if shares is not None:
            return replace(_placed(placed.split, shares, workload), verdict="offload")
    return placed


def plan_on_cards(workload: Workload, target: Target) -> Plan:
    """Place a workload on the cards alone, as the runtime spreads it by itself."""
    rules = workload.rules
    count = len(target.cards)
    if count == 1:
        return _placed("", [whole_share(workload, target.cards[0])], workload)
    if not rules.splits:
        every = [whole_share(workload, card) for card in target.cards]
        refusal = f"{workload.runtime.name} runs a model on one device"
        return replace(_placed("", every, workload), refusal=refusal)
    if rules.splits[0] == "tensor":
        return _tensor_parallel(workload, target)
    return _placed("layer", layer_shares(workload, target), workload)


def _tensor_parallel(workload: Workload, target: Target) -> Plan:
    """Give every card its part of every layer: KV heads divided or copied, latents whole."""
    from fitcheck.estimator.placement.split import tensor_split_refusal
    from fitcheck.estimator.placement.tensor_split import rank_bytes

    ranks = len(target.cards)
    architecture = workload.model.architecture
    shares = []
    for position, card in enumerate(target.cards):
        whole = whole_share(workload, card, ranks=ranks, position=position)
        if architecture is None:
            weights = -(-workload.weights.device_bytes // ranks)
        else:
            weights = rank_bytes(architecture, workload.stored, ranks)
        shares.append(replace(whole, weights_bytes=weights, layers=1 / ranks))
    refusal = tensor_split_refusal(architecture, ranks) if architecture else ""
    placed = _placed("tensor", shares, workload)
    if refusal:
        return replace(placed, refusal=f"{workload.runtime.name}: {refusal}")
    return placed


def _placed(split: str, shares: Sequence[Share], workload: Workload) -> Plan:
    """Close the account: budgets of the cards, what is left for the host, the worst verdict."""
    cards = tuple(share.memory(workload) for share in shares)
    weights, run = workload.weights, workload.run
    on_cards = sum(share.weights_bytes for share in shares)
    # Parallel ranks may hold copies; only layers that no card holds are the host's.
    left = max(0, weights.device_bytes - on_cards) if split != "tensor" else 0
    kv_left, state_left = _cache_left(shares, workload, split=split)
    buffer_bytes = run.host_buffer_bytes(shares[0].card.card) if workload.rules.host_layers else 0
    host = HostMemory(
        weights_bytes=weights.host_bytes + left,
        kv_cache_bytes=kv_left,
        recurrent_state_bytes=state_left,
        compute_buffer_bytes=buffer_bytes,
        needed_bytes=weights.host_bytes + left + kv_left + state_left + buffer_bytes,
        ram_bytes=workload.settings.ram_bytes,
    )
    return Plan(
        split=split,
        cards=cards,
        host=host,
        layer_shares=tuple(share.layers for share in shares),
        verdict=worst_verdict(cards),
    )


def _cache_left(shares: Sequence[Share], workload: Workload, *, split: str) -> tuple[int, int]:
    """Return cache and state of the layers that no card holds."""
    if split == "tensor" or sum(share.layers for share in shares) > _ALL_LAYERS:
        return 0, 0
    cache = workload.run.cache(shares[0].card.card)
    if cache is None:
        return 0, 0
    return (
        max(0, cache.kv_bytes - sum(share.kv_cache_bytes for share in shares)),
        max(0, cache.state_bytes - sum(share.recurrent_state_bytes for share in shares)),
    )
