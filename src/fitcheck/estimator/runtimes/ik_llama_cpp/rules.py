"""ik_llama.cpp's rules: llama.cpp's, but whole windows, and a graph with steps of its own.

Source: logs of the fork (Gemma-3-27B at 32K: 15,872 MiB)
https://github.com/ikawrakow/ik_llama.cpp
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.ik_llama_cpp.compute_buffer import (
    ik_compute_buffer,
    ik_compute_buffer_range,
)
from fitcheck.estimator.runtimes.llama_cpp.rules import LlamaCpp, run_of
from fitcheck.estimator.runtimes.rules import Rules
from fitcheck.records.record import replace
from fitcheck.units import MIB

if TYPE_CHECKING:
    from fitcheck.estimator.runtimes.rules import Ask, Card
    from fitcheck.records.buffers import ComputeBuffer
    from fitcheck.records.kv_cache import KvCache
    from fitcheck.records.runtime import Runtime

_NEAR_BYTES = 64 * MIB  # a range no wider is not worth telling


class IkLlamaCpp(LlamaCpp):
    """The rules of ik_llama.cpp."""

    def spare_bytes(self, runtime: Runtime) -> int:
        """Return what keeps a card from being tight: it has no fit of its own to leave more."""
        return Rules.spare_bytes(self, runtime)

    def kv_cache(self, ask: Ask, card: Card, *, ranks: int = 1) -> KvCache:
        """Size llama.cpp's cells with whole windows."""
        return super().kv_cache(_whole_windows(ask), card, ranks=ranks)

    def compute_buffer(self, ask: Ask, card: Card, *, ranks: int = 1) -> ComputeBuffer:
        """Lay the fork's graph out; what older builds reserved is told beside its widest point."""
        run = run_of(_whole_windows(ask), card)
        buffer = ik_compute_buffer(ask.architecture, **run)
        low, high = ik_compute_buffer_range(ask.architecture, **run)
        if high - low <= _NEAR_BYTES:
            return buffer
        older = f"{buffer.bound_by} (up to {high // MIB:,} MiB in builds until mid-2025)"
        return replace(buffer, bound_by=older)

    def split_buffers(self, ask: Ask, card: Card) -> tuple[int, int, int]:
        """Take the whole graph's buffer for each card: no log tells what a part of it takes."""
        return Rules.split_buffers(self, ask, card)


def _whole_windows(ask: Ask) -> Ask:
    return replace(ask, settings=replace(ask.settings, swa_full=True))


RULES = IkLlamaCpp()
