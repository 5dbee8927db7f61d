"""Prefill: the matrix products of a prompt, its attention, and the weights they read."""

from __future__ import annotations

from math import ceil
from operator import mul
from typing import TYPE_CHECKING

from fitcheck.estimator.devices.backends import card_backends
from fitcheck.estimator.runtimes import rules_of
from fitcheck.estimator.speed.classes import STORAGE_CLASSES
from fitcheck.estimator.speed.decode import overlapped
from fitcheck.estimator.speed.launches import launches
from fitcheck.estimator.speed.paths import matmul_rate
from fitcheck.estimator.speed.ranges import ranges_at
from fitcheck.estimator.speed.rates import matrix_flops
from fitcheck.estimator.speed.scopes import basis, combined_factors, factor_of, scopes
from fitcheck.records.parts import Attention, LatentAttention
from fitcheck.records.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.calibration import Calibration
    from fitcheck.records.format import StorageType
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.runtime import Runtime
    from fitcheck.records.weights import Weights

# The quantities of a prompt, as `work.py` has those of a step.
PREFILL_MEMORY = ("bytes_read",)
PREFILL_COMPUTE = (*(f"matmul_{name}" for name in STORAGE_CLASSES), "matmul_experts")
PREFILL_ADDED = ("attention_plain", "attention_latent", "launch_plain", "launch_recurrent", "step")


@record(kw_only=False)
class PrefillWork:
    """The work of one prompt, in the order of PREFILL_MEMORY, PREFILL_COMPUTE, PREFILL_ADDED."""

    memory: tuple[float, ...]
    compute: tuple[float, ...]
    added: tuple[float, ...]
    tokens: int
    kind: str = "dense"


@record(kw_only=False)
class PrefillCosts:
    """Seconds of one unit of each quantity on a card, whose measurements, and the likely range."""

    memory: tuple[float, ...]
    compute: tuple[float, ...]
    added: tuple[float, ...]
    basis: str
    ranges: dict[str, tuple[float, float]]


@record(kw_only=False)
class PrefillTime:
    """Seconds to process a prompt, and the ends of the likely range of its speed in tok/s."""

    seconds: float
    tokens_per_s: float
    tokens_per_s_low: float
    tokens_per_s_high: float


def prefill_work(
    weights: Weights,
    architecture: Architecture,
    *,
    storage_types: Mapping[str, StorageType],
    tokens: int,
    context: int = 0,
    ubatch: int = 512,
) -> PrefillWork:
    """Add up a prompt of `tokens` behind `context` cached ones, cut into micro-batches of `ubatch`.

    Every token makes 2 FLOP with each weight it is multiplied with. A micro-batch reads all dense
    weights and the experts its tokens draw.
    """
    batches = ceil(tokens / ubatch)
    read = sum(weights.read_bytes(min(tokens, ubatch)).values())
    flops = dict.fromkeys(STORAGE_CLASSES, 0.0)
    for storage, size in weights.read_bytes(1).items():
        elements = size * weights.parameters_by_storage[storage] / weights.bytes_by_storage[storage]
        flops[storage_types[storage].speed_class] += 2.0 * elements * tokens
    # The head multiplies the last token only.
    scale = 1.0 - weights.head_parameters / max(1.0, sum(flops.values()) / (2.0 * tokens))
    experts = sum(
        2.0
        * tokens
        * size
        * group.share(1)
        * weights.parameters_by_storage[storage]
        / weights.bytes_by_storage[storage]
        for group in weights.read_experts
        for storage, size in group.bytes_by_storage.items()
    )
    plain, latent, recurrent, routed = launches(architecture)
    attention, latent_attention = attention_flops(architecture, tokens=tokens, context=context)
    return PrefillWork(
        memory=(read * batches,),
        compute=(*(amount * max(scale, 0.1) for amount in flops.values()), experts),
        added=(
            attention,
            latent_attention,
            (plain + latent + routed) * batches,
            recurrent * tokens / 64.0,
            float(batches),
        ),
        tokens=tokens,
        kind="moe" if experts else "dense",
    )


