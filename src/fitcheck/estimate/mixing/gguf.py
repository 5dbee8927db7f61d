"""llama.cpp's presets (Q4_K_M, IQ3_XXS …): the storage type its quantizer gives each tensor.

A preset has a base type. Tensors that suffer most (the head, attention values, the first
feed-forward down projections) get a better one, and a tensor whose rows are not a whole number of
blocks falls back to a type with smaller blocks. So a preset has no bits per weight of its own:
they are an outcome of the model's shapes.

Source: llama.cpp, src/llama-quant.cpp (commit 0c1e5709, 2026-10-01)
https://github.com/ggml-org/llama.cpp/blob/0c1e57098bba43ac29e6e3b677cdceebdd22334f/src/llama-quant.cpp
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitcheck.estimate.mixing.gguf_kept import kept_type
from fitcheck.records.parts import Attention, LatentAttention, MixtureOfExperts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fitcheck.records.architecture import Architecture, Block
    from fitcheck.records.format import StorageType
    from fitcheck.records.tensors import Tensor

# Presets of 1 and 2 bits, whose tensors are chosen by a branch of their own.
_LOWEST = frozenset({"iq1_s", "iq1_m", "iq2_xxs", "iq2_xs", "iq2_s", "iq2_m"})
_IQ1 = frozenset({"iq1_s", "iq1_m"})
_IQ2_LARGE = frozenset({"iq2_s", "iq2_m"})
_IQ4 = frozenset({"iq4_nl", "iq4_xs"})
_TERNARY_AND_Q2_0 = frozenset({"tq1_0", "tq2_0", "q2_0"})

# With exactly eight experts (Mixtral) these presets spend more on the attention output.
_EIGHT_EXPERT_OUTPUT = frozenset(
    "q2_k iq3_xs iq3_xxs q3_k_s q3_k_m iq4_nl q4_k_s q4_k_m iq3_s iq3_m iq4_xs".split()
)

# What a type becomes where a row is not a whole number of its blocks.
_FALLBACK = {
    **dict.fromkeys("iq1_s iq1_m iq2_xxs iq2_xs iq2_s iq3_xxs iq3_s iq4_xs".split(), "iq4_nl"),
    **dict.fromkeys("q2_0 q2_k q3_k tq1_0 tq2_0".split(), "q4_0"),
    "q4_k": "q5_0",
    "q5_k": "q5_1",
    "q6_k": "q8_0",
}

# Architectures whose files list the KV heads of each layer: a first layer without attention counts
# as 0 heads there. In the others one number stands for every layer.
_HEADS_BY_LAYER = frozenset(
    "deci falcon-h1 granitehybrid jamba kimi-linear lfm2 lfm2moe nemotron_h nemotron_h_moe "
    "openelm plamo2 plamo3".split()
)

# Tensor names → what the quantizer takes them for; the first part found in the name counts.
_CATEGORIES = (
    ("attn_qkv.weight", "fused_qkv"),
    ("attn_kv_b.weight", "kv_b"),
    ("attn_v.weight", "value"),
    ("attn_k.weight", "key"),
    ("attn_q.weight", "query"),
    ("attn_output.weight", "attention_output"),
    ("ffn_up", "up"),
    ("ffn_gate", "gate"),
    ("ffn_down", "down"),
)
# Never below Q8_0 in GLM-5-Next.
_GLM5_NEXT_Q8 = ("attn_q_a", "attn_q_b", "nextn.eh_proj")
_VALUES = frozenset({"value", "fused_qkv", "kv_b"})


@dataclass(frozen=True, slots=True)
class _Model:
    """What the rules ask of a model."""

    architecture: str
    layers: int  # prediction layers included
    experts: int
    gqa: int  # query heads a KV head, in the first layer
    seventy_b: bool
    tied: bool
    values: int  # how many tensors count as attention values


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a tensor stands: its ordinal among its category, and its layer of all layers."""

    ordinal: int
    layer: int
    layers: int

    def before(self, fraction: int) -> bool:
        """Whether the layer is among the first `1/fraction`."""
        return self.layer < self.layers // fraction


def preset_types(
    architecture: Architecture,
    tensors: Sequence[Tensor],
    *,
    preset: str,
    base: str,
    imatrix: bool,
    storage_types: Mapping[str, StorageType],
) -> list[str]:
    """Give the storage type of each tensor, in the order given.

    `base` is the preset's own type. `imatrix`: an importance matrix is used, which moves a few
    tensors of IQ4_XS, IQ4_NL, IQ3_XXS, Q4_0 and Q5_0.
    """
    model = _facts(architecture, tensors)
    types = [""] * len(tensors)
    seen: Counter[str] = Counter()
    for index in sorted(range(len(tensors)), key=lambda i: _file_order(tensors[i].name)):
        tensor = tensors[index]
        kept = kept_type(tensor, model.architecture)
        if kept:
            types[index] = kept
            continue
        if base in ("f32", "f16", "bf16"):
            types[index] = base
            continue
        category = _category(tensor.name)
        counted = "values" if category in _VALUES else category
        wanted = _mixed(
            model, preset, base, tensor, category, seen[counted], imatrix, storage_types
        )
        seen[counted] += 1
        types[index] = _fitting(wanted, tensor.shape[0], storage_types)
    return types


