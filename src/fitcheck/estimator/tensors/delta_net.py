"""The tensors of linear attention: the gated delta rule, Kimi delta, lightning attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.tensors.tensor import Part, bias, matrix, vector

if TYPE_CHECKING:
    from fitcheck.records.parts import GatedDeltaNet, KimiDelta, LightningAttention


def gated_delta_net(part: GatedDeltaNet, hidden: int) -> list[Part]:
    """List Q, K and V in one, the output gate, β and α, convolution, decay, norm and out.

    The gated delta rule, of Qwen3-Next and Qwen3.5. Source: https://arxiv.org/abs/2412.06464
    """
    keys = part.key_heads * part.key_dim
    values = part.value_heads * part.value_dim
    tensors = [
        matrix("attn_qkv", hidden, 2 * keys + values),
        matrix("attn_gate", hidden, values),
        matrix("ssm_conv1d", part.conv, 2 * keys + values, "conv"),
        Part(name="ssm_dt.bias", shape=(part.value_heads,), kind="state"),
        Part(name="ssm_a", shape=(part.value_heads,), kind="state"),
    ]
    if part.split:
        tensors += [
            matrix("ssm_beta", hidden, part.value_heads),
            matrix("ssm_alpha", hidden, part.value_heads),
        ]
    else:
        tensors.append(matrix("ssm_ba", hidden, 2 * part.value_heads))
    tensors += [vector("ssm_norm", part.value_dim), matrix("ssm_out", values, hidden)]
    return tensors


def kimi_delta(part: KimiDelta, hidden: int) -> list[Part]:
    """List Q, K, V with a convolution each, decay and gate of rank head_dim, β, norm and out.

    Source: https://arxiv.org/abs/2510.26692
    """
    width = part.heads * part.head_dim
    tensors: list[Part] = []
    for letter in "qkv":
        tensors += [
            Part(name=f"ssm_conv1d_{letter}.weight", shape=(part.conv, 1, width), kind="conv"),
            matrix(f"attn_{letter}", hidden, width),
        ]
    tensors += _map("ssm_f", hidden, part.head_dim, width, full="ssm_f_a" * part.full_decay)
    tensors += [
        matrix("ssm_beta", hidden, part.heads),
        Part(name="ssm_a", shape=(1, part.heads), kind="state"),
        bias("ssm_dt", width),
    ]
    # llama.cpp calls the full gate ssm_g where the decay is low-rank (Kimi K3), else ssm_g_a
    gate = "ssm_g_a" if part.full_decay else "ssm_g"
    tensors += _map("ssm_g", hidden, part.head_dim, width, full=gate * part.full_gate)
    tensors += [
        vector("ssm_norm", part.head_dim),
        matrix("attn_output", width, hidden),
    ]
    return tensors


def _map(name: str, hidden: int, rank: int, width: int, *, full: str) -> list[Part]:
    """Give a map hidden → width: one matrix called `full`, or two of the given rank."""
    if full:
        return [matrix(full, hidden, width)]
    return [matrix(f"{name}_a", hidden, rank), matrix(f"{name}_b", rank, width)]


def lightning(part: LightningAttention, hidden: int) -> list[Part]:
    """List lightning attention's: Q, K and V in one, the output gate, a norm over all heads, out.

    Source: MiniMax-01, https://arxiv.org/abs/2501.08313
    """
    width = part.heads * part.head_dim
    return [
        matrix("attn_qkv", hidden, 3 * width),
        matrix("attn_gate", hidden, width),
        vector("attn_norm_2", width),
        matrix("attn_output", width, hidden),
    ]
