"""The tensors of a dense feed-forward: up, down, and a gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.tensors.tensor import Part, bias, matrix, vector

if TYPE_CHECKING:
    from fitcheck.records.parts import FeedForward


def feed_forward(part: FeedForward, hidden: int) -> list[Part]:
    """List up and gate (hidden → size, in one tensor if fused) and down (size → hidden)."""
    if part.channel_mix:
        return [
            vector("channel_mix_lerp_k", hidden, "state"),
            matrix("channel_mix_key", hidden, part.size),
            matrix("channel_mix_value", part.size, hidden),
        ]
    up = part.size * 2 if part.gated and part.fused else part.size
    tensors = []
    if part.gated and not part.fused:
        tensors.append(matrix("ffn_gate", hidden, part.size))
        if part.bias:
            tensors.append(bias("ffn_gate", part.size))
    tensors.append(matrix("ffn_up", hidden, up))
    if part.bias:
        tensors.append(bias("ffn_up", up))
    tensors.append(matrix("ffn_down", part.size, hidden))
    if part.bias:
        tensors.append(bias("ffn_down", hidden))
    return tensors
