"""A published measurement of decode or prefill speed."""

from __future__ import annotations

from typing import Any

from fitcheck.records.record import record


@record
class Benchmark:
    """One published measurement: what ran on what, how, how fast, and where that is written.

    `phase` is "decode" or "prefill". `tokens_per_s` is over all sequences where `concurrency` > 1.
    `depth` is the tokens in the cache before the first token measured. `mark` is empty for a clean
    row; otherwise it says why the row takes no part in the calibration.
    """

    gpu: str
    model: str
    format: str
    runtime: str
    phase: str
    tokens_per_s: float
    count: int = 1
    backend: str = ""
    parameters_b: float = 0.0
    active_b: float = 0.0
    depth: int = 0
    prompt_tokens: int = 0
    generated_tokens: int = 0
    concurrency: int = 1
    build: str = ""
    date: str = ""
    flash_attention: bool | None = None
    kv_format: str = ""
    spread: float | None = None
    file_bytes: int | None = None
    published_as: str = ""
    source: str = ""
    url: str = ""
    mark: str = ""
    note: str = ""


def read_benchmark(row: dict[str, Any]) -> Benchmark:
    """Decode a compiled row: its fields that are not the default."""
    return Benchmark(**row)
