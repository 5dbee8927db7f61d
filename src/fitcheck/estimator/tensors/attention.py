"""The tensors of softmax attention: MHA, GQA and MQA, with biases, QK-norm, gates and sinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.tensors.tensor import Part, bias, matrix, vector

if TYPE_CHECKING:
    from fitcheck.records.parts import Attention


def attention(part: Attention, hidden: int) -> list[Part]:
    """List the projections of one attention: Q heads × head_dim, K and V kv_heads × head_dim.

    Q is twice as wide where the gate is fused into it. Names as in llama.cpp's
    `create_tensor_qkv`, https://github.com/ggml-org/llama.cpp/blob/master/src/llama-model.cpp
    """
    inputs = part.input_width or hidden
    value_dim = part.value_dim or part.head_dim
    query = part.heads * part.head_dim
    key = part.kv_heads * part.head_dim
    value = part.kv_heads * value_dim
    attended = part.heads * value_dim
    query_out = query * 2 if part.gate == "fused" else query
    tensors: list[Part] = []
    if part.fused_qkv:
        tensors.append(matrix("attn_qkv", inputs, query_out + key + value))
        if "q" in part.bias:
            tensors.append(bias("attn_qkv", query_out + key + value))
    else:
        projections = [("attn_q", "q", query_out)]
        if not part.shares_kv:
            projections.append(("attn_k", "k", key))
            if not part.key_is_value:
                projections.append(("attn_v", "v", value))
        for name, letter, width in projections:
            tensors.append(matrix(name, inputs, width))
            if letter in part.bias:
                tensors.append(bias(name, width))
    tensors.append(matrix("attn_output", attended, hidden))
    if "o" in part.bias:
        tensors.append(bias("attn_output", hidden))
    tensors += _qk_norm(part, query, key)
    if part.gate == "head":
        tensors.append(matrix("attn_gate", inputs, part.heads))
    elif part.gate == "full":
        tensors.append(matrix("attn_gate", inputs, attended))
    if part.sinks:
        tensors.append(vector("attn_sinks", part.heads))
    return tensors


def _qk_norm(part: Attention, query: int, key: int) -> list[Part]:
    """List the norms on queries and keys: over a head, over all heads, or one for each head."""
    if part.qk_norm == "head":
        norms = [vector("attn_q_norm", part.head_dim), vector("attn_k_norm", part.head_dim)]
    elif part.qk_norm == "full":
        norms = [vector("attn_q_norm", query), vector("attn_k_norm", key)]
    elif part.qk_norm == "per_head":
        norms = [
            matrix("attn_q_norm", part.head_dim, part.heads, "norm"),
            matrix("attn_k_norm", part.head_dim, part.kv_heads, "norm"),
        ]
    else:
        return []
    return norms[:1] if part.shares_kv else norms
