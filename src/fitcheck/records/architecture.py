"""An architecture: the blocks a model is built of, their order, and what lies outside them."""

from __future__ import annotations

from typing import Any

from fitcheck.records.parts import (
    PARTS,
    CustomMixer,
    ExtraTensor,
    FeedForward,
    Mixer,
    MixtureOfExperts,
)
from fitcheck.records.record import record


@record
class Block:
    """One kind of layer: its mixers (usually one), its feed-forwards (usually one), its norms.

    `norms` are the GGUF names of norms as wide as the hidden state (`attn_norm`, `ffn_norm` …).
    """

    name: str
    mixers: tuple[Mixer, ...] = ()
    feed_forwards: tuple[FeedForward | MixtureOfExperts, ...] = ()
    norms: tuple[str, ...] = ("attn_norm", "ffn_norm")
    extra_tensors: tuple[ExtraTensor, ...] = ()


@record
class Architecture:
    """Everything that determines a model's tensors, cache and state.

    `gguf` and `hf` are the names llama.cpp and Transformers give the architecture ("" if none).
    `layout[i]` is the index in `blocks` of layer i. `mtp_layout` likewise for the multi-token
    prediction layers that follow the last layer. `norm_bias`: norms are LayerNorms with a bias.
    `output_norm`: a norm before the head. `tied`: the head is the embedding table.
    `positions` > 0: a learned position table of that many rows.
    `extra_tensors` lie outside the layers. `gguf_vocabulary` > 0: llama.cpp's converter keeps only
    that many rows of the embedding. `embedding_width`: of the embedding and the head, where it is
    not the hidden size. `mtp_in_gguf`: llama.cpp's file holds the prediction layers. The towers
    are counted, not listed.
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
    gguf_vocabulary: int = 0
    embedding_width: int = 0
    mtp_in_gguf: bool = False
    vision_params: int = 0
    audio_params: int = 0

    @property
    def layers(self) -> int:
        """How many layers a token passes, multi-token prediction left out."""
        return len(self.layout)

    def layer_blocks(self) -> tuple[Block, ...]:
        """Give the block of each layer, in order."""
        return tuple(self.blocks[i] for i in self.layout)


def read_architecture(row: dict[str, Any]) -> Architecture:
    """Decode a compiled architecture: parts by their kind, layouts from [times, [blocks]] pairs."""
    fields = dict(row)
    fields["blocks"] = tuple(map(_read_block, fields["blocks"]))
    for name in ("layout", "mtp_layout"):
        if name in fields:
            fields[name] = tuple(i for times, run in fields[name] for i in run * times)
    for name in ("extra_tensors", "mtp_tensors"):
        if name in fields:
            fields[name] = _read_tensors(fields[name])
    return Architecture(**fields)


def _read_block(row: dict[str, Any]) -> Block:
    fields = dict(row)
    for name in ("mixers", "feed_forwards"):
        if name in fields:
            fields[name] = tuple(map(_read_part, fields[name]))
    if "norms" in fields:
        fields["norms"] = tuple(fields["norms"])
    if "extra_tensors" in fields:
        fields["extra_tensors"] = _read_tensors(fields["extra_tensors"])
    return Block(**fields)


def _read_part(row: dict[str, Any]) -> Any:  # noqa: ANN401  # one of the classes in PARTS
    part = PARTS[row["kind"]]
    if part is CustomMixer and "tensors" in row:
        row = {**row, "tensors": _read_tensors(row["tensors"])}
    return part(**row)


def _read_tensors(rows: list[dict[str, Any]]) -> tuple[ExtraTensor, ...]:
    return tuple(ExtraTensor(**{**row, "shape": tuple(row["shape"])}) for row in rows)
