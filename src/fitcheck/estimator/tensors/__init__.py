"""Architecture → its weight tensors, with GGUF name, shape, kind and layers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fitcheck.estimator.tensors.outside import after_layers, before_layers
from fitcheck.records.parts import CustomMixer, ExtraTensor
from fitcheck.records.tensors import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable

    from fitcheck.records.architecture import Architecture, Block


# Where the rule of each kind of part is; a module is imported when a model has such a part.
_RULES = {
    "attention": ("attention", "attention"),
    "mla": ("latent_attention", "latent_attention"),
    "mamba1": ("mamba", "mamba1"),
    "mamba2": ("mamba", "mamba2"),
    "gated_delta_net": ("delta_net", "gated_delta_net"),
    "kimi_delta": ("delta_net", "kimi_delta"),
    "lightning": ("delta_net", "lightning"),
    "rwkv7": ("rwkv", "rwkv7"),
    "short_conv": ("convolution", "short_conv"),
    "rg_lru": ("convolution", "rg_lru"),
    "dense": ("feed_forward", "feed_forward"),
    "moe": ("mixture_of_experts", "mixture_of_experts"),
}


@lru_cache(maxsize=32)
def _rule(kind: str) -> Callable[[Any, int], list[ExtraTensor]]:
    """Return the function that lists the tensors of a part of this kind."""
    from importlib import import_module

    module, function = _RULES[kind]
    found: Callable[[Any, int], list[ExtraTensor]]
    found = getattr(import_module(f"{__name__}.{module}"), function)
    return found


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
        parts += part.tensors if isinstance(part, CustomMixer) else _rule(part.kind)(part, hidden)
    parts += block.extra_tensors
    return parts
