"""Transformers' rules: exactly the tokens there are, the whole prompt at once, layers split.

Source: Qwen's published memory of Transformers runs
https://qwen.readthedocs.io/en/latest/getting_started/speed_benchmark.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.plain.compute_buffer import plain_compute_buffer
from fitcheck.estimator.runtimes.plain.kv_cache import plain_kv_cache
from fitcheck.estimator.runtimes.rules import Rules

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.rules import Ask, Card
    from fitcheck.records.buffers import ComputeBuffer
    from fitcheck.records.kv_cache import KvCache


class Transformers(Rules):
    """The rules of Transformers."""

    splits = ("layer",)  # device_map="auto"
    host_layers = False  # layers offloaded by Accelerate are copied to the card at every step

    def kv_cache(self, ask: Ask, card: Card, *, ranks: int = 1) -> KvCache:
        """Size a cache of exactly the tokens it holds."""
        return plain_kv_cache(ask)

    def compute_buffer(self, ask: Ask, card: Card, *, ranks: int = 1) -> ComputeBuffer:
        """Size the activations of the whole prompt."""
        tokens = ask.settings.context * ask.settings.concurrency
        return plain_compute_buffer(ask.architecture, tokens=tokens)


RULES = Transformers()
