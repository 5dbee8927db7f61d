"""A weight tensor, and a weight tensor as a format stores it."""

from __future__ import annotations

from dataclasses import dataclass

# What a tensor is for. It decides what a format does with it, where it lies, how often it is read.
KINDS = (
    "embedding",  # token embedding: one row a token is read; stays on the host in llama.cpp
    "lookup",  # position, token-type, per-layer or n-gram tables: rows looked up, like embeddings
    "output",  # the head (lm_head); absent when tied
    "linear",  # a projection every token multiplies with
    "expert",  # routed experts, stacked: [in, out, experts]
    "shared_expert",  # experts every token passes
    "router",  # expert gate
    "norm",  # norms and other vectors of scales
    "bias",  # biases of any projection
    "conv",  # short convolution kernels
    "state",  # parameters of a recurrence (A, D, dt …)
    "unused",  # in the files, never read (K and V of layers that read an earlier layer's cache)
    "mtp",  # multi-token prediction, not read when decoding without speculation
    "vision",  # vision tower and projector
    "audio",  # audio tower
)


@dataclass(frozen=True, slots=True)
class Tensor:
    """A weight tensor: GGUF name, shape in GGUF order (row length first), kind, layer (-1: no)."""

    name: str
    shape: tuple[int, ...]
    kind: str
    layer: int = -1
    gguf: bool = True  # stored in llama.cpp's file
    hf: bool = True  # stored in the Hugging Face checkpoint

    @property
    def elements(self) -> int:
        """How many parameters it holds."""
        n = 1
        for width in self.shape:
            n *= width
        return n


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor as stored: its storage type and its bytes, scales and padding included."""

    tensor: Tensor
    storage: str  # id of a storage type
    stored_bytes: int
