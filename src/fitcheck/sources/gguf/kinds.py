"""What a tensor of a GGUF file is for, told from its name."""

from __future__ import annotations

import re

# "unused" in layers that read an earlier layer's cache
KEYS_AND_VALUES = ("attn_k.", "attn_v.", "attn_k_norm.")
_LAYER = re.compile(r"^(?:blk|enc\.blk|dec\.blk)\.(\d{1,4})\.(.+)$")
_LOOKUPS = ("position_embd.", "token_types.", "per_layer_token_embd.", "masked_embd_", "d2t")
_RECURRENCE = re.compile(
    r"(?:^|\.)(?:ssm_(?:a|d)(?:$|\.)|ssm_dt\.bias|time_mix_(?:first|decay|w0|a0|v0|k_k|k_a|r_k|lerp)"
    r"|channel_mix_lerp|layer_output_scale)"
)
_EXPERT = re.compile(
    r"^ffn_(?:gate|up|down|gate_up)_(?:exps|chexps)\.(?!scale)|^ffn_(?:gate|up|down)\.\d+\."
)
_SHARED = re.compile(r"^ffn_(?:gate|up|down)_shexp\.")
_ROUTER = re.compile(r"^(?:ffn_gate_inp|exp_probs_b|ffn_gate_inp_shexp)")
_CONV = re.compile(r"conv1d|shortconv\.conv")


def split_layer(name: str) -> tuple[int, str]:
    """Split `blk.7.attn_q.weight` into 7 and `attn_q.weight`; -1 outside the layers."""
    match = _LAYER.match(name)
    return (int(match[1]), match[2]) if match else (-1, name)


def kind_of(name: str, shape: tuple[int, ...], *, first_mtp_layer: int) -> str:
    """Name the kind (`records.tensors.KINDS`) of a tensor of a text model."""
    layer, rest = split_layer(name)
    if (layer >= first_mtp_layer >= 0) or rest.startswith("nextn."):
        return "mtp"
    if layer < 0:
        return _global_kind(rest, shape)
    if rest.startswith("ffn_gate_tid2eid"):
        return "lookup"
    if rest.endswith(".bias") and not _EXPERT.match(rest) and not rest.startswith("ssm_dt"):
        return "bias"
    if _ROUTER.match(rest):
        return "router"
    if _EXPERT.match(rest):
        return "expert"
    if _SHARED.match(rest):
        return "shared_expert"
    if _CONV.search(rest):
        return "conv"
    if _RECURRENCE.search(rest):
        return "state"
    if "norm" in rest or rest.startswith("time_mix_ln"):
        return "norm"
    return "linear" if len(shape) > 1 else "norm"


def _global_kind(name: str, shape: tuple[int, ...]) -> str:
    if name == "token_embd.weight":
        return "embedding"
    if name == "output.weight":
        return "output"
    if name.startswith(_LOOKUPS):
        return "lookup"
    if name.startswith(("v.", "mm.", "resampler.")):
        return "vision"
    if name.startswith("a."):
        return "audio"
    if name.endswith(".bias"):
        return "bias"
    return "linear" if len(shape) > 1 and "norm" not in name else "norm"
