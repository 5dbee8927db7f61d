"""The table of `fitcheck accuracy`: how far estimates are from measurements they have not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.text.blocks import Notes, Stack, Title
from fitcheck.render.text.spans import Span
from fitcheck.render.text.table import Table, number, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.records.accuracy import Accuracy, ErrorLine
    from fitcheck.render.text.blocks import Block

FIELDS = (
    "phase",
    "group",
    "rows",
    "cards",
    "median_error",
    "within_20",
    "bias",
    "coverage",
    "median_error_by_source",
    "within_20_by_source",
)


def accuracy_rows(accuracy: Accuracy) -> list[dict[str, object]]:
    """Give every line of both tables as fields, for JSON and CSV."""
    return [
        {"phase": phase} | {name: getattr(row, name) for name in FIELDS if name != "phase"}
        for phase, table in (("decode", accuracy.decode), ("prefill", accuracy.prefill))
        for row in table
    ]


def accuracy_screen(accuracy: Accuracy) -> list[Block]:
    """Give the decode table, the prefill table, and how to read them."""
    blocks: list[Block] = []
    for phase, table in (("decode", accuracy.decode), ("prefill", accuracy.prefill)):
        if not table:
            continue
        right = f"{table[0].rows:,} measurements, {table[0].cards} cards"
        title = Title(Span(f"{phase}, each card left out of the fit", "strong"), right, rule=True)
        blocks.append(Stack([title, _table(table)]))
    blocks.append(
        Notes(
            (
                "error: median of |estimated ÷ measured − 1|; cards count alike",
                "bias: median of estimated ÷ measured − 1; in range: inside the likely range",
                "by source: the error with the measurement's source left out instead of its card",
                f"measurements: data/benchmarks.csv; constants fitted {accuracy.fitted}",
            )
        )
    )
    return blocks


def _table(rows: Sequence[ErrorLine]) -> Table:
    return Table(
        [
            words("group"),
            number("rows", drop=2),
            number("cards", drop=1),
            number("error"),
            number("within 20 %"),
            number("bias"),
            number("in range"),
            number("by source", drop=3),
        ],
        [
            [
                row.group,
                f"{row.rows:,}",
                str(row.cards),
                f"{row.median_error:.1%}",
                f"{row.within_20:.0%}",
                f"{row.bias:+.1%}",
                f"{row.coverage:.0%}",
                f"{row.median_error_by_source:.1%}",
            ]
            for row in rows
        ],
    )
