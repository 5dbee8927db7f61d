"""What one unit of each quantity costs on a card: physical unit × the fitted factors that apply."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from fitcheck.estimate.speed.classes import kernels
from fitcheck.estimate.speed.rates import matrix_flops, shader_flops
from fitcheck.estimate.speed.work import ADDED, COMPUTE, MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fitcheck.records.calibration import Calibration, Factor
    from fitcheck.records.gpu import Gpu

DEFAULT_BACKENDS = {"nvidia": "cuda", "amd": "rocm", "apple": "metal", "intel": "sycl"}
GROUPS = ("bytes", "unpack", "launch")  # quantities of a group share the group's factors too
_MICROSECOND = 1e-6
_BATCH_EFFICIENCY = 0.6  # of the matrix rate, for the small products of a batched step


@dataclass(frozen=True, slots=True)
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


def decode_costs(gpu: Gpu, runtime: str, backend: str, calibration: Calibration) -> DecodeCosts:
    """Work out a card's cost of each quantity under a runtime and backend.

    cost = unit(quantity, card) × Π factor[quantity | scope] over the scopes that apply: everyone,
    vendor, architecture, card, runtime, backend. A scope without a fitted factor multiplies by 1,
    so a card nobody measured costs what its architecture does, else its vendor, else all cards.
    """
    backend = backend or DEFAULT_BACKENDS.get(gpu.vendor, "cuda")
    names = tuple(scopes(gpu, runtime, backend))
    correction = calibration.corrections.get(f"{gpu.id}|{kernels(runtime)}")
    scale = correction.value if correction else 1.0
    factors = calibration.decode
    level = basis(factors, gpu)

    def costs(quantities: tuple[str, ...]) -> tuple[float, ...]:
        return tuple(
            unit_seconds(quantity, gpu) * scale * _factor(factors, quantity, names)
            for quantity in quantities
        )

    return DecodeCosts(
        memory=costs(MEMORY),
        compute=costs(COMPUTE),
        added=costs(ADDED),
        bandwidth_bytes_per_s=float(gpu.bandwidth_bytes_per_s),
        seconds_per_flop=1.0 / (_BATCH_EFFICIENCY * matrix_flops(gpu)),
        basis=level,
        ranges=_ranges(calibration, level),
        correction=scale,
    )


def generation(gpu: Gpu) -> str:
    """Name the design a card belongs to: NVIDIA's architectures differ by compute capability."""
    if gpu.vendor == "nvidia" and gpu.compute_capability:
        return f"{gpu.architecture}/{gpu.compute_capability}"
    return gpu.architecture


def chip(gpu_id: str) -> str:
    """Name a card without the size of its memory: variants of one chip are one card to the fit."""
    words = gpu_id.split("-")
    return "-".join(word for word in words if not (word.endswith("gb") and word[:-2].isdigit()))


def scopes(gpu: Gpu, runtime: str, backend: str) -> Iterator[str]:
    """Yield the scopes whose factors apply to a card under a runtime and backend, general first."""
    kernel = kernels(runtime)
    design = generation(gpu)
    yield ""
    yield f"vendor:{gpu.vendor}"
    yield f"architecture:{gpu.architecture}"
    if design != gpu.architecture:
        yield f"design:{design}"
    yield f"card:{chip(gpu.id)}"
    yield f"runtime:{kernel}"
    if kernel != runtime:
        yield f"runtime:{runtime}"
    yield f"path:{kernel}/{backend}"
    yield f"path:{gpu.vendor}/{kernel}/{backend}"
    yield f"path:{gpu.architecture}/{kernel}/{backend}"


def unit_seconds(quantity: str, gpu: Gpu) -> float:
    """Give the physical unit of a quantity on a card, in seconds.

    Bytes: 1 ÷ peak bandwidth. Unpacked weights and attention: 1 ÷ FP32 rate (cores × clock). The
    rest, what is launched or happens once a step: 1 µs.
    """
    if quantity.startswith(("bytes_", "kv_bytes")):
        return 1.0 / gpu.bandwidth_bytes_per_s
    if quantity.startswith(("unpack_", "attention")):
        return 1.0 / shader_flops(gpu)
    return _MICROSECOND


def quantity_group(quantity: str) -> str:
    """Name the group whose factors a quantity shares; empty if it stands alone."""
    group = quantity.split("_", 1)[0]
    return group if group in GROUPS else ""


def basis(factors: Mapping[str, Factor], gpu: Gpu) -> str:
    """Tell the closest level with measurements: the card, its architecture, its vendor, or all."""
    for level, name in (
        ("card", f"card:{chip(gpu.id)}"),
        ("architecture", f"architecture:{gpu.architecture}"),
        ("vendor", f"vendor:{gpu.vendor}"),
    ):
        if f"points|{name}" in factors:
            return level
    return "global"


def _factor(factors: Mapping[str, Factor], quantity: str, names: tuple[str, ...]) -> float:
    keys = [f"{quantity}|{name}" if name else quantity for name in names]
    group = quantity_group(quantity)
    if group:
        keys += [f"{group}|{name}" if name else group for name in names]
    return prod(factors[key].value for key in keys if key in factors)


def _ranges(calibration: Calibration, level: str) -> dict[str, tuple[float, float]]:
    rows = calibration.decode_ranges
    found = {}
    for kind in {key.split("|")[0] for key in rows}:
        row = rows.get(f"{kind}|{level}") or rows.get(kind)
        if row:
            found[kind] = (row.low, row.high)
    return found