def prefill_costs(
    gpu: Gpu, runtime: Runtime, backend: str, calibration: Calibration
) -> PrefillCosts:
    """Work out a card's prefill costs: units × the fitted factors of every scope that applies."""
    backend = backend or card_backends(gpu)[0]
    kernel = runtime.kernels
    names = scopes(gpu, runtime=runtime.id, kernels=kernel, backend=backend)
    factors = combined_factors(calibration.prefill, names)
    integer = rules_of(runtime).integer_products
    level = basis(calibration.prefill_points, gpu)
    correction = calibration.corrections.get(f"{gpu.id}|{kernel}|prefill")
    scale = correction.value if correction else 1.0

    def costs(quantities: tuple[str, ...]) -> tuple[float, ...]:
        return tuple(
            prefill_unit_seconds(quantity, gpu, integer_products=integer)
            * scale
            * factor_of(quantity, factors)
            for quantity in quantities
        )

    return PrefillCosts(
        memory=costs(PREFILL_MEMORY),
        compute=costs(PREFILL_COMPUTE),
        added=costs(PREFILL_ADDED),
        basis=level,
        ranges=ranges_at(
            calibration.prefill_ranges,
            "card" if correction else level,
            f"{kernel}/{backend}",
        ),
    )


def prefill_unit_seconds(quantity: str, gpu: Gpu, *, integer_products: bool) -> float:
    """Give the physical unit of a quantity: 1 ÷ the peak of the path it takes, or 1 µs."""
    if quantity.startswith("bytes_"):
        return 1.0 / gpu.bandwidth_bytes_per_s
    if quantity.startswith("matmul_"):
        storage = quantity.removeprefix("matmul_")
        return 1.0 / matmul_rate(gpu, storage, integer_products=integer_products)
    if quantity.startswith("attention_"):
        return 1.0 / matrix_flops(gpu)
    return 1e-6


def prefill(work: PrefillWork, costs: PrefillCosts) -> PrefillTime:
    """Estimate the time to process a prompt.

    t = (m^p + f^p)^(1/p) + Σ added, with m the weights read by every micro-batch and f the matrix
    products at the peak of the path they take; attention and launches come on top.
    """
    seconds = prefill_seconds(work, costs)
    speed = work.tokens / seconds
    low, high = costs.ranges.get(work.kind, (0.5, 1.6))
    return PrefillTime(seconds, speed, speed * low, speed * high)


def prefill_seconds(work: PrefillWork, costs: PrefillCosts) -> float:
    """Seconds of a prompt's work at a card's costs."""
    memory: float = sum(map(mul, work.memory, costs.memory))
    compute: float = sum(map(mul, work.compute, costs.compute))
    added: float = sum(map(mul, work.added, costs.added))
    return overlapped(memory, compute) + added


def attention_flops(
    architecture: Architecture, *, tokens: int, context: int = 0
) -> tuple[float, float]:
    """FLOPs of QKᵀ and of the weighted sum of V, plain and latent: 2·heads·(d_qk + d_v) a pair.

    A prompt of n tokens behind c cached ones makes n·c + n·(n+1)/2 pairs; a window w caps them at
    n·w.
    """
    plain = latent = 0.0
    every = tokens * context + tokens * (tokens + 1) / 2
    for block in architecture.layer_blocks():
        for mixer in block.mixers:
            if isinstance(mixer, Attention):
                pairs = min(every, float(tokens) * mixer.window) if mixer.window else every
                width = mixer.head_dim + (mixer.value_dim or mixer.head_dim)
                plain += 2.0 * mixer.heads * width * pairs
            elif isinstance(mixer, LatentAttention):
                width = mixer.nope_dim + mixer.rope_dim + mixer.value_dim
                latent += 2.0 * mixer.heads * width * every
    return plain, latent
