"""An architecture told in words: how its layers attend, and what feeds forward."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fitcheck.records.parts import (
    Attention,
    CustomMixer,
    FeedForward,
    LatentAttention,
    MixtureOfExperts,
)

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.parts import Mixer

_RECURRENT = {
    "mamba1": "Mamba",
    "mamba2": "Mamba-2",
    "gated_delta_net": "gated delta net",
    "kimi_delta": "Kimi delta attention",
    "rwkv7": "RWKV-7",
    "short_conv": "short convolution",
    "rg_lru": "RG-LRU",
    "lightning": "lightning attention",
}


def layers_in_words(architecture: Architecture) -> tuple[str, ...]:
    """Tell each kind of layer part and how many layers have it, the most frequent first."""
    counts: Counter[str] = Counter()
    for block in architecture.layer_blocks():
        counts.update(_mixer(mixer) for mixer in block.mixers)
    feeds: Counter[str] = Counter()
    for block in architecture.layer_blocks():
        feeds.update(_feed_forward(part) for part in block.feed_forwards)
    return tuple(
        f"{count} × {words}" for words, count in (*counts.most_common(), *feeds.most_common())
    )


def attention_in_short(architecture: Architecture) -> str:
    """Name how a model attends in a word or two: `GQA`, `MLA`, `GQA + SWA`, `Mamba-2 + GQA`."""
    counts: Counter[str] = Counter()
    windows = False
    for block in architecture.layer_blocks():
        for mixer in block.mixers:
            counts[_short(mixer)] += 1
            windows |= isinstance(mixer, Attention | LatentAttention) and mixer.window > 0
    names = [name for name, _ in counts.most_common()]
    return " + ".join([*names, "SWA"] if windows else names)


def _short(mixer: Mixer) -> str:
    if isinstance(mixer, Attention):
        if mixer.kv_heads == mixer.heads:
            return "MHA"
        return "MQA" if mixer.kv_heads == 1 else "GQA"
    if isinstance(mixer, LatentAttention):
        return "DSA" if mixer.indexer_heads else "MLA"
    if isinstance(mixer, CustomMixer):
        return "own"
    return _RECURRENT[mixer.kind]


def _mixer(mixer: Mixer) -> str:
    if isinstance(mixer, Attention):
        if mixer.kv_heads == mixer.heads:
            heads = f"{mixer.heads} heads of {mixer.head_dim}"
        else:
            groups = "head" if mixer.kv_heads == 1 else "heads"
            heads = f"{mixer.heads} heads on {mixer.kv_heads} KV {groups} of {mixer.head_dim}"
        extent = "full attention"
        if mixer.window:
            extent = f"{'chunks' if mixer.chunked else 'sliding window'} of {mixer.window:,} tokens"
        shared = ", cache shared with an earlier layer" if mixer.shares_kv else ""
        return f"{extent} ({_short(mixer)}: {heads}{shared})"
    if isinstance(mixer, LatentAttention):
        latent = f"latent of {mixer.kv_rank} + {mixer.rope_dim}"
        extent = f"sliding window of {mixer.window:,} tokens, " if mixer.window else ""
        index = f", the top {mixer.indexer_topk:,} tokens" if mixer.indexer_heads else ""
        return f"{extent}latent attention ({_short(mixer)}: {mixer.heads} heads, {latent}{index})"
    if isinstance(mixer, CustomMixer):
        return mixer.label or "an attention of its own"
    return f"{_RECURRENT[mixer.kind]} (fixed state)"


def _feed_forward(part: FeedForward | MixtureOfExperts) -> str:
    if isinstance(part, FeedForward):
        return f"feed-forward of {part.size:,}"
    shared = f", {part.shared_size:,} shared" if part.shared_size else ""
    return f"mixture of experts ({part.active} of {part.experts}, each {part.size:,}{shared})"
