"""How many kernels one decode step launches, by what they belong to.

Counted from the graphs llama.cpp builds (src/models/*.cpp, src/llama-graph.cpp): each matrix
product, norm, rotation, cache write and activation once. Other runtimes fuse more or less of them;
that is left to the fitted cost of a launch.
https://github.com/ggml-org/llama.cpp/blob/master/src/llama-graph.cpp
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.parts import (
    Attention,
    CustomMixer,
    FeedForward,
    GatedDeltaNet,
    KimiDelta,
    LatentAttention,
    MixtureOfExperts,
)

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture, Block
    from fitcheck.records.parts import Mixer

_ROUTING = 8  # router product, softmax or sigmoid, top-k, gather, normalising, weighting, sum
_DELTA_NET = 20  # projections, convolution, norms, decay, the state update and its copies
_COMPRESSED = 60  # DeepSeek-V4: compressor, indexer, two attentions, four residual streams
_RECURRENCE = 14  # projections, convolution, scan, gate, norm, state copies


def launches(architecture: Architecture) -> tuple[float, float, float, float]:
    """Count a step's launches: dense and attention, latent attention, recurrence, experts."""
    plain = latent = recurrent = experts = 0.0
    counted: dict[str, tuple[float, float, float, float]] = {}
    for block in architecture.layer_blocks():
        if block.name not in counted:
            counted[block.name] = _block(block)
        a, b, c, d = counted[block.name]
        plain += a
        latent += b
        recurrent += c
        experts += d
    return plain, latent, recurrent, experts


def _block(block: Block) -> tuple[float, float, float, float]:
    plain = len(block.norms) + len(block.mixers) + len(block.feed_forwards)  # norms, additions
    latent = recurrent = experts = 0
    for mixer in block.mixers:
        if isinstance(mixer, LatentAttention):
            latent += 14 + (2 if mixer.q_rank else 0) + (8 if mixer.indexer_heads else 0)
        elif isinstance(mixer, Attention):
            plain += _attention(mixer)
        else:
            recurrent += _recurrence(mixer)
    for part in block.feed_forwards:
        if isinstance(part, MixtureOfExperts):
            experts += _ROUTING + (3 if part.gated else 2)
            if part.shared_size:
                plain += (4 if part.shared_gated else 3) + (3 if part.shared_gate else 0)
        elif isinstance(part, FeedForward):
            plain += (3 if part.fused else 4) if part.gated else 3
    return float(plain), float(latent), float(recurrent), float(experts)


def _attention(mixer: Attention) -> int:
    projections = 2 if mixer.fused_qkv else 2 if mixer.shares_kv else 4
    rest = 4 if mixer.shares_kv else 7  # rotations, cache writes, scores and their combination
    return projections + rest + (2 if mixer.qk_norm else 0) + (2 if mixer.gate else 0)


def _recurrence(mixer: Mixer) -> int:
    if isinstance(mixer, CustomMixer):
        return _COMPRESSED
    return _DELTA_NET if isinstance(mixer, (GatedDeltaNet, KimiDelta)) else _RECURRENCE


def attention_products(architecture: Architecture, *, depth: int) -> tuple[float, float]:
    """Multiply-adds of one token's attention at a depth: of plain and of latent attention (MLA).

    Plain: heads·(d_qk + d_v)·cached tokens a layer. MLA works on the latent:
    heads·(2·kv_rank + rope_dim). Windows cap the tokens, a DSA indexer reads all and picks its top.
    """
    plain = latent = 0.0
    for block in architecture.layer_blocks():
        for mixer in block.mixers:
            if isinstance(mixer, Attention):
                tokens = min(depth, mixer.window) if mixer.window else depth
                plain += float(mixer.heads) * (_value(mixer) + mixer.head_dim) * tokens
            elif isinstance(mixer, LatentAttention):
                tokens = min(depth, mixer.window) if mixer.window else depth
                if mixer.indexer_topk:
                    latent += mixer.indexer_heads * mixer.indexer_dim * depth
                    tokens = min(tokens, mixer.indexer_topk)
                latent += float(mixer.heads) * (2 * mixer.kv_rank + mixer.rope_dim) * tokens
    return plain, latent


def _value(mixer: Attention) -> int:
    return mixer.value_dim or mixer.head_dim
