"""Storage types, quantization formats, KV formats, and what is published of their quality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.records.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageType:
    """How elements are packed: `block_bytes` for `block_elements` along a row, scales included.

    `row_bytes` are added once a row (ik_llama.cpp's row scales), `tensor_bytes` once a tensor
    (codebooks). `speed_class` groups types whose kernels read at a like share of the bandwidth.
    """

    id: str
    name: str
    block_elements: int
    block_bytes: int
    row_bytes: int = 0
    tensor_bytes: int = 0
    speed_class: str = ""
    derivation: str = ""
    sources: tuple[Source, ...] = ()

    @property
    def bits(self) -> float:
        """Bits an element, scales of the block included, rows and codebooks not."""
        return self.block_bytes * 8 / self.block_elements


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """One published quality figure. Figures are comparable only within one `source` and model."""

    model: str
    metric: str  # "perplexity change", "KL divergence", "accuracy change" …
    value: float
    baseline: float | None = None
    dataset: str = ""
    conditions: str = ""
    source: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What a runtime does with a format on an architecture class; the first matching line counts.

    `level` is "native", "emulated" (runs, but without the hardware's own arithmetic, or weights are
    unpacked first), or "unsupported". `hardware` is a test such as "cuda>=8.9", "gfx95x", "metal",
    "any". `since`/`until` are versions of the runtime.
    """

    runtime: str
    hardware: str
    level: str
    how: str = ""
    version: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A quantization format: which storage type each tensor gets.

    `rule` names the mixing rule: "gguf" (llama.cpp's presets), "linear" (the decoder's linear
    layers get `storage`, the rest `rest`), "uniform" (every matrix gets `storage`) …
    `parameters` are the rule's own (group size, bits, act-order …).
    """

    id: str
    name: str
    family: str  # gguf, awq, gptq, bnb, fp8, nvfp4, mxfp4, exl2, exl3, mlx …
    rule: str
    storage: str = ""
    rest: str = "bf16"
    parameters: dict[str, object] | None = None
    weight_bits: float | None = None
    activation_bits: int | None = None
    description: str = ""
    derivation: str = ""
    unquantized: str = ""
    runtimes: tuple[str, ...] = ()
    default_runtime: str = ""
    papers: tuple[str, ...] = ()
    support: tuple[Support, ...] = ()
    quality: tuple[Quality, ...] = ()
    aliases: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KvFormat:
    """How a runtime stores keys and values: bits an element, scales included, for K and for V."""

    id: str
    name: str
    key_storage: str  # storage type ids
    value_storage: str
    runtimes: tuple[str, ...] = ()
    description: str = ""
    aliases: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
