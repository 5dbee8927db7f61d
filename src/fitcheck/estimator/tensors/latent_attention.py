"""The tensors of multi-head latent attention (MLA), and of the indexer of sparse attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.tensors.tensor import Part, bias, matrix, vector

if TYPE_CHECKING:
    from fitcheck.records.parts import LatentAttention


def latent_attention(part: LatentAttention, hidden: int) -> list[Part]:
    """List the projections of MLA, K and V decompressed apart as llama.cpp stores them.

    Transformers keeps both in one `kv_b_proj` of the same size: heads × (nope + value) × kv_rank.
    Source: https://arxiv.org/abs/2405.04434
    """
    query = part.heads * (part.nope_dim + part.rope_dim)
    latent = part.kv_rank + part.rope_dim
    tensors: list[Part] = []
    if part.q_rank:
        tensors += [
            matrix("attn_q_a", hidden, part.q_rank),
            vector("attn_q_a_norm", part.q_rank),
            matrix("attn_q_b", part.q_rank, query),
        ]
    else:
        tensors.append(matrix("attn_q", hidden, query))
    tensors.append(matrix("attn_kv_a_mqa", hidden, latent))
    if "k" in part.bias:
        tensors.append(bias("attn_kv_a_mqa", latent))
    if "q" in part.bias and part.q_rank:
        tensors.append(bias("attn_q_a", part.q_rank))
    tensors.append(vector("attn_kv_a_norm", part.kv_rank))
    if part.absorbed:
        decompress_keys = (part.nope_dim, part.kv_rank, part.heads)
        decompress_values = (part.kv_rank, part.value_dim, part.heads)
        tensors += [
            Part(name="attn_k_b.weight", shape=decompress_keys),
            Part(name="attn_v_b.weight", shape=decompress_values),
        ]
    else:
        decompressed = part.heads * (part.nope_dim + part.value_dim)
        tensors.append(matrix("attn_kv_b", part.kv_rank, decompressed))
    tensors.append(matrix("attn_output", part.heads * part.value_dim, hidden))
    if "o" in part.bias:
        tensors.append(bias("attn_output", hidden))
    if part.gate == "full":
        tensors.append(matrix("attn_gate", hidden, part.heads * part.value_dim))
    elif part.gate == "head":
        tensors.append(matrix("attn_gate", hidden, part.heads))
    if part.indexer_heads:
        tensors += _indexer(part, hidden)
    return tensors


def _indexer(part: LatentAttention, hidden: int) -> list[Part]:
    """List the lightning indexer: one shared key a token, a query and a weight for each head.

    Source: DeepSeek-V3.2-Exp, https://github.com/deepseek-ai/DeepSeek-V3.2-Exp
    """
    return [
        vector("indexer.k_norm", part.indexer_dim),
        bias("indexer.k_norm", part.indexer_dim),
        matrix("indexer.proj", hidden, part.indexer_heads),
        matrix("indexer.attn_k", hidden, part.indexer_dim),
        matrix("indexer.attn_q_b", part.q_rank or hidden, part.indexer_heads * part.indexer_dim),
    ]
