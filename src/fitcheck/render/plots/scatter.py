"""A scatter plot of estimated against measured speed, as SVG: logarithmic axes, no library."""

from __future__ import annotations

from html import escape
from math import ceil, floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.records.accuracy import Point

SIZE, MARGIN, BOTTOM = 640, 64, 56
# Okabe and Ito's colours, told apart also by those who do not see red and green alike.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")


def scatter_svg(points: Sequence[Point], *, title: str) -> str:
    """Draw one dot a measurement: measured speed across, estimated speed up, tok/s.

    On the diagonal the estimate is exact; the band is ±20 %. Groups have a colour each.
    """
    usable = [point for point in points if point.measured > 0 and point.estimated > 0]
    values = [value for point in usable for value in (point.measured, point.estimated)] or [1, 10]
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    high = max(high, low + 1)
    groups = sorted({point.group for point in usable})
    colours = {group: _COLOURS[i % len(_COLOURS)] for i, group in enumerate(groups)}
    inner = SIZE - MARGIN - BOTTOM

    def across(value: float) -> float:
        return MARGIN + (log10(value) - low) / (high - low) * inner

    def up(value: float) -> float:
        return SIZE - BOTTOM - (log10(value) - low) / (high - low) * inner

    least, most = 10.0**low, 10.0**high
    band = " ".join(
        f"{across(x):.1f},{min(max(up(y), MARGIN), SIZE - BOTTOM):.1f}"
        for x, y in (
            (least, least * 1.2),
            (most, most * 1.2),
            (most, most * 0.8),
            (least, least * 0.8),
        )
    )
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" '
            f'height="{SIZE}" font-family="sans-serif" font-size="12" fill="#222">'
        ),
        f"<title>{escape(title)}</title>",
        f'<rect width="{SIZE}" height="{SIZE}" fill="#fff"/>',
        f'<text x="{MARGIN}" y="28" font-size="15">{escape(title)}</text>',
        f'<polygon points="{band}" fill="#e8eef4"/>',
        (
            f'<line x1="{across(least):.1f}" y1="{up(least):.1f}" x2="{across(most):.1f}" '
            f'y2="{up(most):.1f}" stroke="#999"/>'
        ),
    ]
    for power in range(low, high + 1):
        value = 10.0**power
        label = f"{value:,.0f}" if power >= 0 else f"{value:g}"
        x, y = across(value), up(value)
        lines += [
            f'<line x1="{x:.1f}" y1="{MARGIN}" x2="{x:.1f}" y2="{SIZE - BOTTOM}" stroke="#ddd"/>',
            f'<line x1="{MARGIN}" y1="{y:.1f}" x2="{SIZE - BOTTOM}" y2="{y:.1f}" stroke="#ddd"/>',
            f'<text x="{x:.1f}" y="{SIZE - BOTTOM + 18}" text-anchor="middle">{label}</text>',
            f'<text x="{MARGIN - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>',
        ]
    lines += [
        (
            f'<circle cx="{across(point.measured):.1f}" cy="{up(point.estimated):.1f}" r="2.5" '
            f'fill="{colours[point.group]}" fill-opacity="0.6"/>'
        )
        for point in usable
    ]
    for i, group in enumerate(groups):
        y = MARGIN + 18 + 18 * i
        lines += [
            f'<circle cx="{MARGIN + 14}" cy="{y - 4}" r="4" fill="{colours[group]}"/>',
            f'<text x="{MARGIN + 24}" y="{y}">{escape(group)}</text>',
        ]
    middle = MARGIN + inner / 2
    lines += [
        f'<text x="{middle:.0f}" y="{SIZE - 12}" text-anchor="middle">measured, tok/s</text>',
        (
            f'<text x="16" y="{middle:.0f}" text-anchor="middle" '
            f'transform="rotate(-90 16 {middle:.0f})">estimated without the card, tok/s</text>'
        ),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"
