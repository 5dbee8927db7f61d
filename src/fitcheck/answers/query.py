"""A question, with its words still words: which models, cards and formats, run how."""

from __future__ import annotations

from fitcheck.records.record import record

ALL = ("all",)


@record
class Query:
    """What was asked. `None` is "not said": a noun left out is ranked, a setting gets its default.

    `models`, `gpus` and `formats` hold words (names, files, `2x rtx3090`); `("all",)` is every
    record. `context` is tokens, or "max" for the model's maximum. Sizes are bytes, rates bytes/s
    and FLOP/s. `sort` names a field (`speed`, `free`, `bits` … of `ranking.SORTS`), `only` the
    verdict to keep. `complete` fills in what a table on screen does not show (the largest context,
    sources).
    """

    models: tuple[str, ...] | None = None
    gpus: tuple[str, ...] | None = None
    formats: tuple[str, ...] | None = None
    context: int | str | None = None
    depth: int | None = None
    kv: str | None = None
    concurrency: int = 1
    prompt: int | None = None
    runtime: str | None = None
    backend: str | None = None
    ram_bytes: int | None = None
    vram_bytes: int | None = None
    bandwidth_bytes_per_s: int | None = None
    flops: float | None = None
    ubatch: int | None = None
    flash_attention: bool | None = None
    slots: int | None = None
    kv_unified: bool = False
    all_outputs: bool = False
    swa_full: bool = False
    gpu_memory_utilization: float | None = None
    imatrix: bool = True
    images: int = 0
    mmproj: str | None = None
    display: bool = False
    system: str | None = None
    unified_memory_bytes: int | None = None
    installed: bool = False
    params: int | None = None
    layers: int | None = None
    hidden: int | None = None
    sort: str | None = None
    limit: int | None = None
    only: str | None = None
    show_all: bool = False
    complete: bool = False
    evidence: bool = False
    explain: bool = False
    data_folders: tuple[str, ...] = ()
