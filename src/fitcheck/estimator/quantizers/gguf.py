"""llama.cpp's presets (Q4_K_M, IQ3_XXS …): the storage type its quantizer gives each tensor.

A preset has a base type. Tensors that suffer most (the head, attention values, the first
feed-forward down projections) get a better one, and a tensor whose rows are not a whole number of
blocks falls back to a type with smaller blocks. So a preset has no bits per weight of its own:
they are an outcome of the model's shapes.

Source: llama.cpp, src/llama-quant.cpp (commit 0c1e5709, 2026-10-01)
https://github.com/ggml-org/llama.cpp/blob/0c1e57098bba43ac29e6e3b677cdceebdd22334f/src/llama-quant.cpp
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.quantizers.gguf_model import (
    VALUES,
    Place,
    QuantizedModel,
    by_type,
    described,
    more_bits,
    quantized_model,
)
from fitcheck.estimator.quantizers.packing import packed
from fitcheck.records.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import Format, StorageType
    from fitcheck.records.tensors import StoredTensor, Tensor

GGUF_FILE = True
_FLOATS = frozenset({"f32", "f16", "bf16"})
# Presets of 1 and 2 bits, whose tensors are chosen by a branch of their own.
_LOWEST = frozenset({"iq1_s", "iq1_m", "iq2_xxs", "iq2_xs", "iq2_s", "iq2_m"})
_IQ1 = frozenset({"iq1_s", "iq1_m"})
_IQ2_LARGE = frozenset({"iq2_s", "iq2_m"})
_IQ4 = frozenset({"iq4_nl", "iq4_xs"})
_TERNARY_AND_Q2_0 = frozenset({"tq1_0", "tq2_0", "q2_0"})

# With exactly eight experts (Mixtral) these presets spend more on the attention output.
_EIGHT_EXPERT_OUTPUT = frozenset(
    [
        "q2_k",
        "iq3_xs",
        "iq3_xxs",
        "q3_k_s",
        "q3_k_m",
        "iq4_nl",
        "q4_k_s",
        "q4_k_m",
        "iq3_s",
        "iq3_m",
        "iq4_xs",
    ]
)
_ATTENTION_OUTPUT = {
    "q2_k": "q3_k",
    "iq3_xxs": "iq3_s",
    "q3_k_m": "q4_k",
    "q3_k_l": "q5_k",
    "iq3_m": "q4_k",
}
_PLACED = VALUES | {"down"}
# What is taken where a row is not a whole number of blocks.
_FALLBACK = {
    **dict.fromkeys(
        ["iq1_s", "iq1_m", "iq2_xxs", "iq2_xs", "iq2_s", "iq3_xxs", "iq3_s", "iq4_xs"], "iq4_nl"
    ),
    **dict.fromkeys(["q2_0", "q2_k", "q3_k", "tq1_0", "tq2_0"], "q4_0"),
    "q4_k": "q5_0",
    "q5_k": "q5_1",
    "q6_k": "q8_0",
}
# Never below Q8_0 in GLM-5-Next.
_GLM5_NEXT_Q8 = ("attn_q_a", "attn_q_b", "nextn.eh_proj")


@record(kw_only=False)
class _Preset:
    """The preset asked for: its name, its base type, and whether an importance matrix is used."""

    name: str
    base: str
    imatrix: bool


def quantize(
    architecture: Architecture,
    tensors: Sequence[Tensor],
    form: Format,
    storage_types: Mapping[str, StorageType],
    *,
    imatrix: bool,
) -> list[StoredTensor]:
    """Return each tensor in the storage type llama.cpp's quantizer gives it.

    The format's `storage` is the preset's base type; its parameters may name the `preset` (default:
    its id) and types that replace the rule's for the `head` and the `embedding`
    (llama-quantize --output-tensor-type, --token-embedding-type).
    `imatrix`: an importance matrix is used, which moves a few tensors of IQ4_XS, IQ4_NL, IQ3_XXS,
    Q4_0 and Q5_0.
    """
    parameters = form.parameters or {}
    preset = _Preset(str(parameters.get("preset") or form.id), form.storage, imatrix)
    fixed = {kind: str(parameters.get(kind) or "") for kind in ("head", "embedding")}
    model = quantized_model(tensors, architecture)
    typed: list[tuple[Tensor, str]] = []
    for item in described(tensors, model.architecture):
        tensor, kind, row = item.tensor, item.kind, item.tensor.shape[0]
        if item.kept or preset.base in _FLOATS:
            typed.append((tensor, item.kept or preset.base))
        elif fixed.get(kind):
            typed.append((tensor, fitting_type(fixed[kind], row, storage_types)))
        elif kind == "head" or (kind == "embedding" and model.tied):
            whole = row % storage_types[preset.base].block_elements == 0
            wanted = _head(model, preset, whole=whole)
            typed.append((tensor, fitting_type(wanted, row, storage_types)))
        else:
            chosen = [
                _mixed(model, preset, tensor, kind, place)
                for place in item.places(model, by_place=_by_place(preset))
            ]
            typed += [
                (part, fitting_type(wanted, row, storage_types))
                for part, wanted in by_type(tensor, chosen)
            ]
    return packed(typed, storage_types)


def _by_place(preset: _Preset) -> frozenset[str]:
    """Return the categories whose tensors' types depend on where they stand."""
    return _PLACED | {"gate", "up"} if preset.name == "iq3_xs" else _PLACED


