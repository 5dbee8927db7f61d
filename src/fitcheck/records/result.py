"""An answer as data: the record behind the JSON, the screens and the Python API.

Field names are the JSON keys of `fitcheck/1`: keys are only ever added. Unknown is `None`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fitcheck.records.record import field, record

if TYPE_CHECKING:
    from fitcheck.records.sources import Source

VERDICTS = ("fits", "tight", "offload", "too_big", "unsupported")  # best first


@record
class ModelPart:
    """Which model was asked about."""

    id: str
    name: str
    total_params: int
    active_params: int
    source: str
    confidence: str = "exact"


@record
class PaperLink:
    """A paper behind a format."""

    id: str
    title: str
    url: str


@record
class QualityPart:
    """A published change against 16 bit; comparable only with others of the same source and model.

    `change_percent` above 0 is worse (perplexity up, accuracy down).
    """

    change_percent: float
    metric: str
    model: str
    source: str
    url: str


@record
class FormatPart:
    """Which format, and the bits it comes to on this model: total bytes × 8 ÷ `stored_params`."""

    id: str
    name: str
    bits_per_weight: float
    stored_params: int = 0
    papers: tuple[PaperLink, ...] = ()
    support: str = "native"  # native, emulated, unsupported, unknown
    support_how: str = ""
    quality: QualityPart | None = None


@record
class GpuPart:
    """Which card, and how many; the bandwidth is all cards' together."""

    id: str
    name: str
    count: int
    bandwidth_bytes_per_s: int | None = None


@record
class Memory:
    """Memory by part; `needed` is the sum of the five parts on the card(s). Bytes."""

    weights_bytes: int
    kv_cache_bytes: int
    recurrent_state_bytes: int
    compute_buffer_bytes: int
    runtime_overhead_bytes: int
    needed_bytes: int
    capacity_bytes: int
    usable_bytes: int
    free_bytes: int  # negative when short
    weights_host_bytes: int
    weights_total_bytes: int


@record
class CardMemory:
    """Memory of one card by part; `needed` is the sum of the five parts. Bytes."""

    gpu: str
    weights_bytes: int
    kv_cache_bytes: int
    recurrent_state_bytes: int
    compute_buffer_bytes: int
    runtime_overhead_bytes: int
    needed_bytes: int
    usable_bytes: int
    free_bytes: int  # negative when short


@record
class HostMemory:
    """What lies in system RAM: tables rows are looked up in, and layers no card holds. Bytes.

    `ram_bytes` is what the question allows; `None` where it does not say.
    """

    weights_bytes: int
    kv_cache_bytes: int
    recurrent_state_bytes: int
    compute_buffer_bytes: int
    needed_bytes: int
    ram_bytes: int | None = None


@record
class Decode:
    """Decode speed with `depth_tokens` in the cache; tok/s over all sequences."""

    depth_tokens: int
    tokens_per_s: float
    tokens_per_s_low: float
    tokens_per_s_high: float
    tokens_per_s_ceiling: float
    bytes_per_token: int
    bound_by: str  # memory_bandwidth, compute, overhead


@record
class Prefill:
    """Prompt processing: tok/s, and the time to the first token of `prompt_tokens`."""

    prompt_tokens: int
    tokens_per_s: float
    tokens_per_s_low: float
    tokens_per_s_high: float
    ttft_s: float


class Quantity(NamedTuple):
    """A number of a derivation, in base units (bytes, seconds, bytes a second), and what it counts.

    `unit` is "count", "B", "GiB" and "MiB" (bytes to be told so), "memory" (in the larger that
    suits), "bits", "mean bits" (an average), "share", "factor", "GB", "GB/s", "tok/s", "speed"
    (the same, its unit told by the next) or "ms".
    """

    value: float
    unit: str


@record
class Step:
    """One line of a derivation: what, the formula with its numbers, the result, its source.

    Formula and result are words, operators and quantities in their order; how a quantity is written
    is a matter of the screen.
    """

    what: str
    formula: tuple[str | Quantity, ...]
    result: tuple[str | Quantity, ...]
    source: str = ""


@record
class Measured:
    """A published measurement near the question."""

    gpu: str
    model: str
    format: str
    runtime: str
    tokens_per_s: float
    depth_tokens: int
    date: str
    url: str
    match: str  # "same card and model", "same card and size", "same architecture"


@record
class Offer:
    """The nearest thing that does fit: the flag to change, its value, and what it gives."""

    flag: str
    value: str
    verdict: str
    needed_bytes: int
    usable_bytes: int


@record
class Estimate:
    """One model in one format on one device: does it fit, how fast, why.

    Speeds are `None` where nothing runs (too big, unsupported) or nothing is known.
    """

    model: ModelPart
    format: FormatPart
    gpu: GpuPart
    runtime: str
    backend: str
    context_tokens: int
    concurrency: int
    kv_format: str
    verdict: str
    memory: Memory
    decode: Decode | None
    decode_full_context: Decode | None
    prefill: Prefill | None
    max_context_tokens: int | None
    cards: tuple[CardMemory, ...] = ()
    host: HostMemory | None = None
    measured: tuple[Measured, ...] = ()
    offers: tuple[Offer, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    explain: tuple[Step, ...] = field(default=(), repr=False)
