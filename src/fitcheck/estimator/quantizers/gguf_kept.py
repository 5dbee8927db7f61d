"""Which tensors llama.cpp never quantizes, and the type they have in the file it starts from.

The quantizer leaves a tensor as the converter wrote it: F32 for vectors and for the small matrices
the converter lists, 16 bit for the others.
Sources: llama.cpp, src/llama-quant.cpp (tensor_allows_quantization) and conversion/base.py
https://github.com/ggml-org/llama.cpp/blob/0c1e57098bba43ac29e6e3b677cdceebdd22334f/src/llama-quant.cpp
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.records.tensors import Tensor

# Parts of names that keep a matrix from being quantized, and of those the ones written as F32.
_NEVER = [
    "_norm.weight",
    "ffn_gate_inp.weight",
    "ffn_gate_tid2eid.weight",
    "altup",
    "laurel",
    "per_layer_model_proj",
    "ssm_conv1d",
    "shortconv.conv.weight",
    "indexer.k_proj.weight",
    "indexer.q_proj.weight",
    "time_mix_first.weight",
    "time_mix_w0.weight",
    "time_mix_w1.weight",
    "time_mix_w2.weight",
    "time_mix_v0.weight",
    "time_mix_v1.weight",
    "time_mix_v2.weight",
    "time_mix_a0.weight",
    "time_mix_a1.weight",
    "time_mix_a2.weight",
    "time_mix_g1.weight",
    "time_mix_g2.weight",
    "time_mix_decay_w1.weight",
    "time_mix_decay_w2.weight",
    "time_mix_lerp_fused.weight",
    "attn_rel_b.weight",
    ".position_embd",
    "sam.pos_embd",
    "sam.neck.",
    "sam.net_",
    ".rel_pos",
    ".patch_embd",
    ".patch_merger",
    "a.rvq.codebook",
    "mm.a.code_embd",
]
_NEVER_WHOLE = frozenset({"position_embd.weight", "token_types.weight"})
_WRITTEN_AS_F32 = [
    "_norm.weight",
    "ffn_gate_inp.weight",
    "position_embd",
    "token_types",
    "ssm_conv1d",
    "shortconv.conv.weight",
    "time_mix_first.weight",
    "time_mix_w1.weight",
    "time_mix_w2.weight",
    "time_mix_decay_w1.weight",
    "time_mix_decay_w2.weight",
    "time_mix_lerp_fused.weight",
    "altup_correct_coef",
    "altup_predict_coef",
]
# GLM-5-Next keeps its small projections too.
_NEVER_GLM5_NEXT = [
    "hc_",
    "indexer.attn_q_b",
    "indexer.attn_k",
    "indexer.proj",
    "indexer_compressor_gate",
    "indexer_compressor_ape",
    "ssm_f_a.weight",
    "ssm_f_b.weight",
    "ssm_g_a.weight",
    "ssm_g_b.weight",
    "ssm_beta.weight",
    "attn_kv_a_mqa.weight",
    "attn_k_b.weight",
    "attn_v_b.weight",
]


def kept_type(tensor: Tensor, architecture: str) -> str:
    """Return "f32" or "f16" where llama.cpp leaves a tensor as converted, "" where it quantizes.

    Matrices only are quantized; trailing widths of 1 make no matrix.
    """
    name = tensor.name
    if name.endswith("channel_mix_lerp_k.weight"):
        return "f16"  # [width, 1, 1]: the writer counts three dimensions, the quantizer one
    if _dimensions(tensor.shape) < 2 or not name.endswith("weight"):
        return "f32"
    return _kept_matrix(name, architecture)


@lru_cache(maxsize=4096)  # a model has a dozen names of matrices, and each in every layer
def _kept_matrix(part: str, architecture: str) -> str:
    never = part in _NEVER_WHOLE or any(word in part for word in _NEVER)
    if architecture == "glm5-next":
        never = never or any(word in part for word in _NEVER_GLM5_NEXT)
    if not never:
        return ""
    return "f32" if any(word in part for word in _WRITTEN_AS_F32) else "f16"


def _dimensions(shape: tuple[int, ...]) -> int:
    return max((index for index, width in enumerate(shape, start=1) if width > 1), default=1)