def _facts(architecture: Architecture, tensors: Sequence[Tensor]) -> _Model:
    layers = architecture.layers
    if any(tensor.kind == "mtp" for tensor in tensors):
        layers += len(architecture.mtp_layout)
    experts = max(
        (
            feed_forward.experts
            for block in architecture.blocks
            for feed_forward in block.feed_forwards
            if isinstance(feed_forward, MixtureOfExperts)
        ),
        default=0,
    )
    gqa = _gqa(architecture)
    eighty = architecture.layers == 80
    seventy_b = (
        (architecture.gguf == "llama" and eighty and gqa > 1)
        or (architecture.gguf in ("qwen2", "deci", "olmo") and eighty)
        or (architecture.gguf == "jais2" and architecture.layers == 68)
    )
    return _Model(
        architecture=architecture.gguf,
        layers=layers,
        experts=experts,
        gqa=gqa,
        seventy_b=seventy_b,
        tied=all(tensor.name != "output.weight" for tensor in tensors),
        values=sum(_category(tensor.name) in _VALUES for tensor in tensors),
    )


def _gqa(architecture: Architecture) -> int:
    """Give the query heads a KV head of the first layer; MLA caches one latent for all heads."""
    blocks = architecture.layer_blocks()
    if architecture.gguf in _HEADS_BY_LAYER:
        blocks = blocks[:1]
    for block in blocks:
        ratio = _block_gqa(block)
        if ratio:
            return ratio
    return 0


def _block_gqa(block: Block) -> int:
    for mixer in block.mixers:
        if isinstance(mixer, Attention):
            return mixer.heads // mixer.kv_heads
        if isinstance(mixer, LatentAttention):
            return mixer.heads
    return 0


def _file_order(name: str) -> tuple[int, str]:
    return _layer(name), name


def _layer(name: str) -> int:
    parts = name.split(".", 2)
    return int(parts[1]) if parts[0] == "blk" and parts[1].isdigit() else -1


def _category(name: str) -> str:
    if name == "output.weight":
        return "head"
    if name in ("token_embd.weight", "per_layer_token_embd.weight"):
        return "embedding"
    return next((category for part, category in _CATEGORIES if part in name), "other")


def _mixed(
    model: _Model,
    preset: str,
    base: str,
    tensor: Tensor,
    category: str,
    ordinal: int,
    imatrix: bool,  # noqa: FBT001
    storage_types: Mapping[str, StorageType],
) -> str:
    """Choose by preset and category, before any fall-back."""
    if model.architecture == "glm5-next" and any(part in tensor.name for part in _GLM5_NEXT_Q8):
        return "q8_0"
    if category == "head" or (category == "embedding" and model.tied):
        whole = tensor.shape[0] % storage_types[base].block_elements == 0
        return _head(model, preset, base, whole=whole)
    if preset == "mxfp4_moe":
        return _mxfp4_moe(model, tensor, category)
    if category == "embedding":
        return _embedding(preset, base)
    layer = _layer(tensor.name) if model.experts > 1 else ordinal
    place = _Place(ordinal, layer, model.layers)
    if preset in _LOWEST:
        return _lowest(model, preset, base, category, place)
    if category in _VALUES:
        return _value(model, preset, base, ordinal, imatrix=imatrix)
    if category == "key" and model.experts == 8:
        return "q8_0"
    if category in ("key", "query"):
        return {"iq3_xs": "iq3_xxs", "iq3_xxs": "iq2_s"}.get(preset, base)
    if category == "down":
        return _down(model, preset, base, place, imatrix=imatrix)
    if category == "attention_output":
        return _attention_output(model, preset, base)
    if category in ("gate", "up") and preset == "iq3_xs":
        middle = model.layers // 8 <= place.layer < 7 * model.layers // 8
        return "iq3_xxs" if middle else base
    return base


def _head(model: _Model, preset: str, base: str, *, whole: bool) -> str:
    """Choose for the head, or for the embedding table that serves as one."""
    if preset == "mxfp4_moe" or model.architecture == "falcon" or not whole:
        return "q8_0"
    if preset in _LOWEST or preset == "iq3_xxs":
        return "q5_k"
    return base if base == "q8_0" else "q6_k"


def _mxfp4_moe(model: _Model, tensor: Tensor, category: str) -> str:
    """Choose for MXFP4_MOE: stacked tensors (experts) in MXFP4, the rest in Q8_0."""
    stacked = len(tensor.shape) > 2 and tensor.shape[2] > 1
    expert = model.architecture != "bailingmoe3" or category in ("up", "gate", "down")
    return "mxfp4" if stacked and expert else "q8_0"


