"""What llama.cpp's quantizer asks of a model, and what it takes a tensor for by its name.

Source: llama.cpp, src/llama-quant.cpp, src/llama-hparams.cpp, src/models/ (commit 0c1e5709)
https://github.com/ggml-org/llama.cpp/blob/0c1e57098bba43ac29e6e3b677cdceebdd22334f/src/llama-quant.cpp
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from fitcheck.estimator.quantizers.gguf_kept import kept_type
from fitcheck.estimator.quantizers.remember import remember_last
from fitcheck.records.parts import Attention, LatentAttention, MixtureOfExperts
from fitcheck.records.record import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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


@record(kw_only=False)
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
        values=sum(tensor.copies for tensor in tensors if category(tensor.name) in VALUES),
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


@lru_cache(maxsize=4096)
def category(name: str) -> str:
    """Return what the quantizer takes a tensor for: head, embedding, value, down …, or other."""
    if name == "output.weight":
        return "head"
    if name in ("token_embd.weight", "per_layer_token_embd.weight"):
        return "embedding"
    return next((found for word, found in _CATEGORIES if word in name), "other")


class Place(NamedTuple):
    """Where a tensor stands: its ordinal in its category, and its layer of all layers.

    llama.cpp takes the layer from the name in models with experts, from the ordinal in others.
    """

    ordinal: int
    layer: int
    layers: int

    def within_first(self, fraction: int) -> bool:
        """Whether the layer is among the first 1/fraction."""
        return self.layer < self.layers // fraction


class Described(NamedTuple):
    """Tensors as the quantizer sees them.

    `kept` is the type it leaves them in ("" where it may quantize), `kind` their category;
    `ordinals` counts each of them among those of its category, attention values of all kinds as
    one, in the order of the file: by layer, then by name.
    """

    tensor: Tensor
    kept: str
    kind: str
    ordinals: tuple[int, ...]

    def places(self, model: QuantizedModel, *, by_place: frozenset[str]) -> Iterator[Place]:
        """Yield each one's place; the first one's alone where the category is not `by_place`."""
        layers = self.tensor.layers or (-1,)
        for layer, ordinal in zip(layers, self.ordinals, strict=True):
            yield Place(ordinal, layer if model.experts > 1 else ordinal, model.layers)
            if self.kind not in by_place:
                return


@remember_last
def described(tensors: Sequence[Tensor], architecture: str) -> list[Described]:
    """Return tensors as the quantizer sees them; what it keeps is not counted."""
    seen = [(tensor, kept_type(tensor, architecture), category(tensor.name)) for tensor in tensors]
    counted: dict[str, list[tuple[int, str, int]]] = {}
    for index, (tensor, kept, kind) in enumerate(seen):
        if not kept:
            places = counted.setdefault("value" if kind in VALUES else kind, [])
            places += [(layer, tensor.name, index) for layer in tensor.layers or (-1,)]
    ordinals: list[list[int]] = [[] for _ in seen]
    for places in counted.values():
        for ordinal, (_, _, index) in enumerate(sorted(places)):
            ordinals[index].append(ordinal)
    return [
        Described(tensor, kept, kind, tuple(ordinals[index]))
        for index, (tensor, kept, kind) in enumerate(seen)
    ]


def by_type(tensor: Tensor, chosen: Sequence[str]) -> list[tuple[Tensor, str]]:
    """Return a tensor's layers parted by the type chosen for each; one choice is for all."""
    if len(set(chosen)) == 1:
        return [(tensor, chosen[0])]
    layers: dict[str, list[int]] = {}
    for layer, wanted in zip(tensor.layers, chosen, strict=True):
        layers.setdefault(wanted, []).append(layer)
    return [(tensor._replace(layers=tuple(own)), wanted) for wanted, own in layers.items()]


def more_bits(layer: int, layers: int) -> bool:
    """Whether a layer is among those that get more: the first and last eighth, each third between.

    `use_more_bits` in llama-quant.cpp.
    """
    eighth = layers // 8
    return layer < eighth or layer >= 7 * layers // 8 or (layer - eighth) % 3 == 2
