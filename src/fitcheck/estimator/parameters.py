"""How many parameters a model has: in its files, by part, and at work on one token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.parts import MixtureOfExperts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.tensors import Tensor

NOT_TEXT = ("mtp", "vision", "audio")
_IDLE = ("lookup", "unused")
_POSITIONS = "position_embd.weight"
_PARTS = {
    "embedding": "embedding",
    "lookup": "lookup tables",
    "output": "output head",
    "expert": "routed experts",
    "shared_expert": "shared experts",
    "router": "routers",
    "norm": "norms and biases",
    "bias": "norms and biases",
    "unused": "never read",
    "mtp": "multi-token prediction",
    "vision": "vision tower",
    "audio": "audio tower",
}
_ORDER = (
    "embedding",
    "lookup tables",
    "attention",
    "recurrence",
    "feed-forward",
    "routers",
    "routed experts",
    "shared experts",
    "norms and biases",
    "outside the layers",
    "output head",
)
_MIXER_KINDS = ("conv", "state")


def total_parameters(tensors: Iterable[Tensor]) -> int:
    """Count every parameter of the published checkpoint, prediction layers and towers included."""
    return sum(tensor.elements for tensor in tensors if tensor.hf)


def text_parameters(tensors: Iterable[Tensor]) -> int:
    """Count the language model alone: no prediction layers, no vision or audio tower."""
    return sum(t.elements for t in tensors if t.hf and t.kind not in NOT_TEXT)


def gguf_parameters(tensors: Iterable[Tensor]) -> int:
    """Count what llama.cpp's file holds: rope factors included, towers (mmproj) left out."""
    return sum(tensor.elements for tensor in tensors if tensor.gguf)


def active_parameters(architecture: Architecture, tensors: Iterable[Tensor]) -> int:
    """Count what works on one token: everything but the experts not chosen.

    active = text - Σ over layers of expert elements × (1 - active ÷ experts). Tables beside the
    token embedding (per-layer embeddings, n-grams) are left out, as in the makers' own counts:
    Gemma's E2B is 2 B "effective" of 5 B.
    """
    share = expert_share(architecture)
    total = 0
    for tensor in tensors:
        if not tensor.hf or tensor.kind in NOT_TEXT:
            continue
        if tensor.kind == "expert":
            each = tensor.elements // tensor.copies
            for experts, active in (share[layer] for layer in tensor.layers):
                total += each // experts * active
        elif tensor.kind not in _IDLE or tensor.name == _POSITIONS:
            total += tensor.elements
    return total


def read_parameters(architecture: Architecture, tensors: Iterable[Tensor]) -> int:
    """Count what is streamed to decode one token: the active parameters without lookup tables.

    The embedding table counts where it is the head too (tied).
    """
    tensors = tuple(tensors)
    looked_up = sum(
        tensor.elements
        for tensor in tensors
        if tensor.hf
        and (tensor.name == _POSITIONS or (tensor.kind == "embedding" and not architecture.tied))
    )
    return active_parameters(architecture, tensors) - looked_up


def expert_share(architecture: Architecture) -> dict[int, tuple[int, int]]:
    """Map each layer with routed experts to (experts, active experts)."""
    shares = []
    for block in architecture.blocks:
        share = (1, 1)
        for part in block.feed_forwards:
            if isinstance(part, MixtureOfExperts):
                share = (part.experts, part.active)
        shares.append(share)
    layers = (*architecture.layout, *architecture.mtp_layout)
    return {layer: shares[kind] for layer, kind in enumerate(layers)}


def parameters_by_part(tensors: Iterable[Tensor]) -> dict[str, int]:
    """Sum the checkpoint's parameters by part, in the order a token meets them."""
    sums = dict.fromkeys(_ORDER, 0)
    for tensor in tensors:
        if tensor.hf:
            part = part_of(tensor)
            sums[part] = sums.get(part, 0) + tensor.elements
    return {part: count for part, count in sums.items() if count}


def part_of(tensor: Tensor) -> str:
    """Name the part of the model a tensor belongs to."""
    if tensor.kind in _PARTS:
        return _PARTS[tensor.kind]
    if not tensor.layers:
        return "outside the layers"
    own = tensor.name
    if own.startswith(("ffn_", "channel_mix")):
        return "feed-forward"
    if own.startswith(("ssm_", "time_mix", "shortconv", "rec_")) or tensor.kind in _MIXER_KINDS:
        return "recurrence"
    return "attention"
