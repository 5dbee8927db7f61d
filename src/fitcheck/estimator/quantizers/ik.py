"""ik_llama.cpp's presets on its own types (IQ4_KS, IQ2_KT …): the type its quantizer gives.

The fork's rules grew out of llama.cpp's: heads that share keys count from two on, and so do models
with four experts. Its own types stand in where llama.cpp has legacy ones.
Source: ik_llama.cpp, src/llama-quantize.cpp (commit 0296c609)
https://github.com/ikawrakow/ik_llama.cpp/blob/0296c6094a5daedf0b83aa6422718f3660e9d5bd/src/llama-quantize.cpp
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.quantizers.gguf_model import by_type, described, quantized_model
from fitcheck.estimator.quantizers.packing import packed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fitcheck.estimator.quantizers.gguf_model import QuantizedModel
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import Format, StorageType
    from fitcheck.records.tensors import StoredTensor, Tensor

GGUF_FILE = True
_PLACED = frozenset({"down", "gate", "up"})
_SMALL_HEAD = frozenset(
    ["iq2_k", "iq2_ks", "iq2_kl", "iq3_k", "iq3_ks", "iq1_kt", "iq2_kt", "iq3_kt"]
)
_Q5_OUTPUT = frozenset(
    ["iq2_k", "iq3_k", "iq3_ks", "iq3_kt", "iq4_k", "iq4_ks", "iq4_kss", "iq5_ks"]
)
_IQ4_KS = frozenset(["iq4_ks", "iq4_kss"])
_IQ5 = frozenset(["iq5_k", "iq5_ks"])
# Attention values where at least two query heads share them.
_SHARED_VALUES = {
    "iq2_k": "iq4_k",
    "iq2_kl": "iq4_ks",
    "iq3_k": "iq4_k",
    "iq3_ks": "iq4_ks",
    "iq4_k": "iq5_k",
    "iq4_ks": "iq5_k",
    "iq4_kss": "iq5_k",
}
_FALLBACK = {
    **dict.fromkeys(["q2_k", "iq2_k", "iq2_ks", "iq2_kl", "iq1_kt", "iq2_kt"], "iq3_kt"),
    **dict.fromkeys(["q3_k", "iq3_s", "iq3_k", "iq3_ks"], "iq4_kt"),
    **dict.fromkeys(["q4_k", "iq4_k", "iq5_ks"], "q5_0"),
    **dict.fromkeys(["q5_k", "iq5_k"], "q6_0"),
    **dict.fromkeys(["q6_k", "iq6_k"], "q8_0"),
}


def quantize(
    architecture: Architecture,
    tensors: Sequence[Tensor],
    form: Format,
    storage_types: Mapping[str, StorageType],
    *,
    imatrix: bool,
) -> list[StoredTensor]:
    """Return each tensor in the storage type of a preset; `storage` is the preset's own type."""
    model = quantized_model(tensors, architecture)
    known_8b = architecture.gguf == "llama" and architecture.layers == 32
    large = architecture.vocabulary >= 127_999 and (known_8b or model.seventy_b)
    preset = form.storage
    typed: list[tuple[Tensor, str]] = []
    for item in described(tensors, model.architecture):
        tensor, kind, row = item.tensor, item.kind, item.tensor.shape[0]
        if item.kept:
            typed.append((tensor, item.kept))
            continue
        chosen = []
        for place in item.places(model, by_place=_PLACED):
            early = place.within_first(8)
            if kind == "head" or (kind == "embedding" and model.tied):
                wanted = _head(model, preset, row)
            elif kind == "embedding":
                special = {"iq3_kt": "iq3_s", "iq1_bn": "iq4_nl", "iq2_bn": "iq4_nl"}
                wanted = special.get(preset, preset)
            elif preset in ("iq2_kt", "iq2_ks"):
                counted_early = place.ordinal < model.layers // 8
                wanted = _lowest(
                    model,
                    preset,
                    tensor.name,
                    early=early if preset == "iq2_kt" else counted_early,
                    first=place.layer == 0,
                )
            else:
                wanted = _other(
                    model, preset, tensor.name, large=large, early=early, imatrix=imatrix
                )
            chosen.append(wanted)
        typed += [
            (part, _fitting(wanted, row, storage_types)) for part, wanted in by_type(tensor, chosen)
        ]
    return packed(typed, storage_types)


