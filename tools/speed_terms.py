"""What is expected of each quantity before any fit, and how far cards may differ from it.

Expectations are round numbers from physics and sources: bytes at nine tenths of peak bandwidth,
a dozen integer operations to unpack a weight and multiply it, 3.5 µs a kernel in a CUDA graph,
0.8 ms a step for a server (runtimes that schedule in Python). Widths are standard deviations of
logarithms: 0.1 is ten per cent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from speed_fit import Terms

from fitcheck.catalog import load
from fitcheck.estimator.runtimes import rules_of
from fitcheck.estimator.speed.costs import unit_seconds
from fitcheck.estimator.speed.prefill import (
    PREFILL_ADDED,
    PREFILL_COMPUTE,
    PREFILL_MEMORY,
    prefill_unit_seconds,
)
from fitcheck.estimator.speed.work import ADDED, COMPUTE, MEMORY

if TYPE_CHECKING:
    from fitcheck.records.gpu import Gpu


def _widths(width: float, **others: float) -> dict[str, float]:
    """Widths by kind of scope; `all` is everyone."""
    return {
        "all": 1.0,
        "vendor": width,
        "architecture": 0.8 * width,
        "design": 0.5 * width,
        "card": 0.4 * width,
        "runtime": width,
        "path": 0.7 * width,
        "vendor-path": 0.7 * width,
    } | others


def _few(width: float) -> dict[str, float]:
    """Widths of what only deep contexts tell: a card's own is not to be had."""
    kept = ("all", "vendor", "architecture", "path", "vendor-path")
    return {kind: size for kind, size in _widths(width).items() if kind in kept}


def _decode_unit(quantity: str, gpu: Gpu, runtime: str, backend: str) -> float:
    del runtime, backend
    return unit_seconds(quantity, gpu)


def _prefill_unit(quantity: str, gpu: Gpu, runtime: str, backend: str) -> float:
    del backend
    known = load().runtimes.find(runtime)
    integer = rules_of(known).integer_products if known else False
    return prefill_unit_seconds(quantity, gpu, integer_products=integer)


DECODE = Terms(
    memory=MEMORY,
    compute=COMPUTE,
    added=ADDED,
    unit=_decode_unit,
    expected={
        "bytes": 1.0,
        "unpack": 13.0,
        "unpack_half": 0.25,
        "unpack_bf16": 0.25,
        "unpack_eight": 0.5,
        "kv_bytes": 1.3,
        "attention": 5.0,
        "launch": 3.6,
        "step": 150.0,
        "step|runtime:vllm": 5.0,
    },
    widths={
        "bytes": _widths(0.10, dies=0.10),
        "bytes_": {"": 0.08, "path": 0.08},
        "unpack": _widths(0.5, dies=0.5),
        "unpack_": {"": 0.5, "path": 0.4, "design-path": 0.25},
        "attention": _few(0.6),
        "attention_": {"": 0.4, "path": 0.7},
        "launch": _widths(0.4, dies=0.4),
        "launch_": {"": 0.4, "path": 0.3},
        "kv_bytes": _few(0.4) | {"": 1.0},
        "step": {"": 1.0, "runtime": 0.4, "path": 0.2},
    },
    aged=("launch", "unpack"),
)

PREFILL = Terms(
    memory=PREFILL_MEMORY,
    compute=PREFILL_COMPUTE,
    added=PREFILL_ADDED,
    unit=_prefill_unit,
    expected={
        "bytes": 1.3,
        "matmul": 2.5,
        "matmul_experts": 0.3,
        "attention": 4.0,
        "launch": 5.0,
        "step": 500.0,
    },
    widths={
        "bytes": _widths(0.2),
        "matmul": _widths(0.4, dies=0.3, **{"design-path": 0.3}),
        "matmul_": {"": 0.3, "path": 0.3, "design-path": 0.1},
        "attention": _few(0.6),
        "attention_": {"": 0.4, "path": 0.5},
        "launch": _widths(0.4),
        "launch_": {"": 0.4, "path": 0.4},
        "step": {"": 1.0, "runtime": 0.5, "path": 0.3},
    },
    aged=("matmul",),
)
