"""MLX's rules (mlx-lm): a cache that grows in steps of 256 tokens, half a GB to work in.

Source: mlx-lm, mlx_lm/models/cache.py; measured peaks of 32 runs for models from 0.6 to 14 B
https://github.com/ml-explore/mlx-lm, https://github.com/enescingoz/mac-llm-bench
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.plain.compute_buffer import ONE_LAYER
from fitcheck.estimator.runtimes.plain.kv_cache import plain_kv_cache
from fitcheck.estimator.runtimes.rules import Rules
from fitcheck.records.buffers import ComputeBuffer

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.rules import Ask, Card
    from fitcheck.records.kv_cache import KvCache


class Mlx(Rules):
    """The rules of MLX."""

    splits = ()  # several machines over mlx.distributed are another matter

    def kv_cache(self, ask: Ask, card: Card, *, ranks: int = 1) -> KvCache:
        """Size a cache in steps of the runtime's own."""
        return plain_kv_cache(ask, step=ask.runtime.amount("step"))

    def compute_buffer(self, ask: Ask, card: Card, *, ranks: int = 1) -> ComputeBuffer:
        """Return the working memory measured above weights and cache, whatever the model."""
        return ComputeBuffer(device_bytes=ask.runtime.amount("working_memory"), bound_by=ONE_LAYER)


RULES = Mlx()
