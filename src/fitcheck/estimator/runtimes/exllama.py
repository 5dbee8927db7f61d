"""ExLlama's rules (V3, TabbyAPI): whole pages of cache, prompts in chunks, layers split.

A quantized cache also holds one layer of keys and values in 16 bits for the whole context, on each
card. What a card keeps free while layers are dealt out counts as taken: the constants `reserve_*`.
Source: ExLlamaV2, exllamav2/cache.py; ExLlamaV3, exllamav3/cache/
https://github.com/turboderp-org/exllamav3
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.cuda_context import context_overhead
from fitcheck.estimator.runtimes.plain.compute_buffer import plain_compute_buffer
from fitcheck.estimator.runtimes.plain.kv_cache import plain_kv_cache
from fitcheck.estimator.runtimes.rules import Rules
from fitcheck.records.weights import Loading

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.rules import Ask, Card
    from fitcheck.records.buffers import ComputeBuffer, Overhead
    from fitcheck.records.kv_cache import KvCache
    from fitcheck.records.runtime import Runtime


class ExLlama(Rules):
    """The rules of ExLlama; `windows`: windowed layers keep their window only."""

    splits = ("layer",)
    loading = Loading(lookups_on_host=True)
    windows = True

    def kv_cache(self, ask: Ask, card: Card, *, ranks: int = 1) -> KvCache:
        """Size whole pages for each sequence."""
        return plain_kv_cache(
            ask,
            step=ask.runtime.amount("page"),
            windows=self.windows,
            unpacked_layer=True,
        )

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


RULES = ExLlama()
