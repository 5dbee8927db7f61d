"""ExLlama's rules: whole pages of cache, states for slots, prompts in chunks, layers split.

- Layers hold the context of every sequence in pages. A quantized cache also holds one layer of
  keys and values in 16 bits for the whole context, on each card.
- Sliding windows are states where ExLlamaV3 has a module for them (`SlidingAttention`), in F16
  whatever the cache is in: the window and two pages for each slot. Elsewhere a windowed layer holds
  the whole context. States, recurrent ones too, are reserved for `state_slots` sequences at least.
- What a card keeps free while layers are dealt out counts as taken: the constants `reserve_*`.

Source: ExLlamaV3 (4f8ad012, 2026-08-08): exllamav3/cache/cache.py, modules/sliding_attn.py
(`kv_state_size`), modules/gated_delta_net.py, model/model.py (`reserve_per_device`)
https://github.com/turboderp-org/exllamav3
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.cache.shapes import cache_shapes
from fitcheck.estimator.runtimes.cuda_context import context_overhead
from fitcheck.estimator.runtimes.plain.compute_buffer import plain_compute_buffer
from fitcheck.estimator.runtimes.plain.kv_cache import kv_cache_of, layer_group, state_groups
from fitcheck.estimator.runtimes.rules import Rules
from fitcheck.records.kv_cache import KvGroup
from fitcheck.records.weights import Loading
from fitcheck.units import round_up

if TYPE_CHECKING:
    from fitcheck.estimator.cache.shapes import CacheShape
    from fitcheck.estimator.runtimes.rules import Ask, Card
    from fitcheck.records.buffers import ComputeBuffer, Overhead
    from fitcheck.records.kv_cache import KvCache
    from fitcheck.records.runtime import Runtime

_F16 = 2
_OVERLAP_PAGES = 2


class ExLlama(Rules):
    """The rules of ExLlamaV3; `slides`: the architectures (GGUF's names) whose windows are states.

    Source: the files below exllamav3/architecture/ that use `SlidingAttention`.
    """

    splits = ("layer",)
    loading = Loading(lookups_on_host=True)
    slides = frozenset({"afmoe", "gemma4", "gpt-oss", "laguna", "step35"})

    def kv_cache(self, ask: Ask, card: Card, *, ranks: int = 1) -> KvCache:
        """Size the pages of all sequences, the slots' windows and states, the unpacked layer."""
        page, slots = ask.runtime.amount("page"), self._slots(ask)
        context, sequences = ask.settings.context, ask.settings.concurrency
        slides = ask.architecture.gguf in self.slides
        groups = []
        unpacked: list[KvGroup] = []
        for shape in cache_shapes(ask.architecture):
            if shape.shared:
                continue
            if shape.window and slides:
                groups.append(_window_group(shape, page=page, slots=slots))
                continue
            group = layer_group(ask, shape, tokens=context, step=page, sequences=sequences)
            groups.append(group)
            unpacked.append(_unpacked(group, shape))
        quantized = ask.key_storage.block_elements > 1 or ask.value_storage.block_elements > 1
        if quantized and unpacked:
            groups.append(max(unpacked, key=lambda group: group.group_bytes))
        return kv_cache_of(groups, state_groups(ask, sequences=slots))

    def compute_buffer(self, ask: Ask, card: Card, *, ranks: int = 1) -> ComputeBuffer:
        """Size the activations of one chunk of a prompt."""
        tokens = ask.settings.context * ask.settings.concurrency
        return plain_compute_buffer(
            ask.architecture, tokens=min(tokens, ask.runtime.amount("chunk"))
        )

    def overhead(
        self, runtime: Runtime, card: Card, *, ranks: int = 1, position: int = 0
    ) -> Overhead:
        """Size the context and the reserve: `reserve` everywhere, `reserve_first` or `_other`."""
        wanted = ("reserve", "reserve_other" if position else "reserve_first")
        names = tuple(name for name in wanted if name in runtime.constants)
        return context_overhead(runtime, card, names)

    def _slots(self, ask: Ask) -> int:
        """Return for how many sequences states are reserved."""
        return max(ask.settings.concurrency, ask.runtime.amount("state_slots"))


def _window_group(shape: CacheShape, *, page: int, slots: int) -> KvGroup:
    """Size the windows of the layers of one shape, for every slot, in F16."""
    return KvGroup(
        label=shape.label,
        layers=shape.layers,
        block=shape.block,
        streams=slots,
        cells=round_up(shape.window + _OVERLAP_PAGES * page, page),
        key_row_bytes=_F16 * shape.key_width,
        value_row_bytes=_F16 * shape.value_width,
    )


def _unpacked(group: KvGroup, shape: CacheShape) -> KvGroup:
    """Give one layer of a group in 16 bits."""
    return KvGroup(
        label="one layer unpacked to 16 bits",
        layers=1,
        streams=group.streams,
        cells=group.cells,
        key_row_bytes=_F16 * shape.key_width,
        value_row_bytes=_F16 * shape.value_width,
    )


RULES = ExLlama()
