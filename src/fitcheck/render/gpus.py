"""The list of cards, the description of one, and several side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render import numbers
from fitcheck.render.blocks import Facts, Notes, Stack, Title
from fitcheck.render.table import Table, number, words
from fitcheck.render.text import Line, Span, Words, joined, line
from fitcheck.render.theme import NOT_APPLICABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fitcheck.records.gpu_facts import GpuFacts
    from fitcheck.records.sources import Source
    from fitcheck.render.blocks import Block

ROW_FIELDS = (
    "id",
    "name",
    "vendor",
    "architecture",
    "compute_capability",
    "segment",
    "released",
    "memory_bytes",
    "usable_bytes",
    "unified_memory",
    "driver_memory_bytes",
    "memory_type",
    "bus_bits",
    "bandwidth_bytes_per_s",
    "l2_bytes",
    "infinity_cache_bytes",
    "half_flops",
    "fp32_flops",
    "fp16_flops",
    "fp16_tensor_flops",
    "fp16_tensor_fp32_accumulate_flops",
    "bf16_tensor_flops",
    "fp8_tensor_flops",
    "int8_tensor_ops",
    "fp4_tensor_flops",
    "tdp_w",
    "pcie_generation",
    "pcie_lanes",
    "nvlink_bytes_per_s",
    "launch_price_usd",
    "bandwidth_per_dollar",
    "bandwidth_per_watt",
    "ecc",
    "board_gpus",
    "confidence",
)
FACT_FIELDS = (
    *ROW_FIELDS,
    "memory_options_bytes",
    "formats",
    "driver_names",
    "aliases",
    "sources",
    "notes",
    "usable_steps",
)


def cards_table(rows: Sequence[GpuFacts]) -> list[Block]:
    """Give the list of cards."""
    if not rows:
        return [Notes(["no card passes these filters"])]
    table = Table(
        [
            words("GPU"),
            number("GiB"),
            number("usable", drop=2),
            number("GB/s"),
            number("TFLOPS", drop=3),
            number("W", drop=4),
            number("price", drop=5),
            number("GB/s per $", drop=7),
            words("arch", drop=6),
            words("released", drop=8),
        ],
        [
            [
                row.id,
                numbers.whole_gib(row.memory_bytes),
                numbers.gib(row.usable_bytes),
                numbers.bandwidth(row.bandwidth_bytes_per_s),
                numbers.flops(row.half_flops),
                _whole(row.tdp_w),
                numbers.money(row.launch_price_usd),
                _per(row.bandwidth_per_dollar),
                row.architecture,
                row.released or NOT_APPLICABLE,
            ]
            for row in rows
        ],
    )
    note = "TFLOPS: dense, 16 bits with 32-bit accumulation; price: at launch"
    return [table, Notes([note])]


def comparison(cards: Sequence[GpuFacts]) -> list[Block]:
    """Give several cards side by side: a column a card, a row a figure, then the sources."""
    rows: list[tuple[str, list[Words]]] = [
        (label, [read(card) for card in cards]) for label, read in _ROWS
    ]
    rows = [(label, cells) for label, cells in rows if set(cells) != {NOT_APPLICABLE}]
    kinds = [known.kind for known in cards[0].formats]
    levels = [(f"runs {kind}", [_level_of(card, kind) for card in cards]) for kind in kinds]
    table = Table(
        [words("GPU"), *(number(card.id) for card in cards)],
        [[label, *cells] for label, cells in (*rows, *levels)],
    )
    sources = Facts([(card.id, _sources_by_figure(card.sources)) for card in cards])
    blocks: list[Block] = [table, sources]
    doubts = [f"{card.id}: confidence {card.confidence}" for card in cards if _in_doubt(card)]
    shared = [
        f"{card.id}: of {numbers.whole_gib(card.memory_bytes)} GiB shared with the CPU"
        for card in cards
        if card.unified_memory
    ]
    if lines := [*shared, *doubts]:
        blocks.append(Notes(lines))
    return blocks


def card_screen(card: GpuFacts) -> list[Block]:
    """Give the description of one card."""
    bandwidth = f"{numbers.bandwidth(card.bandwidth_bytes_per_s)} GB/s"
    memory = f"{numbers.whole_gib(card.memory_bytes)} GiB"
    title = Title(joined([Span(card.id, "strong"), card.name]), f"{memory}, {bandwidth}", rule=True)
    figures = Facts(
        [
            ("memory", _memory(card)),
            ("usable", f"{numbers.memory(card.usable_bytes)} for one program"),
            ("compute", _compute(card)),
            ("caches", _caches(card)),
            ("power", _power(card)),
            ("price", _price(card)),
            ("links", _links(card)),
        ]
    )
    formats = Facts(
        [
            (level, ", ".join(found))
            for level in ("native", "emulated", "not run", "unknown")
            if (found := [f.kind for f in card.formats if _word(f.level) == level])
        ]
    )
    origin = Facts(
        [
            ("kind", _kind(card)),
            ("released", card.released or ""),
            ("driver", ", ".join(card.driver_names)),
            ("also", ", ".join(card.aliases)),
            ("source", _sources(card.sources)),
        ]
    )
    blocks: list[Block] = [Stack([title, figures]), formats, origin]
    if card.notes:
        blocks.append(Notes(card.notes))
    return blocks


def usable_steps(card: GpuFacts) -> Block:
    """Give the derivation of the usable memory, a line a step."""
    return Facts(
        [
            (
                step.what,
                line(
                    f"{step.formula} = ",
                    Span(step.result, "strong"),
                    *([Span(f"  {step.source}", "dim", step.source)] if step.source else []),
                ),
            )
            for step in card.usable_steps
        ]
    )


def _memory(card: GpuFacts) -> list[Line]:
    parts = [f"{numbers.whole_gib(card.memory_bytes)} GiB"]
    if card.memory_type:
        parts[0] += f" {card.memory_type}"
    if card.bus_bits:
        parts.append(f"{card.bus_bits:,} bit")
    if card.driver_memory_bytes:
        parts.append(f"the driver reports {card.driver_memory_bytes / 1024**2:,.0f} MiB")
    if card.unified_memory:
        parts.append("shared with the CPU")
    lines = [line(", ".join(parts))]
    if len(card.memory_options_bytes) > 1:
        *most, last = (numbers.whole_gib(size) for size in card.memory_options_bytes)
        lines.append(line(f"sold with {', '.join(most)} or {last} GiB"))
    return lines


def _compute(card: GpuFacts) -> list[Line]:
    rates = [
        ("FP32", card.fp32_flops),
        ("FP16", card.fp16_tensor_fp32_accumulate_flops or card.fp16_flops),
        ("BF16", card.bf16_tensor_flops),
        ("FP8", card.fp8_tensor_flops),
        ("INT8", card.int8_tensor_ops),
        ("FP4", card.fp4_tensor_flops),
    ]
    known = [f"{name} {numbers.flops(rate)}" for name, rate in rates if rate]
    lines = [line(", ".join(known), " TFLOPS, dense")] if known else []
    fast = card.fp16_tensor_flops
    if fast and fast != card.fp16_tensor_fp32_accumulate_flops:
        lines.append(line(f"FP16 {numbers.flops(fast)} with 16-bit accumulation"))
    return lines


def _caches(card: GpuFacts) -> str:
    sizes = [("L2", card.l2_bytes), ("Infinity Cache", card.infinity_cache_bytes)]
    return ", ".join(f"{name} {numbers.memory(size)}" for name, size in sizes if size)


def _power(card: GpuFacts) -> str:
    if card.tdp_w is None:
        return ""
    return f"{card.tdp_w:,} W, {_per(card.bandwidth_per_watt)} GB/s per W"


def _price(card: GpuFacts) -> str:
    if card.launch_price_usd is None:
        return ""
    per_dollar = _per(card.bandwidth_per_dollar)
    return f"{numbers.money(card.launch_price_usd)} at launch, {per_dollar} GB/s per $"


def _links(card: GpuFacts) -> str:
    links = []
    if card.pcie_generation:
        links.append(f"PCIe {card.pcie_generation}.0 x{card.pcie_lanes or 16}")
    if card.nvlink_bytes_per_s:
        links.append(f"NVLink {numbers.bandwidth(card.nvlink_bytes_per_s)} GB/s")
    if card.board_gpus > 1:
        links.append(f"{card.board_gpus} such GPUs on a board")
    return ", ".join(links)


def _kind(card: GpuFacts) -> str:
    words_ = [card.vendor, card.segment, card.architecture, card.compute_capability]
    return " · ".join(word for word in words_ if word)


def _sources(sources: Sequence[Source]) -> list[Line]:
    return [line(f"{source.of}: ", Span(source.title, "", source.url)) for source in sources]


def _sources_by_figure(sources: Sequence[Source]) -> list[Line]:
    """Give a line for each figure, or set of figures, with all its sources."""
    figures = dict.fromkeys(source.of for source in sources)
    return [
        line(
            f"{of}: ",
            joined([Span(s.title, "", s.url) for s in sources if s.of == of], "; "),
        )
        for of in figures
    ]


def _in_doubt(card: GpuFacts) -> bool:
    return card.confidence != "high"


def _word(level: str) -> str:
    return "not run" if level == "unsupported" else level


def _level_of(card: GpuFacts, kind: str) -> Words:
    level = next((known.level for known in card.formats if known.kind == kind), "unknown")
    styles = {"native": "good", "emulated": "", "unsupported": "dim", "unknown": "dim"}
    shown = NOT_APPLICABLE if level == "unknown" else _word(level)
    return Span(shown, styles.get(level, ""))


def _whole(value: float | None) -> str:
    return NOT_APPLICABLE if value is None else numbers.count(value)


def _per(bytes_per_s: float | None) -> str:
    return NOT_APPLICABLE if bytes_per_s is None else f"{bytes_per_s / 10**9:.2f}"


def _cache(size: int | None) -> str:
    return NOT_APPLICABLE if size is None else f"{size / 1024**2:g}"


_ROWS: tuple[tuple[str, Callable[[GpuFacts], str]], ...] = (
    ("memory GiB", lambda card: numbers.whole_gib(card.memory_bytes)),
    ("usable GiB", lambda card: numbers.gib(card.usable_bytes)),
    ("GB/s", lambda card: numbers.bandwidth(card.bandwidth_bytes_per_s)),
    ("L2 MiB", lambda card: _cache(card.l2_bytes)),
    ("FP32 TFLOPS", lambda card: numbers.flops(card.fp32_flops)),
    (
        "FP16 TFLOPS",
        lambda card: numbers.flops(card.fp16_tensor_fp32_accumulate_flops or card.fp16_flops),
    ),
    ("BF16 TFLOPS", lambda card: numbers.flops(card.bf16_tensor_flops)),
    ("FP8 TFLOPS", lambda card: numbers.flops(card.fp8_tensor_flops)),
    ("INT8 TOPS", lambda card: numbers.flops(card.int8_tensor_ops)),
    ("FP4 TFLOPS", lambda card: numbers.flops(card.fp4_tensor_flops)),
    ("watts", lambda card: _whole(card.tdp_w)),
    ("launch price", lambda card: numbers.money(card.launch_price_usd)),
    ("GB/s per $", lambda card: _per(card.bandwidth_per_dollar)),
    ("GB/s per W", lambda card: _per(card.bandwidth_per_watt)),
    ("released", lambda card: card.released or NOT_APPLICABLE),
)
