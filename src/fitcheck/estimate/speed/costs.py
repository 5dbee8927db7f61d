"""What one unit of each quantity costs on a card: physical unit × the fitted factors that apply."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from fitcheck.estimate.speed.classes import kernels
from fitcheck.estimate.speed.work import QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fitcheck.records.calibration import Calibration, Factor
    from fitcheck.records.gpu import Gpu

DEFAULT_BACKENDS = {"nvidia": "cuda", "amd": "rocm", "apple": "metal", "intel": "sycl"}
LEVELS = ("card", "architecture", "vendor", "global")  # best evidence first
_MICROSECOND = 1e-6
_UNKNOWN_FP32_FLOPS_PER_BANDWIDTH = 40.0  # FLOP a byte: the middle of the cards that tell


@dataclass(frozen=True, slots=True)
class DecodeCosts:
    """Seconds of one unit of each quantity (in the order of QUANTITIES) on one card.

    `basis` says whose measurements stand behind it: card, architecture, vendor or global.
    `seconds_per_flop` bounds batches; `correction` is the user's own, already multiplied in.
    """

    seconds: tuple[float, ...]
    bandwidth_bytes_per_s: float
    seconds_per_flop: float
    basis: str
    ranges: Mapping[str, tuple[float, float]]
    correction: float = 1.0


def decode_costs(gpu: Gpu, runtime: str, backend: str, calibration: Calibration) -> DecodeCosts:
    """Work out a card's cost of each quantity under a runtime and backend.

    cost = unit(quantity, card) × Π factor[quantity | scope] over the scopes that apply: everyone,
    vendor, architecture, card, runtime, backend. A scope without a fitted factor multiplies by 1,
    so a card nobody measured costs what its architecture does, else its vendor, else all cards.
    """
    backend = backend or DEFAULT_BACKENDS.get(gpu.vendor, "cuda")
    names = tuple(scopes(gpu, runtime, backend))
    correction = calibration.corrections.get(gpu.id)
    scale = correction.value if correction else 1.0
    factors = calibration.decode
    seconds = tuple(
        unit_seconds(quantity, gpu) * _factor(factors, quantity, names) * scale
        for quantity in QUANTITIES
    )
    level = basis(factors, gpu)
    return DecodeCosts(
        seconds=seconds,
        bandwidth_bytes_per_s=float(gpu.bandwidth_bytes_per_s),
        seconds_per_flop=1.0 / (0.6 * matrix_flops(gpu)),
        basis=level,
        ranges=_ranges(calibration, level),
        correction=scale,
    )


def scopes(gpu: Gpu, runtime: str, backend: str) -> Iterator[str]:
    """Yield the scopes whose factors apply to a card under a runtime and backend, general first."""
    kernel = kernels(runtime)
    yield ""
    yield f"vendor:{gpu.vendor}"
    yield f"architecture:{gpu.architecture}"
    yield f"card:{gpu.id}"
    yield f"backend:{backend}"
    yield f"runtime:{kernel}"
    if kernel != runtime:
        yield f"runtime:{runtime}"
    yield f"runtime:{kernel}/{backend}"
    yield f"vendor:{gpu.vendor}/{backend}"
    yield f"architecture:{gpu.architecture}/{backend}"


def unit_seconds(quantity: str, gpu: Gpu) -> float:
    """Give the physical unit of a quantity on a card, in seconds.

    Bytes: 1 ÷ peak bandwidth. Unpacked weights: 1 ÷ FP32 rate (cores × clock). The rest, what is
    launched once a layer or a step: 1 µs.
    """
    if quantity.startswith(("bytes_", "kv_bytes")):
        return 1.0 / gpu.bandwidth_bytes_per_s
    if quantity.startswith("unpack_"):
        return 1.0 / shader_flops(gpu)
    return _MICROSECOND


def shader_flops(gpu: Gpu) -> float:
    """FP32 rate of the shader units; where it is unknown, a usual ratio to bandwidth."""
    return gpu.fp32_flops or _UNKNOWN_FP32_FLOPS_PER_BANDWIDTH * gpu.bandwidth_bytes_per_s


def matrix_flops(gpu: Gpu) -> float:
    """Rate of 16-bit matrix products with FP32 accumulation, or of the fastest unit there is."""
    return (
        gpu.fp16_tensor_fp32_accumulate_flops
        or gpu.bf16_tensor_flops
        or gpu.fp16_tensor_flops
        or gpu.fp16_flops
        or shader_flops(gpu)
    )


def basis(factors: Mapping[str, Factor], gpu: Gpu) -> str:
    """Tell the closest level with measurements: the card, its architecture, its vendor, or all."""
    for level, name in (
        ("card", f"card:{gpu.id}"),
        ("architecture", f"architecture:{gpu.architecture}"),
        ("vendor", f"vendor:{gpu.vendor}"),
    ):
        if f"points|{name}" in factors:
            return level
    return "global"


def _factor(factors: Mapping[str, Factor], quantity: str, names: tuple[str, ...]) -> float:
    group = quantity.split("_", 1)[0] if quantity.startswith(("bytes_", "unpack_")) else ""
    keys = [f"{quantity}|{name}" if name else quantity for name in names]
    if group:
        keys += [f"{group}|{name}" if name else group for name in names]
    return prod(factors[key].value for key in keys if key in factors)


def _ranges(calibration: Calibration, level: str) -> dict[str, tuple[float, float]]:
    kinds = {key.split("|")[0] for key in calibration.decode_ranges}
    found = {}
    for kind in kinds:
        rows = calibration.decode_ranges
        row = rows.get(f"{kind}|{level}") or rows.get(kind)
        if row:
            found[kind] = (row.low, row.high)
    return found
