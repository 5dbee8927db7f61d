"""The description of one card, and the derivation of its usable memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.screens.gpus import level_in_words, per_unit
from fitcheck.render.text import numbers
from fitcheck.render.text.blocks import Facts, Notes, Stack, Title
from fitcheck.render.text.quantities import said
from fitcheck.render.text.spans import Line, Span, joined, line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.records.gpu_facts import GpuFacts
    from fitcheck.records.sources import Source
    from fitcheck.render.text.blocks import Block


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
            if (found := [f.kind for f in card.formats if level_in_words(f.level) == level])
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
                    f"{said(step.formula)} = ",
                    Span(said(step.result), "strong"),
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
    return f"{card.tdp_w:,} W, {per_unit(card.bandwidth_per_watt)} GB/s per W"


def _price(card: GpuFacts) -> str:
    if card.launch_price_usd is None:
        return ""
    per_dollar = per_unit(card.bandwidth_per_dollar)
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
    words_ = [card.vendor, card.segment, card.architecture, card.die, card.compute_capability]
    return " · ".join(word for word in words_ if word)


def _sources(sources: Sequence[Source]) -> list[Line]:
    return [line(f"{source.of}: ", Span(source.title, "", source.url)) for source in sources]