def _embedding(preset: str, base: str) -> str:
    if preset in _IQ2_LARGE or preset == "iq3_xxs":
        return "iq3_s"
    if preset in _LOWEST:
        return "q2_k"
    return "q4_k" if preset in _TERNARY_AND_Q2_0 else base


def _lowest(model: _Model, preset: str, base: str, category: str, place: _Place) -> str:
    """Choose for the presets of 1 and 2 bits."""
    better = "iq3_s" if preset in _IQ2_LARGE else "q2_k"
    if category in _VALUES:
        return "q4_k" if model.gqa >= 4 or model.experts >= 4 else better
    if category == "key" and model.experts == 8:
        return "q4_k"
    if category == "down":
        return better if place.ordinal < model.layers // 8 else base
    if category == "attention_output":
        if model.experts == 8:
            return "q5_k"
        if preset in _IQ1:
            return "iq2_xxs"
        return "iq3_s" if preset in _IQ2_LARGE else base
    return base


def _value(model: _Model, preset: str, base: str, ordinal: int, *, imatrix: bool) -> str:
    """Choose for attention values, fused QKV and MLA's kv_b."""
    if model.experts == 8:
        return "q8_0"
    shared = model.gqa >= 4
    chosen = base
    if preset == "q2_k":
        chosen = "q4_k" if shared else "q3_k"
    elif preset == "iq3_xxs":
        chosen = "q4_k" if shared else "iq3_xxs" if imatrix else "iq3_s"
    elif preset == "iq3_m" or (preset in ("q2_k_s", "iq3_xs", "iq3_s") and shared):
        chosen = "q4_k"
    elif preset == "q3_k_m":
        chosen = "q5_k" if ordinal < 2 else "q4_k"
    elif preset == "q3_k_l" or (preset in _IQ4 and shared):
        chosen = "q5_k"
    elif preset in ("q4_k_m", "q5_k_m") and _more_bits(ordinal, model.values):
        chosen = "q6_k"
    elif preset == "q4_k_s" and ordinal < 4:
        chosen = "q5_k"
    if model.seventy_b and chosen in ("q3_k", "q4_k"):
        return "q5_k"
    return chosen


def _down(model: _Model, preset: str, base: str, place: _Place, *, imatrix: bool) -> str:
    """Choose for the feed-forward's down projections, experts included."""
    falcon = model.architecture == "falcon"
    more = _more_bits(place.layer, place.layers)
    if preset == "q2_k":
        return "q3_k"
    if preset == "q2_k_s":
        return "q4_k" if place.before(8) else base
    if preset == "iq3_xxs" and not imatrix:
        return "q4_k" if place.before(8) else "q3_k"
    if preset == "q3_k_m":
        if place.before(16):
            return "q5_k"
        return "q4_k" if not falcon or more else "q3_k"
    if preset == "iq3_m":
        return "q4_k" if place.before(8) or (model.experts == 8 and more) else base
    if preset == "q3_k_l":
        return "q4_k" if falcon else "q5_k"
    if preset == "q4_k_m" and falcon:
        return "q6_k" if place.before(16) else "q5_k" if more else "q4_k"
    if preset in ("q4_k_m", "q5_k_m"):
        return "q6_k" if more else base
    if preset in _IQ4:
        return "q5_k" if place.before(8) and not imatrix else base
    if preset == "q4_k_s":
        return "q5_k" if place.before(8) and not falcon else base
    if preset in ("q4_0", "q5_0") and imatrix and place.before(8):
        return "q4_1" if preset == "q4_0" else "q5_1"
    return base


def _attention_output(model: _Model, preset: str, base: str) -> str:
    if model.architecture == "falcon":
        return "q4_k" if preset == "q3_k_l" else base
    if model.experts == 8:
        return "q5_k" if preset in _EIGHT_EXPERT_OUTPUT else base
    bumped = {"q2_k": "q3_k", "iq3_xxs": "iq3_s", "q3_k_m": "q4_k", "q3_k_l": "q5_k"}
    return {**bumped, "iq3_m": "q4_k"}.get(preset, base)


def _more_bits(layer: int, layers: int) -> bool:
    """Whether a layer is among those that get more: the first and last eighth, each third between.

    `use_more_bits` in llama-quant.cpp.
    """
    eighth = layers // 8
    return layer < eighth or layer >= 7 * layers // 8 or (layer - eighth) % 3 == 2


def _fitting(wanted: str, row: int, storage_types: Mapping[str, StorageType]) -> str:
    """Give `wanted`, or a type whose blocks divide the row: its fall-back, else F16."""
    if row % storage_types[wanted].block_elements == 0:
        return wanted
    fallback = _FALLBACK.get(wanted, wanted)
    return fallback if row % storage_types[fallback].block_elements == 0 else "f16"
