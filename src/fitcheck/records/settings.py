"""How a model is run: every flag that changes memory or speed, resolved to numbers."""

from __future__ import annotations

from fitcheck.records.record import record


@record(eq=True)
class Settings:
    """Settings of one run; tokens, bytes, counts.

    `context` is what is reserved, `depth` what the cache holds when the speed is quoted. `slots`
    is llama.cpp's `--parallel`: so many sequences share the context; `None`: `concurrency`
    sequences, each with the context for its own. `kv_unified`: all sequences in one stream of
    cells. `all_outputs`: the logits of every token of a micro-batch are kept, not of one a
    sequence. `backend` is "" where the card's own is to be taken; `gpu_memory_utilization` `None`
    where the runtime's; `ram_bytes` `None` where offload is not considered.
    """

    context: int = 8192
    depth: int = 512
    concurrency: int = 1
    prompt: int = 512
    backend: str = ""
    ubatch: int = 512
    flash_attention: bool = True
    slots: int | None = None
    kv_unified: bool = False
    all_outputs: bool = False
    swa_full: bool = False
    imatrix: bool = True
    gpu_memory_utilization: float | None = None
    images: int = 0
    display: bool = False
    system: str = "linux"  # linux, windows, wsl, macos
    ram_bytes: int | None = None
    unified_memory_bytes: int | None = None  # RAM of a Mac or another unified system
