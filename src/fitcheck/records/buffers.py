"""Working memory of a run beside weights and cache: compute buffers and the runtime's own needs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeBuffer:
    """Activations and logits: `device_bytes` on each card's side in all, `host_bytes` in RAM.

    `bound_by` says what the peak is: "activations of one layer", "logits", "attention scores" …
    """

    device_bytes: int
    host_bytes: int = 0
    bound_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overhead:
    """What a runtime takes beside its own buffers, with the spread its sources show. Bytes."""

    overhead_bytes: int
    low_bytes: int
    high_bytes: int
