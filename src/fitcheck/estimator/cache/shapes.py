"""What each layer of an architecture caches for a token, before any runtime's rules."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fitcheck.estimator.cache.state import LABELS, State, mixer_state
from fitcheck.records.parts import Attention, CustomMixer, LatentAttention
from fitcheck.records.record import record, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import StorageType
    from fitcheck.records.parts import Mixer


@record
class CacheShape:
    """Layers that cache alike: elements of key and value a token (or every `stride` tokens).

    `kv_heads` is how many heads the widths are split over (1: not divisible between cards).
    `window` 0 is full attention. `top_k` > 0: decoding reads at most that many entries. `block` is
    the index of their block in the architecture.
    """

    label: str
    layers: int
    key_width: int
    value_width: int
    kv_heads: int = 1
    window: int = 0
    stride: int = 1
    top_k: int = 0
    block: int = -1
    shared: bool = False  # reads the cache of an earlier layer; nothing is reserved
    latent: bool = False


@record
class StateShape:
    """Layers that keep the same fixed state for a sequence."""

    label: str
    layers: int
    state: State
    block: int = -1


def cache_shapes(
    architecture: Architecture, *, mtp: bool = False, latent: bool = True
) -> list[CacheShape]:
    """List what the layers cache for a token, layers that are alike together.

    `mtp` adds the multi-token prediction layers. A DSA indexer is a group of its own. Without
    `latent`, MLA caches every head's keys and values (old GGUF files; `-mla 0` of ik_llama.cpp).
    """
    shapes: list[CacheShape] = []
    for block, mixer, layers in _mixers(architecture, mtp=mtp):
        if isinstance(mixer, LatentAttention) and not (latent and mixer.absorbed):
            found = [_unpacked(mixer, layers)]
        else:
            found = _mixer_shapes(mixer, layers)
        shapes += (replace(shape, block=block) for shape in found)
    return shapes


def state_shapes(architecture: Architecture) -> list[StateShape]:
    """List the recurrent state of the layers, layers that are alike together."""
    shapes = []
    for block, mixer, layers in _mixers(architecture, mtp=False):
        state = mixer_state(mixer, hidden=architecture.hidden)
        if state.elements:
            label = LABELS.get(mixer.kind, mixer.kind)
            shapes.append(StateShape(label=label, layers=layers, state=state, block=block))
    return shapes


def rank_shape(shape: CacheShape, ranks: int) -> CacheShape:
    """Return what one of `ranks` cards caches where they share every layer (tensor parallel).

    KV heads are divided while there are enough, and each rank keeps one where there are fewer; a
    latent (MLA) and widths that are no heads are whole on every rank.
    Source: vLLM, get_num_kv_heads in vllm/config/model.py
    https://github.com/vllm-project/vllm/blob/main/vllm/config/model.py
    """
    if ranks == 1 or shape.latent:
        return shape
    heads = max(1, shape.kv_heads // ranks)
    return replace(
        shape,
        kv_heads=heads,
        key_width=shape.key_width * heads // shape.kv_heads,
        value_width=shape.value_width * heads // shape.kv_heads,
    )


def row_bytes(storage: StorageType, elements: int) -> int:
    """Size one row of a cache: whole blocks × bytes a block."""
    return -(-elements // storage.block_elements) * storage.block_bytes


def _mixers(architecture: Architecture, *, mtp: bool) -> Iterator[tuple[int, Mixer, int]]:
    layout = architecture.layout + (architecture.mtp_layout if mtp else ())
    for index, layers in Counter(layout).items():
        for mixer in architecture.blocks[index].mixers:
            yield index, mixer, layers


def _mixer_shapes(mixer: Mixer, layers: int) -> list[CacheShape]:
    match mixer:
        case Attention():
            return [
                CacheShape(
                    label=_attention_label(mixer),
                    layers=layers,
                    key_width=mixer.kv_heads * mixer.head_dim,
                    value_width=mixer.kv_heads * (mixer.value_dim or mixer.head_dim),
                    kv_heads=mixer.kv_heads,
                    window=mixer.window,
                    shared=mixer.shares_kv,
                )
            ]
        case LatentAttention():
            latent = CacheShape(
                label="latent (MLA)" + (f", window {mixer.window:,}" if mixer.window else ""),
                layers=layers,
                key_width=mixer.kv_rank + mixer.rope_dim,
                value_width=0,
                window=mixer.window,
                top_k=mixer.indexer_topk,  # without heads: the choice of an earlier layer
                latent=True,
            )
            if not mixer.indexer_heads:
                return [latent]
            indexer = CacheShape(
                label="indexer (DSA)",
                layers=layers,
                key_width=mixer.indexer_dim,
                value_width=0,
                latent=True,
            )
            return [latent, indexer]
        case CustomMixer(key_width=key_width, value_width=value_width) if key_width + value_width:
            return [
                CacheShape(
                    label=mixer.label or "attention",
                    layers=layers,
                    key_width=key_width,
                    value_width=value_width,
                    window=mixer.window,
                    stride=mixer.tokens_per_entry,
                )
            ]
        case _:
            return []


def _unpacked(mixer: LatentAttention, layers: int) -> CacheShape:
    return CacheShape(
        label="every head of the latent (MLA)",
        layers=layers,
        key_width=mixer.heads * (mixer.nope_dim + mixer.rope_dim),
        value_width=mixer.heads * mixer.value_dim,
        kv_heads=mixer.heads,
    )


def _attention_label(mixer: Attention) -> str:
    if not mixer.window:
        return "full attention"
    kind = "chunk" if mixer.chunked else "window"
    return f"{kind} of {mixer.window:,}"
