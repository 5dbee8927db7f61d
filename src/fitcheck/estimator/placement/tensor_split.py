"""The weights of one card of several that share every layer (tensor parallel).

Matrices are cut by output or input columns: attention by heads, feed-forwards and experts by their
inner width, embedding and head by rows of the vocabulary, padded to 64. Whole on every card are
norms and other vectors, routers, the down-projections of MLA to its latents, the indexer of sparse
attention, tables of positions, and towers. Keys and values are cut while there are KV heads for
every card, else each card holds one head.

Source: vLLM 0.33.0, model_executor/layers/linear.py (QKVParallelLinear, ReplicatedLinear),
vocab_parallel_embedding.py, models/deepseek_v2.py
https://github.com/vllm-project/vllm/tree/main/vllm/model_executor
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.parts import Attention
from fitcheck.units import round_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.tensors import StoredTensor, Tensor

_WHOLE_KINDS = frozenset({"norm", "bias", "router", "state", "lookup", "vision", "audio"})
_WHOLE_NAMES = ("attn_q_a.", "attn_kv_a_mqa.", "indexer.", "nextn.")
_VOCABULARY = frozenset({"embedding", "output"})
_VOCABULARY_PADDING = 64
_NOT_LOADED = "mtp"


def rank_bytes(architecture: Architecture, stored: Sequence[StoredTensor], ranks: int) -> int:
    """Return the bytes of weights on one of `ranks` cards."""
    kv_heads = [_attention(block.mixers) for block in architecture.layer_blocks()]
    total = 0
    for item in stored:
        tensor = item.tensor
        if tensor.kind == _NOT_LOADED:
            continue
        for layer in tensor.layers or (-1,):
            mixer = kv_heads[layer] if 0 <= layer < len(kv_heads) else None
            total += round(item.each_bytes * _share(tensor, mixer, ranks))
    return total


def _attention(mixers: Sequence[object]) -> Attention | None:
    return next((mixer for mixer in mixers if isinstance(mixer, Attention)), None)


def _share(tensor: Tensor, mixer: Attention | None, ranks: int) -> float:
    """Return the share of a tensor that one card holds."""
    name = tensor.name
    if tensor.kind in _WHOLE_KINDS or len(tensor.shape) == 1 or name.startswith(_WHOLE_NAMES):
        return 1.0
    if tensor.kind in _VOCABULARY:
        rows = tensor.shape[1]
        return -(-round_up(rows, _VOCABULARY_PADDING) // ranks) / rows
    if mixer is not None and name in ("attn_k.weight", "attn_v.weight"):
        return max(1 / mixer.kv_heads, 1 / ranks)
    if mixer is not None and name == "attn_qkv.weight":
        heads = mixer.heads / ranks + 2 * max(1, mixer.kv_heads / ranks)
        return heads / (mixer.heads + 2 * mixer.kv_heads)
    return 1 / ranks
