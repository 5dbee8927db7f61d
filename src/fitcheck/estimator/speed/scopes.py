"""Whose measurements a cost rests on: the scopes a fitted factor can apply to, general first."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fitcheck.records.gpu import Gpu

GROUPS = ("bytes", "unpack", "attention", "launch", "matmul")  # members share the group's factors


def scopes(gpu: Gpu, *, runtime: str, kernels: str, backend: str) -> Iterator[str]:
    """Yield the scopes whose factors apply to a card under a runtime and backend.

    Everyone (empty), vendor, architecture, design (NVIDIA's architectures differ by compute
    capability), dies, card; the runtime whose kernels run and the runtime itself; the path through
    a backend, also by vendor and by design.
    """
    design = generation(gpu)
    yield ""
    yield f"vendor:{gpu.vendor}"
    yield f"architecture:{gpu.architecture}"
    if design != gpu.architecture:
        yield f"design:{design}"
    if gpu.vendor == "apple" and "-ultra-" in gpu.id:
        yield "dies:2"  # two dies share the work over a link
    yield f"card:{chip(gpu.id)}"
    yield f"runtime:{kernels}"
    if kernels != runtime:
        yield f"runtime:{runtime}"
    yield f"path:{kernels}/{backend}"
    yield f"vendor-path:{gpu.vendor}/{kernels}/{backend}"
    yield f"design-path:{design}/{kernels}/{backend}"


def generation(gpu: Gpu) -> str:
    """Name the design a card belongs to: NVIDIA's architectures differ by compute capability."""
    if gpu.vendor == "nvidia" and gpu.compute_capability:
        return f"{gpu.architecture}/{gpu.compute_capability}"
    return gpu.architecture


def chip(gpu_id: str) -> str:
    """Name a card without the size of its memory: variants of one chip are one card to the fit."""
    words = gpu_id.split("-")
    return "-".join(word for word in words if not (word.endswith("gb") and word[:-2].isdigit()))


@lru_cache(maxsize=256)  # a few dozen quantities, for every card of a sweep
def group_of(quantity: str) -> str:
    """Name the group whose factors a quantity shares; empty if it stands alone."""
    group = quantity.split("_", 1)[0]
    return group if group in GROUPS and group != quantity else ""


def combined_factors(
    factors: Mapping[str, Mapping[str, float]], names: Iterable[str]
) -> dict[str, float]:
    """Multiply the factors of each quantity, and of each group, over the scopes that apply."""
    combined: dict[str, float] = {}
    for name in names:
        for quantity, factor in factors.get(name, {}).items():
            combined[quantity] = combined.get(quantity, 1.0) * factor
    return combined


def factor_of(quantity: str, combined: Mapping[str, float]) -> float:
    """Return a quantity's factor: its own times its group's; 1 where none was fitted."""
    return combined.get(quantity, 1.0) * combined.get(group_of(quantity), 1.0)


def basis(points: Mapping[str, int], gpu: Gpu) -> str:
    """Tell the closest level with measurements: the card, its architecture, its vendor, or all."""
    for level, name in (
        ("card", f"card:{chip(gpu.id)}"),
        ("architecture", f"architecture:{gpu.architecture}"),
        ("vendor", f"vendor:{gpu.vendor}"),
    ):
        if points.get(name):
            return level
    return "global"
