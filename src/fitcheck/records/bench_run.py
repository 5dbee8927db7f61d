"""A measurement a user made, as the benchmark tool wrote it down: names still words."""

from __future__ import annotations

from fitcheck.records.record import record


@record
class BenchRun:
    """One test of llama-bench or one run of vLLM's benchmark.

    `phase` is "decode" or "prefill". `model_file` and `model_name` are what the tool printed;
    `parameters` and `model_bytes` are known from llama-bench only. `gpu_layers` below the number of
    layers means part of the model ran in system RAM; `None` where the tool does not say. `tool` is
    the benchmark, a name of the runtime it belongs to.
    """

    phase: str
    tokens_per_s: float
    prompt_tokens: int = 0
    generated_tokens: int = 0
    depth: int = 0
    concurrency: int = 1
    tool: str = "llama-bench"
    backend: str = ""
    gpu_name: str = ""
    model_name: str = ""
    model_file: str = ""
    parameters: int | None = None
    model_bytes: int | None = None
    key_format: str = "f16"
    value_format: str = "f16"
    flash_attention: bool | None = None
    gpu_layers: int | None = None
    spread: float | None = None
    build: str = ""
    date: str = ""
