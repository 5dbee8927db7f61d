"""The tensors of RWKV-7 time mixing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.tensors.tensor import Part, bias, matrix, vector

if TYPE_CHECKING:
    from fitcheck.records.parts import Rwkv7

_SHIFTS = 6  # r, w, k, v, a, g


def rwkv7(part: Rwkv7, hidden: int) -> list[Part]:
    """List the low-rank maps, the token-shift mixes and the projections of a time-mixing layer.

    Source: https://arxiv.org/abs/2503.14456
    """
    tensors: list[Part] = []
    for letter, rank in (("w", part.decay_rank), ("a", part.iclr_rank), ("v", part.value_rank)):
        if rank:  # the first layer has no value to mix with
            tensors += [
                vector(f"time_mix_{letter}0", hidden, "state"),
                matrix(f"time_mix_{letter}1", hidden, rank),
                matrix(f"time_mix_{letter}2", rank, hidden),
            ]
    tensors += [
        matrix("time_mix_g1", hidden, part.gate_rank),
        matrix("time_mix_g2", part.gate_rank, hidden),
        Part(name="time_mix_lerp_fused.weight", shape=(hidden, 1, 1, _SHIFTS), kind="state"),
        vector("time_mix_k_k", hidden, "state"),
        vector("time_mix_k_a", hidden, "state"),
        vector("time_mix_r_k", hidden, "state"),
        matrix("time_mix_key", hidden, hidden),
        matrix("time_mix_value", hidden, hidden),
        matrix("time_mix_receptance", hidden, hidden),
        vector("time_mix_ln", hidden),
        bias("time_mix_ln", hidden),
        matrix("time_mix_output", hidden, hidden),
    ]
    return tensors
