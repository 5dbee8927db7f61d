"""The list of formats, and the description of one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fitcheck.render.screens.quality import change
from fitcheck.render.text import numbers
from fitcheck.render.text.blocks import Facts, Notes, Stack, Title
from fitcheck.render.text.spans import Line, Span, joined, line
from fitcheck.render.text.table import Table, number, words
from fitcheck.render.text.theme import NOT_APPLICABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.records.format import Quality, Support
    from fitcheck.records.format_facts import FormatFacts, FormatRow, SizeOf
    from fitcheck.render.text.blocks import Block

ROW_FIELDS = (
    "id",
    "name",
    "family",
    "bits",
    "activation_bits",
    "runtime",
    "runtimes",
    "level",
    "how",
    "quality.change_percent",
    "quality.metric",
    "quality.model",
    "quality.source",
    "quality.url",
    "papers",
    "description",
)
FACT_FIELDS = (
    "id",
    "name",
    "family",
    "description",
    "bits",
    "weight_bits",
    "activation_bits",
    "storage",
    "packing",
    "derivation",
    "unquantized",
    "sizes",
    "runtimes",
    "default_runtime",
    "support",
    "quality",
    "papers",
    "aliases",
    "sources",
    "notes",
)
_HARDWARE = {"cuda": "CUDA", "rocm": "AMD", "gfx": "AMD", "metal": "Apple", "xpu": "Intel"}
_GFX_DIGITS = 6
_SHOWN_SHARE = 0.005  # storage types with less of the bytes are left out of a line


def formats_table(rows: Sequence[FormatRow], hidden: int) -> list[Block]:
    """Give the list of formats."""
    with_levels = any(row.level for row in rows)
    table = Table(
        [
            words("format"),
            number("bits"),
            words("family", drop=3),
            words("runs in"),
            *([words("how", drop=5)] if with_levels else []),
            number("worse by", drop=2),
            words("described in", drop=1),
            words("what it is", drop=6),
        ],
        [
            [
                row.id,
                numbers.bits(row.bits),
                row.family,
                joined([row.runtime, row.level]),
                *([row.how] if with_levels else []),
                change(row.quality.change_percent) if row.quality else NOT_APPLICABLE,
                Span(row.papers[0].id, "", row.papers[0].url) if row.papers else NOT_APPLICABLE,
                row.description,
            ]
            for row in rows
        ],
    )
    notes = [
        "bits: of its own storage type, scales included; `fitcheck format NAME` sizes models",
        "worse by: published change against 16 bit; it compares within one source and model only",
    ]
    if hidden:
        notes.append(f"{hidden} variants and rarer formats are left out; --all shows them")
    return [table, Notes(notes)]


def format_card(facts: FormatFacts) -> list[Block]:
    """Give the description of one format."""
    what = f"{numbers.bits(facts.bits)} bits"
    if facts.activation_bits:
        what += f", activations {facts.activation_bits} bit"
    title = Title(joined([Span(facts.id, "strong"), facts.name]), what, rule=True)
    most = Facts(
        [
            ("what", facts.description),
            ("packing", facts.packing),
            ("rule", _rule(facts)),
            ("kept", facts.unquantized),
            ("sizes", _sizes(facts.sizes)),
            ("runs in", [line(words_) for words_ in _support(facts)]),
            ("quality", [_quality(entry) for entry in facts.quality]),
        ]
    )
    origin = Facts(
        [
            ("papers", [line(Span(p.title, "", p.url)) for p in facts.papers]),
            ("also", ", ".join(facts.aliases)),
            ("source", [line(Span(s.title, "", s.url)) for s in facts.sources]),
        ]
    )
    blocks: list[Block] = [Stack([title, most]), origin]
    notes = list(facts.notes)
    if not facts.papers:
        notes.append("no paper describes this format; its source above does")
    if len({(entry.source, entry.model) for entry in facts.quality}) > 1:
        notes.append("figures of quality compare only within one source and model")
    if notes:
        blocks.append(Notes(notes))
    return blocks


def _rule(facts: FormatFacts) -> str:
    """Give the derivation, unless the description has told it already."""
    told = facts.derivation.partition("; ")[2]
    return "" if told and told in facts.description else facts.derivation


def _sizes(sizes: Sequence[SizeOf]) -> Table:
    return Table(
        [words("model"), number("GiB"), number("bits"), words("types", drop=1)],
        [
            [
                size.model,
                f"{numbers.gib(size.total_bytes)} GiB",
                f"{numbers.bits(size.bits_per_weight)} bits",
                Span(_shares(size), "dim"),
            ]
            for size in sizes
        ],
        header=False,
    )


def _shares(size: SizeOf) -> str:
    shown = [(name, share) for name, share in size.storage_share.items() if share >= _SHOWN_SHARE]
    return ", ".join(f"{name} {numbers.percent(share)}" for name, share in shown)


def _support(facts: FormatFacts) -> list[str]:
    """Tell what runs where, runtimes that do the same in one line."""
    lines = Counter(entry.runtime for entry in facts.support)
    groups: dict[tuple[str, str, str], list[str]] = {}
    for entry in facts.support:
        hardware = _hardware(entry, alone=lines[entry.runtime] == 1)
        groups.setdefault((hardware, entry.level, entry.how), []).append(entry.runtime)
    if not groups:
        return [", ".join(facts.runtimes)]
    return [
        f"{', '.join(runtimes)} on {hardware}: {level}, {how}"
        for (hardware, level, how), runtimes in groups.items()
    ]


def _hardware(entry: Support, *, alone: bool) -> str:
    """Name the hardware of a line: `CUDA ≥ 8.0 < 10.0`, `AMD gfx94x`, `anything else`."""
    if entry.hardware == "any":
        return "any card" if alone else "anything else"
    first, *rest = entry.hardware.split()
    shown = " ".join([first, *(test.removeprefix("cuda") for test in rest)])
    shown = shown.replace(">=", " ≥ ").replace("<", " < ")
    for test, name in _HARDWARE.items():
        if shown.startswith(test):
            if test == "gfx" and shown != "gfx":  # gfx94 is all of gfx94x
                return f"{name} {shown}{'x' * (_GFX_DIGITS - len(shown))}"
            shown = name + shown.removeprefix(test)
            break
    return " ".join(shown.split())


def _quality(entry: Quality) -> Line:
    """Tell a published figure: `perplexity 6.383, 6.232 in 16 bit (Llama-3-8B …): source`."""
    figure = f"{entry.metric} {entry.value:.4g}"
    if entry.baseline:
        figure += f", {entry.baseline:.4g} in 16 bit"
    where = ", ".join(part for part in (entry.model, entry.dataset, entry.conditions) if part)
    return line(f"{figure} ({where}): ", Span(entry.source, "", entry.url))