def _head(model: QuantizedModel, preset: _Preset, *, whole: bool) -> str:
    """Choose for the head, or for the embedding table that serves as one."""
    if preset.name == "mxfp4_moe" or model.architecture == "falcon" or not whole:
        return "q8_0"
    if preset.name in _LOWEST or preset.name == "iq3_xxs":
        return "q5_k"
    return preset.base if preset.base == "q8_0" else "q6_k"


def _mixed(model: QuantizedModel, preset: _Preset, tensor: Tensor, kind: str, place: Place) -> str:
    """Choose by preset and category, before any fall-back."""
    name, base = preset.name, preset.base
    if model.architecture == "glm5-next" and any(part in tensor.name for part in _GLM5_NEXT_Q8):
        return "q8_0"
    if name == "mxfp4_moe":
        stacked = len(tensor.shape) > 2 and tensor.shape[2] > 1
        expert = model.architecture != "bailingmoe3" or kind in ("up", "gate", "down")
        return "mxfp4" if stacked and expert else "q8_0"
    if kind == "embedding":
        return _embedding(preset)
    if name in _LOWEST:
        return _lowest(model, preset, kind, place)
    if kind in VALUES:
        return _value(model, preset, place.ordinal)
    if kind == "key" and model.experts == 8:
        return "q8_0"
    if kind in ("key", "query"):
        return {"iq3_xs": "iq3_xxs", "iq3_xxs": "iq2_s"}.get(name, base)
    if kind == "down":
        return _down(model, preset, place)
    if kind == "attention_output":
        return _attention_output(model, preset)
    if kind in ("gate", "up") and name == "iq3_xs":
        middle = model.layers // 8 <= place.layer < 7 * model.layers // 8
        return "iq3_xxs" if middle else base
    return base


def _embedding(preset: _Preset) -> str:
    if preset.name in _IQ2_LARGE or preset.name == "iq3_xxs":
        return "iq3_s"
    if preset.name in _LOWEST:
        return "q2_k"
    return "q4_k" if preset.name in _TERNARY_AND_Q2_0 else preset.base


