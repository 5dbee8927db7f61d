"""The screen of `fitcheck detect`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.text import numbers
from fitcheck.render.text.blocks import Facts, Notes, Stack, Title
from fitcheck.render.text.spans import Line, Span, joined, line

if TYPE_CHECKING:
    from fitcheck.records.machine_facts import FoundCard, MachineFacts
    from fitcheck.render.text.blocks import Block

FIELDS = (
    "system",
    "gpus",
    "ram_bytes",
    "ram_free_bytes",
    "ram_kind",
    "ram_bandwidth_bytes_per_s",
    "tried",
)


def machine_screen(facts: MachineFacts) -> list[Block]:
    """Give the GPUs, each with what is free and what holds the rest, then RAM and system."""
    blocks: list[Block] = [_card(card) for card in facts.gpus]
    host = Facts([("RAM", _ram(facts)), ("system", facts.system)])
    if not facts.gpus:
        blocks.append(Title(Span("no GPU found", "strong")))
        blocks.append(host)
        blocks.append(Facts([("tried", [line(each) for each in facts.tried])]))
        blocks.append(Notes(["name a card to ask about it: `--gpu rtx4090`"]))
        return blocks
    blocks.append(host)
    blocks.append(Notes(["`--gpu local` asks about this machine"]))
    return blocks


def _card(card: FoundCard) -> Block:
    name = joined([Span(card.id or card.name, "strong"), *([card.name] if card.id else [])])
    bandwidth = card.bandwidth_bytes_per_s
    right = f"{numbers.bandwidth(bandwidth)} GB/s" if bandwidth else "bandwidth unknown"
    facts = Facts(
        [
            ("memory", _memory(card)),
            ("in use", _occupants(card)),
            ("driver", _driver(card)),
            ("", "no table knows this card: `--vram` and `--bandwidth` describe it")
            if not card.id
            else ("", ""),
        ]
    )
    return Stack([Title(name, right, rule=True), facts])


def _memory(card: FoundCard) -> str:
    if card.total_bytes is None:
        total = "total not reported"
    else:
        total = f"{numbers.memory(card.total_bytes)} in total"
        if card.unified_memory:
            total = f"up to {numbers.memory(card.total_bytes)} of the RAM"
    parts = [total]
    if card.free_bytes is not None:
        parts.append(f"{numbers.memory(card.free_bytes)} free")
    elif card.usable_bytes is not None:
        parts.append(f"{numbers.memory(card.usable_bytes)} usable")
    return ", ".join(parts)


def _occupants(card: FoundCard) -> list[Line]:
    lines = [
        line(
            f"{occupant.name} ({occupant.pid})",
            f", {numbers.memory(occupant.memory_bytes)}" if occupant.memory_bytes else "",
        )
        for occupant in card.occupants
    ]
    if card.drives_display:
        lines.append(line("drives a display"))
    return lines


def _driver(card: FoundCard) -> str:
    parts = [card.driver_version, card.compute_capability, f"found by {card.found_by}"]
    return ", ".join(part for part in parts if part)


def _ram(facts: MachineFacts) -> str:
    if facts.ram_bytes is None:
        return "unknown"
    parts = [numbers.memory(facts.ram_bytes)]
    if facts.ram_free_bytes is not None:
        parts.append(f"{numbers.memory(facts.ram_free_bytes)} free")
    if facts.ram_bandwidth_bytes_per_s:
        speed = numbers.bandwidth(facts.ram_bandwidth_bytes_per_s)
        parts.append(f"{facts.ram_kind}, {speed} GB/s")
    return ", ".join(parts)
