"""Architecture → its weight tensors, with GGUF name, shape, kind and layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitcheck.estimator.tensors.attention import attention
from fitcheck.estimator.tensors.convolution import rg_lru, short_conv
from fitcheck.estimator.tensors.delta_net import gated_delta_net, kimi_delta, lightning
from fitcheck.estimator.tensors.feed_forward import feed_forward
from fitcheck.estimator.tensors.latent_attention import latent_attention
from fitcheck.estimator.tensors.mamba import mamba1, mamba2
from fitcheck.estimator.tensors.mixture_of_experts import mixture_of_experts
from fitcheck.estimator.tensors.outside import after_layers, before_layers
from fitcheck.estimator.tensors.rwkv import rwkv7
from fitcheck.records.parts import ExtraTensor
from fitcheck.records.tensors import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable

    from fitcheck.records.architecture import Architecture, Block
    from fitcheck.records.parts import CustomMixer


def _custom(part: CustomMixer, hidden: int) -> list[ExtraTensor]:  # noqa: ARG001  # as the others
    return list(part.tensors)


_RULES: dict[str, Callable[[Any, int], list[ExtraTensor]]] = {
    "attention": attention,
    "mla": latent_attention,
    "mamba1": mamba1,
    "mamba2": mamba2,
    "gated_delta_net": gated_delta_net,
    "kimi_delta": kimi_delta,
    "rwkv7": rwkv7,
    "short_conv": short_conv,
    "rg_lru": rg_lru,
    "lightning": lightning,
    "custom": _custom,
    "dense": feed_forward,
    "moe": mixture_of_experts,
}


def expand(architecture: Architecture) -> tuple[Tensor, ...]:
    """Return every weight tensor: embeddings, those of the layers, the head, the towers.

    Equal tensors of several layers are one record. `gguf` and `hf` tell which of the two files
    stores a tensor; the prediction layers that follow the last layer have kind "mtp". Shapes are in
    elements, row length first, as GGUF has them.
    Names as in llama.cpp: https://github.com/ggml-org/llama.cpp/blob/master/src/llama-arch.cpp
    """
    kinds = [_block(block, architecture) for block in architecture.blocks]
    layers: dict[tuple[object, ...], list[int]] = {}
    for kind, parts in enumerate(kinds):
        places = [layer for layer, own in enumerate(architecture.layout) if own == kind]
        for part in parts if places else ():
            key = part.name, part.shape, part.kind, part.gguf, part.hf
            layers.setdefault(key, []).extend(places)
    for layer, kind in enumerate(architecture.mtp_layout, start=architecture.layers):
        for part in (*kinds[kind], *architecture.mtp_tensors):
            gguf = part.gguf and architecture.mtp_in_gguf
            layers.setdefault((part.name, part.shape, "mtp", gguf, part.hf), []).append(layer)
    return (
        *before_layers(architecture),
        *(_in_layers(key, places) for key, places in layers.items()),
        *after_layers(architecture),
    )


def _in_layers(key: tuple[Any, ...], layers: list[int]) -> Tensor:
    name, shape, kind, gguf, hf = key
    return Tensor(name, shape, kind, tuple(sorted(layers)), gguf, hf)


def _block(block: Block, architecture: Architecture) -> list[ExtraTensor]:
    """List the tensors of one kind of layer, without a layer number."""
    hidden = architecture.hidden
    parts: list[ExtraTensor] = []
    for norm in block.norms:
        parts.append(ExtraTensor(name=f"{norm}.weight", shape=(hidden,), kind="norm"))
        if architecture.norm_bias:
            parts.append(ExtraTensor(name=f"{norm}.bias", shape=(hidden,), kind="bias"))
    for part in (*block.mixers, *block.feed_forwards):
        parts += _RULES[part.kind](part, hidden)
    parts += block.extra_tensors
    return parts
