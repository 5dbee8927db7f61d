"""Prefill: the matrix products of a prompt, its attention, and the weights they read."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, prod
from typing import TYPE_CHECKING

from fitcheck.estimate.speed.costs import DEFAULT_BACKENDS, basis, scopes
from fitcheck.estimate.speed.launches import launches
from fitcheck.estimate.speed.rates import matrix_flops
from fitcheck.records.parts import Attention, LatentAttention

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.calibration import Calibration
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.weights import Weights


@dataclass(frozen=True, slots=True)
class PrefillCosts:
    """Seconds of one FLOP of matrix products, of attention, of a byte of weights, of a layer."""

    matmul: float
    attention: float
    weight_byte: float
    layer: float
    basis: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PrefillTime:
    """Seconds to process a prompt, and the ends of the likely range of its speed in tok/s."""

    seconds: float
    tokens_per_s: float
    tokens_per_s_low: float
    tokens_per_s_high: float


def prefill_costs(gpu: Gpu, runtime: str, backend: str, calibration: Calibration) -> PrefillCosts:
    """Work out a card's prefill costs: peak rates × the fitted factors of every scope."""
    backend = backend or DEFAULT_BACKENDS.get(gpu.vendor, "cuda")
    names = tuple(scopes(gpu, runtime, backend))
    factors = calibration.prefill

    def factor(quantity: str) -> float:
        keys = [f"{quantity}|{name}" if name else quantity for name in names]
        return prod(factors[key].value for key in keys if key in factors)

    level = basis(factors, gpu)
    row = calibration.prefill_ranges.get(level)
    correction = calibration.corrections.get(f"{gpu.id}|prefill")
    scale = correction.value if correction else 1.0
    return PrefillCosts(
        matmul=factor("matmul") * scale / matrix_flops(gpu),
        attention=factor("attention") * scale / matrix_flops(gpu),
        weight_byte=1.0 / gpu.bandwidth_bytes_per_s,
        layer=factor("layer") * scale * 1e-6,
        basis=level,
        low=row.low if row else 0.55,
        high=row.high if row else 1.5,
    )


def prefill(
    weights: Weights,
    architecture: Architecture,
    costs: PrefillCosts,
    *,
    tokens: int,
    context: int = 0,
    ubatch: int = 512,
) -> PrefillTime:
    """Estimate the time to process `tokens` prompt tokens behind `context` cached ones.

    t = max(2·P·n × s_matmul, batches × weight bytes ÷ bandwidth) + attention FLOPs × s_attention
    + batches × layers × s_layer, with P the weights a token multiplies with and the prompt cut
    into micro-batches of `ubatch`.
    """
    batches = ceil(tokens / ubatch)
    flops = 2.0 * weights.matmul_parameters_per_token * tokens
    read = sum(weights.read_bytes(min(tokens, ubatch)).values())
    seconds = max(flops * costs.matmul, batches * read * costs.weight_byte)
    seconds += attention_flops(architecture, tokens=tokens, context=context) * costs.attention
    seconds += batches * sum(launches(architecture)) * costs.layer
    speed = tokens / seconds
    return PrefillTime(seconds, speed, speed * costs.low, speed * costs.high)


def attention_flops(architecture: Architecture, *, tokens: int, context: int = 0) -> float:
    """FLOPs of QKᵀ and of the weighted sum of V: 2·heads·(d_qk + d_v) a pair of tokens, causal.

    A prompt of n tokens behind c cached ones makes n·c + n·(n+1)/2 pairs; a window w caps them at
    n·w.
    """
    total = 0.0
    for block in architecture.layer_blocks():
        for mixer in block.mixers:
            if isinstance(mixer, Attention):
                width = mixer.head_dim + (mixer.value_dim or mixer.head_dim)
            elif isinstance(mixer, LatentAttention):
                width = 2 * mixer.kv_rank + mixer.rope_dim
            else:
                continue
            pairs = tokens * context + tokens * (tokens + 1) / 2
            if mixer.window:
                pairs = min(pairs, float(tokens) * mixer.window)
            total += 2.0 * mixer.heads * width * pairs
    return total
