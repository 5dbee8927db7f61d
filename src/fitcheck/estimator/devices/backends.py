"""Through what a card is reached: its maker's backends, and which of them a runtime takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.runtime import Runtime

# Best first. A card described by its figures alone is taken for one of NVIDIA's.
_BACKENDS = {
    "nvidia": ("cuda", "vulkan"),
    "amd": ("rocm", "vulkan"),
    "intel": ("sycl", "xpu", "vulkan"),
    "apple": ("metal",),
    "google": ("tpu",),
    "aws": ("neuron",),
}
_DESCRIBED = ("cuda",)
_GAUDI = ("hpu",)
# Accelerators that run what was ported to them one format at a time.
ACCELERATORS = frozenset({"tpu", "neuron", "hpu"})


def card_backends(gpu: Gpu) -> tuple[str, ...]:
    """Return the backends a card can be reached through, the best first."""
    if gpu.architecture == "gaudi":
        return _GAUDI
    return _BACKENDS.get(gpu.vendor, _DESCRIBED)


def backend_for(runtime: Runtime, gpu: Gpu, asked: str = "") -> str:
    """Return the backend a runtime uses on a card: the one asked for, else the best both have.

    Empty where they have none in common, or the card is not reached through the one asked for.
    """
    if asked:
        return asked if asked in card_backends(gpu) else ""
    return next((name for name in card_backends(gpu) if name in runtime.backends), "")
