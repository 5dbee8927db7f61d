"""What llama.cpp's quantizer asks of a model, and what it takes a tensor for by its name.

Source: llama.cpp, src/llama-quant.cpp, src/llama-hparams.cpp, src/models/ (commit 0c1e5709)
https://github.com/ggml-org/llama.cpp/blob/0c1e57098bba43ac29e6e3b677cdceebdd22334f/src/llama-quant.cpp
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from fitcheck.estimator.quantizers.gguf_kept import kept_type, without_layer
from fitcheck.estimator.quantizers.remember import remember_last
from fitcheck.records.parts import Attention, LatentAttention, MixtureOfExperts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.records.architecture import Architecture, Block
    from fitcheck.records.tensors import Tensor

# Architectures whose files list the KV heads of each layer: a first layer without attention counts
# as 0 heads there. In the others one number stands for every layer.
_HEADS_BY_LAYER = frozenset(
    [
        "bailingmoe3",
        "deci",
        "glm5-next",
        "granitehybrid",
        "jamba",
        "kimi-k3",
        "kimi-linear",
        "lfm2",
        "lfm2moe",
        "mamba",
        "mamba2",
        "nemotron_h",
        "nemotron_h_moe",
        "openelm",
        "plamo2",
    ]
)
# Models llama.cpp calls "70B" by their number of layers alone.
_SEVENTY_B_LAYERS = {"qwen2": 80, "deci": 80, "olmo": 80, "jais2": 68}

# Parts of tensor names → categories; the first part found counts.
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
VALUES = frozenset({"value", "fused_qkv", "kv_b"})  # treated alike, and counted together


@dataclass(frozen=True, slots=True)
class QuantizedModel:
    """What the rules ask of a model.

    `layers` counts prediction layers too; `gqa` is the query heads a KV head of the first layer;
    `values` is how many tensors count as attention values; `tied`: the file has no head.
    """

    architecture: str
    layers: int
    experts: int
    gqa: int
    seventy_b: bool
    tied: bool
    values: int


@remember_last
def quantized_model(tensors: Sequence[Tensor], architecture: Architecture) -> QuantizedModel:
    """Gather what the rules ask of a model from its architecture and the tensors of its file."""
    with_prediction = any(tensor.kind == "mtp" for tensor in tensors)
    experts = (
        feed_forward.experts
        for block in architecture.blocks
        for feed_forward in block.feed_forwards
        if isinstance(feed_forward, MixtureOfExperts)
    )
    gqa = _gqa(architecture)
    layers = architecture.layers
    return QuantizedModel(
        architecture=architecture.gguf,
        layers=layers + (len(architecture.mtp_layout) if with_prediction else 0),
        experts=max(experts, default=0),
        gqa=gqa,
        seventy_b=(architecture.gguf == "llama" and layers == 80 and gqa > 1)
        or _SEVENTY_B_LAYERS.get(architecture.gguf) == layers,
        tied=all(tensor.name != "output.weight" for tensor in tensors),
        values=sum(category(tensor.name) in VALUES for tensor in tensors),
    )


def _gqa(architecture: Architecture) -> int:
    """Give the query heads a KV head of the first layer.

    MLA caches one latent for all heads; files without the split keep a KV head for each.
    """
    blocks = architecture.layer_blocks()
    if architecture.gguf in _HEADS_BY_LAYER:
        blocks = blocks[:1]
    return next((ratio for block in blocks if (ratio := _block_gqa(block))), 0)


def _block_gqa(block: Block) -> int:
    for mixer in block.mixers:
        if isinstance(mixer, Attention):
            return mixer.heads // mixer.kv_heads
        if isinstance(mixer, LatentAttention):
            return mixer.heads if mixer.absorbed else 1
    return 0


def category(name: str) -> str:
    """Tell what the quantizer takes a tensor for: head, embedding, value, down …, or other."""
    return _category(without_layer(name))


@lru_cache(maxsize=4096)
def _category(part: str) -> str:
    if part == "output.weight":
        return "head"
    if part in ("token_embd.weight", "per_layer_token_embd.weight"):
        return "embedding"
    return next((found for word, found in _CATEGORIES if word in part), "other")


def layer_of(name: str) -> int:
    """Give the layer in a tensor's name, -1 if it has none."""
    parts = name.split(".", 2)
    return int(parts[1]) if parts[0] == "blk" and parts[1].isdigit() else -1


def _file_order(name: str) -> tuple[int, str]:
    """Give the key llama.cpp sorts tensors by: layer, then name."""
    return layer_of(name), name


@remember_last
def in_file_order(
    tensors: Sequence[Tensor], architecture: str
) -> list[tuple[int, str, str, int, int]]:
    """Give index, kept type, category, row and layer of each tensor, in llama.cpp's order."""
    order = sorted(range(len(tensors)), key=lambda index: _file_order(tensors[index].name))
    return [
        (
            index,
            kept_type(tensors[index], architecture),
            category(tensors[index].name),
            tensors[index].shape[0],
            layer_of(tensors[index].name),
        )
        for index in order
    ]


def more_bits(layer: int, layers: int) -> bool:
    """Whether a layer is among those that get more: the first and last eighth, each third between.

    `use_more_bits` in llama-quant.cpp.
    """
    eighth = layers // 8
    return layer < eighth or layer >= 7 * layers // 8 or (layer - eighth) % 3 == 2
