"""The tensors outside the layers: embeddings, positions, the last norm, the head, the towers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.tensors import Tensor

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture


def before_layers(architecture: Architecture) -> list[Tensor]:
    """List the tables tokens and positions are looked up in."""
    tensors = _vocabulary("token_embd.weight", "embedding", architecture)
    if architecture.positions:
        shape = (architecture.hidden, architecture.positions)
        tensors.append(Tensor("position_embd.weight", shape, "lookup"))
    return tensors


def after_layers(architecture: Architecture) -> list[Tensor]:
    """List the last norm, the head, what the data names besides, and the towers."""
    hidden = architecture.hidden
    tensors = []
    if architecture.output_norm:
        tensors.append(Tensor("output_norm.weight", (hidden,), "norm"))
        if architecture.norm_bias:
            tensors.append(Tensor("output_norm.bias", (hidden,), "bias"))
    if not architecture.tied:
        tensors += _vocabulary("output.weight", "output", architecture)
    if architecture.output_bias:
        rows = architecture.gguf_vocabulary or architecture.vocabulary
        tensors.append(Tensor("output.bias", (rows,), "bias"))
    tensors += [
        Tensor(extra.name, extra.shape, extra.kind, (), extra.gguf, extra.hf)
        for extra in architecture.extra_tensors
    ]
    if architecture.vision_params:
        shape = (architecture.vision_params,)
        tensors.append(Tensor("vision_tower", shape, "vision", gguf=False))
    if architecture.audio_params:
        shape = (architecture.audio_params,)
        tensors.append(Tensor("audio_tower", shape, "audio", gguf=False))
    return tensors


def _vocabulary(name: str, kind: str, architecture: Architecture) -> list[Tensor]:
    """Give a table with a row a token; llama.cpp's converter drops rows no token uses."""
    width = architecture.embedding_width or architecture.hidden
    rows = architecture.vocabulary
    fewer = architecture.gguf_vocabulary
    if not fewer:
        return [Tensor(name, (width, rows), kind)]
    return [
        Tensor(name, (width, fewer), kind, hf=False),
        Tensor(name, (width, rows), kind, gguf=False),
    ]
