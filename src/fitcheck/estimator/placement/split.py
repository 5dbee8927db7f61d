"""How several cards share a model: whole layers in turn, or a part of every layer each."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from fitcheck.records.parts import Attention, GatedDeltaNet, LatentAttention

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.kv_cache import KvCache


def dealt_layers(shares: Sequence[float], layers: int) -> list[range]:
    """Return the layers of each card, the output being one layer more, by its share of the memory.

    Layer i of L + 1 goes to the first card whose cumulative share exceeds i ÷ (L + 1).
    Source: llama.cpp, get_layer_buft_list in src/llama-model.cpp
    https://github.com/ggml-org/llama.cpp/blob/master/src/llama-model.cpp
    """
    total = sum(shares)
    ends = [cumulative / total for cumulative in accumulate(shares)]
    ends[-1] = 1.0
    dealt = []
    start = 0
    for end in ends:
        stop = start
        while stop < layers + 1 and stop / (layers + 1) < end:
            stop += 1
        dealt.append(range(start, stop))
        start = stop
    return dealt


def filled_layers(rooms: Sequence[int], sizes: Sequence[int]) -> list[range] | None:
    """Return the layers of each card where each is filled before the next; `None` if not all fit.

    `rooms` is what each card has left for layers, `sizes` what each layer takes, the output the
    last: what a fit finds where shares by memory overflow one card.
    """
    dealt = []
    start = 0
    for room in rooms:
        stop, taken = start, 0
        while stop < len(sizes) and taken + sizes[stop] <= room:
            taken += sizes[stop]
            stop += 1
        dealt.append(range(start, stop))
        start = stop
    return dealt if start == len(sizes) else None


def layer_cache_bytes(architecture: Architecture, cache: KvCache) -> tuple[list[int], list[int]]:
    """Return the cache and the state of each layer, in bytes."""
    held = {False: [0] * len(architecture.blocks), True: [0] * len(architecture.blocks)}
    for group in cache.groups:
        if group.block >= 0:
            held[group.state][group.block] += group.group_bytes // group.layers
    return (
        [held[False][block] for block in architecture.layout],
        [held[True][block] for block in architecture.layout],
    )


def tensor_split_refusal(architecture: Architecture, ranks: int) -> str:
    """Return why so many cards cannot share every layer; "" where they can.

    Heads are dealt out whole: their number must divide by the cards; KV heads must divide by the
    cards, or the cards by them (each then holds a copy).
    Source: vLLM, verify_with_parallel_config in vllm/config/model.py and QKVParallelLinear
    https://github.com/vllm-project/vllm/blob/main/vllm/config/model.py
    """
    for block in architecture.blocks:
        for mixer in block.mixers:
            if isinstance(mixer, Attention | LatentAttention) and mixer.heads % ranks:
                return f"{mixer.heads} attention heads do not divide between {ranks} cards"
            if isinstance(mixer, Attention):
                few, many = sorted((mixer.kv_heads, ranks))
                if many % few:
                    return f"{mixer.kv_heads} KV heads do not divide between {ranks} cards"
            if isinstance(mixer, GatedDeltaNet) and (
                mixer.key_heads % ranks or mixer.value_heads % ranks
            ):
                return f"{mixer.key_heads} delta-net heads do not divide between {ranks} cards"
    return ""
