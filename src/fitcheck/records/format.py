"""Storage types, quantization formats, KV formats, and what is published of their quality."""

from __future__ import annotations

from typing import Any

from fitcheck.records.record import record
from fitcheck.records.sources import Source


@record
class StorageType:
    """How the elements of a matrix are packed, scales included.

    Elements take `block_bytes` for `block_elements`. Scales and zero points take `group_bits` for
    a tile of `group_elements` along a row by `group_rows` rows (a last tile may be partial).
    `row_bits` are added once a row (an output channel), `column_bits` once a column (an input
    channel: GPTQ's g_idx), `tensor_bytes` once a matrix (codebooks, global scales).
    `whole_rows`: a row must be a whole number of blocks (all ggml types).
    `speed_class` groups types whose kernels read at a like share of the bandwidth.
    """

    id: str
    name: str
    block_elements: int
    block_bytes: int
    group_elements: int = 0
    group_rows: int = 1
    group_bits: int = 0
    row_bits: int = 0
    column_bits: int = 0
    tensor_bytes: int = 0
    whole_rows: bool = False
    speed_class: str = ""
    derivation: str = ""
    sources: tuple[Source, ...] = ()

    @property
    def bits(self) -> float:
        """Bits an element, scales of blocks and groups included; rows, columns, codebooks not."""
        bits = self.block_bytes * 8 / self.block_elements
        if self.group_elements:
            bits += self.group_bits / (self.group_elements * self.group_rows)
        return bits


@record
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


@record
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


@record
class Format:
    """A quantization format: which storage type each tensor gets.

    `rule` names the mixing rule: "gguf" (llama.cpp's presets), "linear" (the decoder's linear
    layers get `storage`, the rest `rest`), "uniform" (every matrix gets `storage`) …
    `parameters` are the rule's own (preset, head, bits …). `listed`: offered where formats are to
    be chosen among; the others (odd group sizes, rare formats) are answered by name.
    """

    id: str
    name: str
    family: str  # gguf, awq, gptq, bnb, fp8, nvfp4, mxfp4, exl2, exl3, mlx …
    rule: str
    listed: bool = True
    same_as: str = ""
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


@record
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


def read_storage_type(row: dict[str, Any]) -> StorageType:
    """Decode a compiled record."""
    fields = {key: value for key, value in row.items() if key != "aliases"}
    fields["sources"] = _sources(row)
    return StorageType(**fields)


def read_format(row: dict[str, Any]) -> Format:
    """Decode a compiled record: lists become tuples, support and quality their records."""
    fields = dict(row)
    for name in ("runtimes", "papers", "aliases", "notes"):
        if name in fields:
            fields[name] = tuple(fields[name])
    fields["support"] = tuple(
        Support(
            runtime=runtime, hardware=hardware, level=level, how=how, version=version, source=source
        )
        for runtime, hardware, level, how, version, source in fields.get("support", ())
    )
    fields["quality"] = tuple(Quality(**line) for line in fields.get("quality", ()))
    fields["sources"] = _sources(row)
    return Format(**fields)


def read_kv_format(row: dict[str, Any]) -> KvFormat:
    """Decode a compiled record: lists become tuples."""
    fields = dict(row)
    for name in ("runtimes", "papers", "aliases", "notes"):
        if name in fields:
            fields[name] = tuple(fields[name])
    fields["sources"] = _sources(row)
    return KvFormat(**fields)


def _sources(row: dict[str, Any]) -> tuple[Source, ...]:
    return tuple(Source(*source) for source in row.get("sources", ()))