def _head(model: QuantizedModel, preset: str, row: int) -> str:
    if model.architecture == "falcon" or row % 256:
        return "q8_0"
    if preset in _SMALL_HEAD:
        return "iq4_k" if model.tied else "q5_k"
    if preset in _IQ4_KS and model.tied:
        return "iq5_k"
    return preset if preset == "iq6_k" else "q6_k"


def _lowest(model: QuantizedModel, preset: str, name: str, *, early: bool, first: bool) -> str:
    """Choose for IQ2_KS and IQ2_KT, whose tensors have a branch of their own."""
    trellis = preset == "iq2_kt"
    many = model.experts >= 8
    if "attn_v.weight" in name:
        if model.gqa >= 4 or model.experts >= 4:
            return "iq4_k"
        return "iq3_k" if model.gqa >= 2 or (model.experts >= 2 and not trellis) else "q2_k"
    if many and ("attn_k" in name or "attn_q" in name):
        return "q4_k"
    if trellis and many and first and name.startswith(("ffn_down", "ffn_gate", "ffn_up")):
        return "iq3_k"
    if "attn_qkv.weight" in name:
        return "iq3_k" if trellis else "iq2_k"
    if trellis and "_shexp.weight" in name:
        return "iq4_k"
    if "ffn_down" in name and early:
        return "iq3_k" if trellis else "q2_k"
    if "attn_output.weight" in name and (model.experts >= 4 or trellis):
        return "q5_k" if model.experts >= 4 else "iq3_k"
    return preset


def _other(
    model: QuantizedModel, preset: str, name: str, *, large: bool, early: bool, imatrix: bool
) -> str:
    if "attn_v.weight" in name:
        return _value(model, preset, large=large)
    if "attn_k" in name:
        return "q8_0" if model.experts >= 4 else preset
    if "attn_q" in name:
        return {"iq5_k": "iq4_k", "iq5_ks": "iq4_ks"}.get(preset, preset) if large else preset
    if "ffn_down" in name and not imatrix:
        if preset == "iq3_kt":
            return "iq4_k" if early else "iq3_k"
        return "q5_k" if preset in _IQ4_KS and early else preset
    if "attn_output.weight" in name and model.architecture != "falcon":
        if model.experts >= 4:
            return "iq4_ks" if preset == "iq2_kl" else "q5_k" if preset in _Q5_OUTPUT else preset
        shared = preset == "iq3_kt" and model.gqa >= 4
        return "iq3_k" if preset == "iq2_k" or shared else preset
    return preset


def _value(model: QuantizedModel, preset: str, *, large: bool) -> str:
    """Choose for attention values."""
    if model.experts >= 4:
        return "q8_0"
    if model.seventy_b:
        return "iq5_k" if preset == "iq3_k" else preset
    if preset in ("iq3_kt", "iq4_kt"):
        low, high = ("iq3_k", "iq4_k") if preset == "iq3_kt" else ("iq4_k", "iq5_k")
        return high if model.gqa >= 4 else low
    if preset in _SHARED_VALUES and model.gqa >= 2:
        return _SHARED_VALUES[preset]
    if preset == "iq2_k":
        return "iq3_k"
    return "iq6_k" if preset in _IQ5 and large else preset


def _fitting(wanted: str, row: int, storage_types: Mapping[str, StorageType]) -> str:
    """Give `wanted`, or the fork's fall-back for rows that are no whole number of blocks."""
    if row % storage_types[wanted].block_elements == 0:
        return wanted
    fallback = _FALLBACK.get(wanted, "iq4_nl")
    return fallback if row % storage_types[fallback].block_elements == 0 else "f16"
