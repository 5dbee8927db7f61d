"""Working memory of a run beside weights and cache: compute buffers and the runtime's own needs."""

from __future__ import annotations

from fitcheck.records.record import record


@record
class ComputeBuffer:
    """Activations and logits: `device_bytes` with all layers on one card, `host_bytes` in RAM.

    `bound_by` says what the peak is: "activations of one layer", "logits", "attention scores".
    `split_bytes` are the buffers of the first, each middle and the last of several cards; empty
    where a runtime reserves the same on each.
    """

    device_bytes: int
    host_bytes: int = 0
    bound_by: str = ""
    split_bytes: tuple[int, int, int] | None = None

    def on_cards(self, count: int) -> int:
        """Sum the buffers of `count` cards."""
        if count == 1 or self.split_bytes is None:
            return self.device_bytes * count
        first, middle, last = self.split_bytes
        return first + (count - 2) * middle + last


@record
class Overhead:
    """What a runtime takes beside its own buffers, with the spread its sources show. Bytes."""

    overhead_bytes: int
    low_bytes: int
    high_bytes: int
