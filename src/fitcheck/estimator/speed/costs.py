"""What one unit of each quantity of a decode step costs on a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.devices.backends import card_backends
from fitcheck.estimator.speed.ranges import ranges_at
from fitcheck.estimator.speed.rates import attention_flops_per_s, integer_ops, matrix_flops
from fitcheck.estimator.speed.scopes import basis, combined_factors, factor_of, scopes
from fitcheck.estimator.speed.work import ADDED, COMPUTE, MEMORY
from fitcheck.records.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitcheck.records.calibration import Calibration
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.runtime import Runtime

__all__ = ["DecodeCosts", "decode_costs", "unit_seconds"]

_MICROSECOND = 1e-6
_BATCH_EFFICIENCY = 0.6  # of the matrix rate, for the small products of a batched step


@record(kw_only=False)
class DecodeCosts:
    """Seconds of one unit of each quantity on one card, in the order of MEMORY, COMPUTE, ADDED.

    `basis` says whose measurements stand behind it: card, architecture, vendor or global.
    `seconds_per_flop` bounds batches; `correction` is the user's own, already multiplied in.
    """

    memory: tuple[float, ...]
    compute: tuple[float, ...]
    added: tuple[float, ...]
    bandwidth_bytes_per_s: float
    seconds_per_flop: float
    basis: str
    ranges: Mapping[str, tuple[float, float]]
    correction: float = 1.0


def decode_costs(gpu: Gpu, runtime: Runtime, backend: str, calibration: Calibration) -> DecodeCosts:
    """Work out a card's cost of each quantity under a runtime and backend.

    cost = unit(quantity, card) × Π factor[quantity | scope] over the scopes that apply: everyone,
    vendor, architecture, card, runtime, backend. A scope without a fitted factor multiplies by 1,
    so a card nobody measured costs what its architecture does, else its vendor, else all cards.
    """
    backend = backend or card_backends(gpu)[0]
    names = scopes(gpu, runtime=runtime.id, kernels=runtime.kernels, backend=backend)
    factors = combined_factors(calibration.decode, names)
    correction = calibration.corrections.get(f"{gpu.id}|{runtime.kernels}|decode")
    scale = correction.value if correction else 1.0
    level = basis(calibration.decode_points, gpu)

    def costs(quantities: tuple[str, ...]) -> tuple[float, ...]:
        return tuple(
            unit_seconds(quantity, gpu) * scale * factor_of(quantity, factors)
            for quantity in quantities
        )

    return DecodeCosts(
        memory=costs(MEMORY),
        compute=costs(COMPUTE),
        added=costs(ADDED),
        bandwidth_bytes_per_s=float(gpu.bandwidth_bytes_per_s),
        seconds_per_flop=1.0 / (_BATCH_EFFICIENCY * matrix_flops(gpu)),
        basis=level,
        ranges=ranges_at(
            calibration.decode_ranges,
            "card" if correction else level,
            f"{runtime.kernels}/{backend}",
        ),
        correction=scale,
    )


def unit_seconds(quantity: str, gpu: Gpu) -> float:
    """Give the physical unit of a quantity on a card, in seconds.

    Bytes: 1 ÷ peak bandwidth. Unpacked weights: 1 ÷ integer rate of the shader units (cores ×
    clock), attention: 1 ÷ rate of the units it runs on. What is launched or happens once a step:
    1 µs.
    """
    if quantity.startswith(("bytes_", "kv_bytes")):
        return 1.0 / gpu.bandwidth_bytes_per_s
    if quantity.startswith("unpack_"):
        return 1.0 / integer_ops(gpu)
    if quantity.startswith("attention_"):
        return 1.0 / attention_flops_per_s(gpu)
    return _MICROSECOND
