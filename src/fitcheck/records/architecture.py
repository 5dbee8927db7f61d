"""An architecture: the blocks a model is built of, their order, and what lies outside them."""

from __future__ import annotations

from dataclasses import dataclass

from fitcheck.records.parts import ExtraTensor, FeedForward, Mixer, MixtureOfExperts


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One kind of layer: its mixers (usually one), its feed-forwards (usually one), its norms.

    `norms` are the GGUF names of norms as wide as the hidden state (`attn_norm`, `ffn_norm` …).
    """

    name: str
    mixers: tuple[Mixer, ...] = ()
    feed_forwards: tuple[FeedForward | MixtureOfExperts, ...] = ()
    norms: tuple[str, ...] = ("attn_norm", "ffn_norm")
    extra_tensors: tuple[ExtraTensor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """Everything that determines a model's tensors, cache and state.

    `gguf` and `hf` are the names llama.cpp and Transformers give the architecture ("" if none).
    `layout[i]` is the index in `blocks` of layer i. `mtp_layout` likewise for the multi-token
    prediction layers that follow the last layer. `norm_bias`: norms are LayerNorms with a bias.
    `output_norm`: a norm before the head. `tied`: the head is the embedding table.
    `positions` > 0: a learned position table of that many rows.
    `extra_tensors` lie outside the layers.
    """

    gguf: str
    hf: str
    hidden: int
    vocabulary: int
    blocks: tuple[Block, ...]
    layout: tuple[int, ...]
    tied: bool = False
    norm_bias: bool = False
    output_norm: bool = True
    output_bias: bool = False
    positions: int = 0
    mtp_layout: tuple[int, ...] = ()
    extra_tensors: tuple[ExtraTensor, ...] = ()
    mtp_tensors: tuple[ExtraTensor, ...] = ()

    @property
    def layers(self) -> int:
        """How many layers a token passes, multi-token prediction left out."""
        return len(self.layout)

    def layer_blocks(self) -> tuple[Block, ...]:
        """Give the block of each layer, in order."""
        return tuple(self.blocks[i] for i in self.layout)