def _lowest(model: QuantizedModel, preset: _Preset, kind: str, place: Place) -> str:
    """Choose for the presets of 1 and 2 bits."""
    better = "iq3_s" if preset.name in _IQ2_LARGE else "q2_k"
    if kind in VALUES:
        return "q4_k" if model.gqa >= 4 or model.experts >= 4 else better
    if kind == "key" and model.experts == 8:
        return "q4_k"
    if kind == "down":
        return better if place.ordinal < model.layers // 8 else preset.base
    if kind == "attention_output":
        if model.experts == 8:
            return "q5_k"
        if preset.name in _IQ1:
            return "iq2_xxs"
        return "iq3_s" if preset.name in _IQ2_LARGE else preset.base
    return preset.base


def _value(model: QuantizedModel, preset: _Preset, ordinal: int) -> str:
    """Choose for attention values, fused QKV and MLA's kv_b."""
    if model.experts == 8:
        return "q8_0"
    name, chosen = preset.name, preset.base
    shared = model.gqa >= 4
    if name == "q2_k":
        chosen = "q4_k" if shared else "q3_k"
    elif name == "iq3_xxs":
        chosen = "q4_k" if shared else "iq3_xxs" if preset.imatrix else "iq3_s"
    elif name == "iq3_m" or (name in ("q2_k_s", "iq3_xs", "iq3_s") and shared):
        chosen = "q4_k"
    elif name == "q3_k_m":
        chosen = "q5_k" if ordinal < 2 else "q4_k"
    elif name == "q3_k_l" or (name in _IQ4 and shared):
        chosen = "q5_k"
    elif name in ("q4_k_m", "q5_k_m") and more_bits(ordinal, model.values):
        chosen = "q6_k"
    elif name == "q4_k_s" and ordinal < 4:
        chosen = "q5_k"
    if model.seventy_b and chosen in ("q3_k", "q4_k"):
        return "q5_k"
    return chosen


def _down(model: QuantizedModel, preset: _Preset, place: Place) -> str:
    """Choose for the feed-forward's down projections, experts included."""
    name, base = preset.name, preset.base
    falcon = model.architecture == "falcon"
    more = more_bits(place.layer, place.layers)
    if name == "q2_k":
        return "q3_k"
    if name == "q2_k_s":
        return "q4_k" if place.within_first(8) else base
    if name == "iq3_xxs" and not preset.imatrix:
        return "q4_k" if place.within_first(8) else "q3_k"
    if name == "q3_k_m":
        if place.within_first(16):
            return "q5_k"
        return "q4_k" if not falcon or more else "q3_k"
    if name == "iq3_m":
        return "q4_k" if place.within_first(8) or (model.experts == 8 and more) else base
    if name == "q3_k_l":
        return "q4_k" if falcon else "q5_k"
    if name == "q4_k_m" and falcon:
        return "q6_k" if place.within_first(16) else "q5_k" if more else "q4_k"
    if name in ("q4_k_m", "q5_k_m"):
        return "q6_k" if more else base
    if name in _IQ4:
        return "q5_k" if place.within_first(8) and not preset.imatrix else base
    if name == "q4_k_s":
        return "q5_k" if place.within_first(8) and not falcon else base
    if name in ("q4_0", "q5_0") and preset.imatrix and place.within_first(8):
        return "q4_1" if name == "q4_0" else "q5_1"
    return base


def _attention_output(model: QuantizedModel, preset: _Preset) -> str:
    if model.architecture == "falcon":
        return "q4_k" if preset.name == "q3_k_l" else preset.base
    if model.experts == 8:
        return "q5_k" if preset.name in _EIGHT_EXPERT_OUTPUT else preset.base
    return _ATTENTION_OUTPUT.get(preset.name, preset.base)


def fitting_type(wanted: str, row: int, storage_types: Mapping[str, StorageType]) -> str:
    """Return `wanted`, or a type whose blocks divide the row: its fall-back, else F16.

    `tensor_type_fallback` in llama-quant.cpp.
    """
    if row % storage_types[wanted].block_elements == 0:
        return wanted
    fallback = _FALLBACK.get(wanted, wanted)
    return fallback if row % storage_types[fallback].block_elements == 0 else "f16"
