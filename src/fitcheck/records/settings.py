"""How a model is run: every flag that changes memory or speed, resolved to numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of one run; tokens, bytes, counts. `None` means the runtime's own default.

    `context` is what is reserved, `depth` what the cache holds when the speed is quoted.
    `key_format` and `value_format` are ids of storage types for the KV cache.
    """

    context: int = 8192
    depth: int = 512
    concurrency: int = 1
    prompt: int = 512
    kv_format: str = ""  # "" = the runtime's default
    backend: str = ""  # "" = the vendor's default
    ubatch: int = 512
    flash_attention: bool = True
    slots: int | None = None  # llama.cpp's --parallel; None: as concurrency
    unified_kv: bool | None = None
    swa_full: bool = False
    imatrix: bool = True
    gpu_memory_utilization: float | None = None
    images: int = 0
    display: bool = False
    system: str = "linux"  # linux, windows, wsl, macos
    ram_bytes: int | None = None  # system RAM for offload; None: not considered
    unified_memory_bytes: int | None = None  # RAM of a Mac or another unified system
