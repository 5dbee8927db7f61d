"""The tensors of lightning attention (MiniMax-01, Ling 2.5): linear attention with a gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.tensors.tensor import Part, matrix, vector

if TYPE_CHECKING:
    from fitcheck.records.parts import LightningAttention


def lightning(part: LightningAttention, hidden: int) -> list[Part]:
    """List Q, K and V in one, the output gate, the norm over all heads, and out.

    Source: MiniMax-01, https://arxiv.org/abs/2501.08313
    """
    width = part.heads * part.head_dim
    return [
        matrix("attn_qkv", hidden, 3 * width),
        matrix("attn_gate", hidden, width),
        vector("attn_norm_2", width),
        matrix("attn_output", width, hidden),
    ]
