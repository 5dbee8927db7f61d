"""ik_llama.cpp's rules: llama.cpp's, but windowed layers keep the whole context.

Source: logs of the fork (Gemma-3-27B at 32K: 15,872 MiB)
https://github.com/ikawrakow/ik_llama.cpp
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.llama_cpp.rules import LlamaCpp
from fitcheck.estimator.runtimes.rules import Rules
from fitcheck.records.record import replace

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.rules import Ask, Card
    from fitcheck.records.buffers import ComputeBuffer
    from fitcheck.records.kv_cache import KvCache
    from fitcheck.records.runtime import Runtime


class IkLlamaCpp(LlamaCpp):
    """The rules of ik_llama.cpp."""

    def spare_bytes(self, runtime: Runtime) -> int:
        """Return what keeps a card from being tight: it has no fit of its own to leave more."""
        return Rules.spare_bytes(self, runtime)

    def kv_cache(self, ask: Ask, card: Card, *, ranks: int = 1) -> KvCache:
        """Size llama.cpp's cells with whole windows."""
        return super().kv_cache(_whole_windows(ask), card, ranks=ranks)

    def compute_buffer(self, ask: Ask, card: Card, *, ranks: int = 1) -> ComputeBuffer:
        """Size llama.cpp's buffer with whole windows."""
        return super().compute_buffer(_whole_windows(ask), card, ranks=ranks)

    def split_buffers(self, ask: Ask, card: Card) -> tuple[int, int, int]:
        """Size llama.cpp's buffers of several cards with whole windows."""
        return super().split_buffers(_whole_windows(ask), card)


def _whole_windows(ask: Ask) -> Ask:
    return replace(ask, settings=replace(ask.settings, swa_full=True))


RULES = IkLlamaCpp()
