"""Weight tensors that are alike, layer for layer, and such tensors as a format stores them."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

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


class Tensor(NamedTuple):
    """A weight tensor, or one in each of several layers: GGUF name, shape, kind, the layers.

    The name is without the `blk.N.` of a layer, the shape in GGUF order (row length first).
    `layers` is empty for the one tensor outside the layers.
    """

    name: str
    shape: tuple[int, ...]
    kind: str
    layers: tuple[int, ...] = ()
    gguf: bool = True  # stored in llama.cpp's file
    hf: bool = True  # stored in the Hugging Face checkpoint

    @property
    def copies(self) -> int:
        """How many there are."""
        return len(self.layers) or 1

    @property
    def elements(self) -> int:
        """How many parameters they hold together."""
        return prod(self.shape) * self.copies


class StoredTensor(NamedTuple):
    """Tensors as stored: their storage type and the bytes of each, scales and padding included."""

    tensor: Tensor
    storage: str  # id of a storage type
    each_bytes: int

    @property
    def stored_bytes(self) -> int:
        """The bytes of all of them."""
        return self.each_bytes * self.tensor.copies
