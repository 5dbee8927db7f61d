"""The list of cards, and several side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.text import numbers
from fitcheck.render.text.blocks import Facts, Notes
from fitcheck.render.text.spans import Line, Span, Words, joined, line
from fitcheck.render.text.table import Table, number, words
from fitcheck.render.text.theme import NOT_APPLICABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fitcheck.records.gpu_facts import GpuFacts
    from fitcheck.records.sources import Source
    from fitcheck.render.text.blocks import Block

ROW_FIELDS = (
    "id",
    "name",
    "vendor",
    "architecture",
    "compute_capability",
    "segment",
    "die",
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
                per_unit(row.bandwidth_per_dollar),
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


def level_in_words(level: str) -> str:
    """Say what a runtime does with a format on a card."""
    return "not run" if level == "unsupported" else level


def _level_of(card: GpuFacts, kind: str) -> Words:
    level = next((known.level for known in card.formats if known.kind == kind), "unknown")
    styles = {"native": "good", "emulated": "", "unsupported": "dim", "unknown": "dim"}
    shown = NOT_APPLICABLE if level == "unknown" else level_in_words(level)
    return Span(shown, styles.get(level, ""))


def _whole(value: float | None) -> str:
    return NOT_APPLICABLE if value is None else numbers.count(value)


def per_unit(bytes_per_s: float | None) -> str:
    """Write bytes/s a dollar or a watt as GB/s, without the unit."""
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
    ("GB/s per $", lambda card: per_unit(card.bandwidth_per_dollar)),
    ("GB/s per W", lambda card: per_unit(card.bandwidth_per_watt)),
    ("released", lambda card: card.released or NOT_APPLICABLE),
)
