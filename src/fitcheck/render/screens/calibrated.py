"""What `fitcheck calibrate` learned: each measurement beside its estimate, and the correction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.text.blocks import Facts, Notes, Paragraph, Stack, Title
from fitcheck.render.text.spans import Span
from fitcheck.render.text.table import Table, number, words

if TYPE_CHECKING:
    from fitcheck.records.learned import Learned
    from fitcheck.render.text.blocks import Block

FIELDS = (
    "phase",
    "model",
    "format",
    "gpu",
    "runtime",
    "backend",
    "depth_tokens",
    "prompt_tokens",
    "measured_tokens_per_s",
    "estimated_tokens_per_s",
    "ratio",
)


def learned_screen(learned: Learned) -> list[Block]:
    """Give the comparisons, the factors, and where they are kept."""
    table = Table(
        [
            words("test"),
            words("model", drop=2),
            words("format", drop=3),
            number("depth", drop=1),
            number("measured"),
            number("estimated"),
            number("ratio"),
        ],
        [
            [
                f"prefill {one.prompt_tokens}" if one.phase == "prefill" else "decode",
                one.model,
                one.format,
                f"{one.depth_tokens:,}",
                f"{one.measured_tokens_per_s:,.1f}",
                f"{one.estimated_tokens_per_s:,.1f}",
                f"{one.ratio:.2f}",
            ]
            for one in learned.comparisons
        ],
    )
    facts = Facts(
        [
            ("decode", _told(learned.decode_factor)),
            ("prefill", _told(learned.prefill_factor)),
            ("kept in", learned.path),
        ]
    )
    title = Title(Span(f"{learned.gpu} · {learned.runtime}", "strong"), "calibrated", rule=True)
    blocks: list[Block] = [Stack([title, table]), facts]
    if learned.skipped:
        blocks.append(Notes(learned.skipped))
    return blocks


def forgotten(*, removed: bool) -> list[Block]:
    """Say that the corrections are gone, or that there were none."""
    return [
        Paragraph(
            "your corrections are removed: speeds are the published measurements' again"
            if removed
            else "there were no corrections"
        )
    ]


def _told(factor: float | None) -> str:
    if factor is None:
        return ""
    if abs(factor - 1) < 0.005:  # noqa: PLR2004  # half a per cent
        return "as estimated for this card"
    change = abs(1 / factor - 1)
    return f"{change:.0%} {'slower' if factor > 1 else 'faster'} than estimated for this card"
