"""What a user's own benchmark taught: measurements beside estimates, and the factors kept."""

from __future__ import annotations

from fitcheck.records.record import record


@record
class Comparison:
    """One measurement of the user's beside the estimate for the same question, tok/s."""

    phase: str
    model: str
    format: str
    gpu: str
    runtime: str
    backend: str
    depth_tokens: int
    prompt_tokens: int
    measured_tokens_per_s: float
    estimated_tokens_per_s: float
    ratio: float


@record
class Learned:
    """What was learned: the comparisons, and the factor on the card's seconds by phase."""

    gpu: str
    runtime: str
    comparisons: tuple[Comparison, ...]
    decode_factor: float | None
    prefill_factor: float | None
    path: str
    skipped: tuple[str, ...] = ()
