"""What one card holds of a workload: all of it, or the layers dealt to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.placement.split import dealt_layers, filled_layers, layer_cache_bytes
from fitcheck.records.record import record
from fitcheck.records.result import CardMemory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.estimator.target import Target, TargetCard
    from fitcheck.estimator.workload import Workload


@record
class Share:
    """A card's part by named part of memory; `layers` is the part of the layers it computes."""

    card: TargetCard
    layers: float
    weights_bytes: int
    kv_cache_bytes: int
    recurrent_state_bytes: int
    compute_buffer_bytes: int
    runtime_overhead_bytes: int

    @property
    def fixed_bytes(self) -> int:
        """What is there before the cache."""
        return self.weights_bytes + self.compute_buffer_bytes + self.runtime_overhead_bytes

    def memory(self, workload: Workload) -> CardMemory:
        """Return the account of the card, with what the runtime lets itself take of it."""
        needed = self.fixed_bytes + self.kv_cache_bytes + self.recurrent_state_bytes
        usable = workload.budget(self.card, fixed_bytes=self.fixed_bytes)
        return CardMemory(
            gpu=self.card.gpu.id,
            weights_bytes=self.weights_bytes,
            kv_cache_bytes=self.kv_cache_bytes,
            recurrent_state_bytes=self.recurrent_state_bytes,
            compute_buffer_bytes=self.compute_buffer_bytes,
            runtime_overhead_bytes=self.runtime_overhead_bytes,
            needed_bytes=needed,
            usable_bytes=usable,
            free_bytes=usable - needed,
        )


def whole_share(
    workload: Workload, card: TargetCard, *, ranks: int = 1, position: int = 0
) -> Share:
    """Put everything on one card; with `ranks`, one rank's cache and buffers."""
    cache = workload.run.cache(card.card, ranks=ranks)
    buffer = workload.run.buffer(card.card, ranks=ranks)
    return Share(
        card=card,
        layers=1.0,
        weights_bytes=workload.weights.device_bytes,
        kv_cache_bytes=cache.kv_bytes if cache else 0,
        recurrent_state_bytes=cache.state_bytes if cache else 0,
        compute_buffer_bytes=buffer.device_bytes if buffer else 0,
        runtime_overhead_bytes=workload.overhead_bytes(card, ranks=ranks, position=position),
    )


def layer_shares(workload: Workload, target: Target) -> list[Share]:
    """Deal the layers to the cards by their usable memory, or as they fit where that overflows."""
    layers = len(workload.weights.layer_bytes)
    usable = [card.usable_bytes for card in target.cards]
    if not layers:
        return _spread(workload, target, usable)
    dealt = dealt_layers(usable, layers)
    shares = shares_of(workload, target, dealt)
    if all(share.memory(workload).free_bytes >= 0 for share in shares):
        return shares
    sizes = layer_sizes(workload, target.cards[0])
    rooms = [
        share.memory(workload).usable_bytes
        - share.compute_buffer_bytes
        - share.runtime_overhead_bytes
        - (workload.weights.other_bytes if not position else 0)
        for position, share in enumerate(shares)
    ]
    filled = filled_layers(rooms, sizes)
    return shares_of(workload, target, filled) if filled else shares


def _spread(workload: Workload, target: Target, usable: Sequence[int]) -> list[Share]:
    """Spread weights whose layers are not known evenly over the cards' memory."""
    total = sum(usable)
    return [
        Share(
            card=card,
            layers=room / total,
            weights_bytes=-(-workload.weights.device_bytes * room // total),
            kv_cache_bytes=0,
            recurrent_state_bytes=0,
            compute_buffer_bytes=0,
            runtime_overhead_bytes=workload.overhead_bytes(card, position=position),
        )
        for position, (card, room) in enumerate(zip(target.cards, usable, strict=True))
    ]


def layer_sizes(workload: Workload, card: TargetCard) -> list[int]:
    """Return what each layer takes of a card, weights, cache and state; the output comes last."""
    weights = workload.weights
    kv, state = _cache_by_layer(workload, card)
    return [*map(sum, zip(weights.layer_bytes, kv, state, strict=True)), weights.output_bytes]


def shares_of(workload: Workload, target: Target, dealt: Sequence[range]) -> list[Share]:
    """Add up the layers dealt to each card; the output counts as the last layer.

    What belongs to no layer lies on the first card. A card without layers has the context only.
    """
    weights = workload.weights
    layers = len(weights.layer_bytes)
    at_work = [position for position, part in enumerate(dealt) if part]
    found = []
    for position, (card, part) in enumerate(zip(target.cards, dealt, strict=True)):
        own = [layer for layer in part if layer < layers]
        kv, state = _cache_by_layer(workload, card)
        held = sum(weights.layer_bytes[layer] for layer in own)
        held += weights.output_bytes if layers in part else 0
        held += weights.other_bytes if position == 0 else 0
        found.append(
            Share(
                card=card,
                layers=len(own) / layers,
                weights_bytes=held,
                kv_cache_bytes=sum(kv[layer] for layer in own)
                + workload.run.beside_layers(card.card),
                recurrent_state_bytes=sum(state[layer] for layer in own),
                compute_buffer_bytes=_buffer(workload, card, position, at_work),
                runtime_overhead_bytes=workload.overhead_bytes(card, position=position),
            )
        )
    return found


def _buffer(workload: Workload, card: TargetCard, position: int, at_work: Sequence[int]) -> int:
    """Return the buffer of a card by its place among those that have layers."""
    if len(at_work) <= 1:
        buffer = workload.run.buffer(card.card)
        return buffer.device_bytes if buffer and position in at_work else 0
    first, middle, last = workload.run.split_buffers(card.card)
    if position not in at_work:
        return 0
    return first if position == at_work[0] else last if position == at_work[-1] else middle


def _cache_by_layer(workload: Workload, card: TargetCard) -> tuple[list[int], list[int]]:
    architecture = workload.model.architecture
    cache = workload.run.cache(card.card)
    if architecture is None or cache is None:
        empty = [0] * len(workload.weights.layer_bytes)
        return empty, empty
    return layer_cache_bytes(architecture, cache)
